"""From evidence to a calibrated probability that a slice carries analog video.

Logistic models of a few bounded features, fitted on generated cameras and hard negatives at even odds
(benchmarks/rf_calibrate.py) and kept as data in ``calibration.toml``: one for dwells that hold a field, one for
shorter ones. The prior (the fraction of candidates that are cameras) is then added as log odds, after
Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, eq. 2.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

from detector.rf.envelope import Envelope
from detector.rf.line_rate import LineScore, score_lines
from detector.rf.options import RfOptions
from detector.rf.spectrum import Spectrum
from detector.rf.video_structure import VideoStructure, measure_structure

__all__ = [
    "LineEvidence",
    "VideoClassifier",
    "carrier_fraction",
    "features",
    "load_calibration",
    "model_name",
    "refute",
]

_DC_BINS = 1
_CARRIER_BINS = 2
_COMB_STEP_DB, _SCORE_STEP_DB, _SLOPE = 1.75, 14.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEvidence:
    """What one dwell on one slice says about video.

    Attributes
    ----------
    lines : LineScore
    structure : VideoStructure
    confidence : float
        Posterior probability of analog video.
    refusal : str or None
        Reason, as counted in ``rejected``, why the candidate falls short; None when it does not.
    """

    lines: LineScore
    structure: VideoStructure
    confidence: float
    refusal: str | None


def features(lines: LineScore, structure: VideoStructure) -> npt.NDArray[np.float64]:
    """Return the bounded features, each of order one; the last two only where the dwell holds a field.

    Returns
    -------
    ndarray of float64, shape (5,), (7,) or (9,)
        Score, weaker of odd and even harmonics, line over half line (dB / 10), clustering in dB / 2 and z / 5;
        field z / 5, log2 of the field ratio; field comb in dB and as a soft step at 1.75 dB, gated by the score.
    """
    values = [
        np.clip(lines.score_db, 0, 25) / 10,
        np.clip(min(lines.odd_db, lines.even_db), 0, 25) / 10,
        np.clip(lines.score_db - structure.half_db, -5, 15) / 10,
        np.clip(structure.cluster_db, 0, 4) / 2,
        np.clip(structure.cluster_z, 0, 10) / 5,
    ]
    if structure.field is not None:
        values += [np.clip(structure.field.z, -1, 10) / 5, np.log2(np.clip(structure.field.ratio, 0.25, 2.5))]
    if structure.comb_db is not None:
        # a soft step beside the straight line: under a plain line rate, a comb of some 2 dB settles the matter
        step = _rise(structure.comb_db, _COMB_STEP_DB) * _rise(lines.score_db, _SCORE_STEP_DB)
        values += [np.clip(structure.comb_db, -1, 3), step]
    return np.array(values, np.float64)


def _rise(value_db: float, middle_db: float) -> float:
    return float(1 / (1 + np.exp(-_SLOPE * np.clip(value_db - middle_db, -5, 5))))


def model_name(structure: VideoStructure) -> str:
    """Return which model judges a dwell by what it is long enough to show: ``comb``, ``field`` or ``short``."""
    if structure.comb_db is not None:
        return "comb"
    return "short" if structure.field is None else "field"


@dataclass(frozen=True, slots=True)
class _Model:
    intercept: float
    weights: npt.NDArray[np.float64]

    def log_odds(self, values: npt.NDArray[np.float64]) -> float:
        return self.intercept + float(self.weights @ values)


def load_calibration(text: str | None = None) -> Mapping[str, _Model]:
    """Parse the fitted models; without `text`, the ones that ship with the package.

    Returns
    -------
    mapping
        Models under ``short``, ``field`` and ``comb``.
    """
    if text is None:
        text = resources.files("detector.rf").joinpath("calibration.toml").read_text("utf-8")
    table = tomllib.loads(text)
    return {
        name: _Model(float(table[name]["intercept"]), np.array(table[name]["weights"], np.float64))
        for name in ("short", "field", "comb")
    }


def carrier_fraction(spectrum: Spectrum) -> float:
    """Return the part of the power in the strongest line (five bins), the receiver's own DC line left out.

    An AM picture keeps half or more of its power in the vision carrier; an FM picture has no line of its own.
    """
    density = spectrum.density.copy()
    middle = len(density) // 2
    density[middle - _DC_BINS : middle + _DC_BINS + 1] = 0
    peak = int(np.argmax(density))
    near = density[max(peak - _CARRIER_BINS, 0) : peak + _CARRIER_BINS + 1]
    return float(near.sum() / (density.sum() + 1e-30))


class VideoClassifier:
    """The line-rate test and its confirmation, configured once.

    Parameters
    ----------
    options : RfOptions
    calibration : str or None
        TOML of the models; None for the ones that ship.
    """

    def __init__(self, options: RfOptions, calibration: str | None = None) -> None:
        self._options = options
        self._models = load_calibration(calibration)
        self._prior = float(np.log(options.prior / (1 - options.prior)))

    def classify(self, envelope: Envelope) -> LineEvidence | None:
        """Return the evidence of a dwell, None when the line rate does not even earn a longer look.

        Parameters
        ----------
        envelope : Envelope
            Of one slice, from `power_envelope`.
        """
        options = self._options
        lines = score_lines(envelope, options.local_window_hz)
        if lines.score_db < options.shortlist_db:
            return None
        structure = measure_structure(envelope, lines.standard, options.local_window_hz)
        refusal = refute(lines, structure, options)
        if refusal is not None:
            return LineEvidence(lines=lines, structure=structure, confidence=0.0, refusal=refusal)
        name = model_name(structure)
        log_odds = self._models[name].log_odds(features(lines, structure)) + self._prior
        if name == "short":
            log_odds -= float(np.log(options.short_odds))
        confidence = min(float(1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))), options.top_confidence)
        doubt = None if confidence >= options.alert_confidence else "not_confirmed"
        return LineEvidence(lines=lines, structure=structure, confidence=confidence, refusal=doubt)


def refute(lines: LineScore, structure: VideoStructure, options: RfOptions) -> str | None:
    """Return the reason why a rhythm cannot be a picture, None when it can.

    A sync pulse a line has odd and even harmonics; lines repeat once a line, not every other one; a picture strong
    enough to see has fields.
    """
    strong = lines.score_db > options.field_score_db
    fields = structure.comb_db is not None and structure.comb_db >= options.field_comb_db
    # SECAM alternates its subcarrier from line to line: a half-line rhythm with fields is a picture all the same
    if structure.half_db > lines.score_db - options.half_line_gap_db and not (strong and fields):
        return "half_line_rhythm"
    gap_db, weaker_db = abs(lines.odd_db - lines.even_db), min(lines.odd_db, lines.even_db)
    if gap_db > options.harmonic_gap_db * np.clip(weaker_db / options.harmonic_full_db, 0.25, 1):
        return "few_harmonics"
    # lines plainly alike but no fields: tones beside the harmonics, not a picture
    alike = structure.cluster_db > options.field_cluster_db
    # without a comb to fall back on, correlation has to be twice as plain
    rising_z = options.field_z * lines.score_db / options.field_score_db * (1 if structure.comb_db is not None else 2)
    wanted_z = max(rising_z, 4 * options.field_z if alike else 0.0)
    if (strong or alike) and not fields and structure.field is not None and structure.field.z < wanted_z:
        return "no_field_rate"
    # a dwell too short for the comb has only this: the field must be the best of all lags around it
    if structure.comb_db is None and structure.field is not None and structure.field.ratio < 1:
        return "no_field_rate"
    return None
