"""From evidence to a calibrated probability that a slice carries analog video.

Three refusals that need no calibration (few harmonics, a half-line rhythm, a clock no camera has), then logistic models
of bounded features, fitted on generated cameras and hard negatives at even odds (benchmarks/rf_calibrate.py) and kept
as data in ``calibration.toml``, one for each number of fields a dwell can hold. The prior (the fraction of candidates
that are cameras) is added as log odds, after Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, eq. 2.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources

import numpy as np
import numpy.typing as npt

from detector.rf.options import RfOptions
from detector.rf.video.field_sync import log_likelihood_ratio
from detector.rf.video.fields import FieldEvidence, measure_fields
from detector.rf.video.line_rate import LineScore, score_lines
from detector.rf.video.raster import make_raster
from detector.rf.video.subbands import SubBands, fine_bands, quick_bands

__all__ = [
    "MODELS",
    "LineEvidence",
    "VideoClassifier",
    "features",
    "load_calibration",
    "measure",
    "model_name",
    "refute",
]

MODELS = ("short", "one_field", "two_fields", "fields")
_PLAIN_Z = 25.0
_SYNC_NATS = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEvidence:
    """What one dwell on one slice says about video.

    Attributes
    ----------
    lines : LineScore
    fields : FieldEvidence or None
        None where the dwell is shorter than a field.
    clock_ppm : float
        Error of the line rate: the same in every slice and every look of one camera, within a few ppm.
    sync : float
        ln likelihood ratio of a field sync; 0 where the dwell holds no two fields.
    confidence : float
        Posterior probability of analog video.
    refusal : str or None
        Reason, as counted in ``rejected``, why the candidate falls short; None when it does not.
    """

    lines: LineScore
    fields: FieldEvidence | None
    clock_ppm: float
    sync: float = 0.0
    confidence: float = 0.0
    refusal: str | None = None


def measure(
    samples: npt.NDArray[np.complex64], sample_rate_hz: float, options: RfOptions, quick: SubBands | None = None
) -> LineEvidence | None:
    """Measure a slice: the quick test first, the fine one and the fields where it passes.

    Parameters
    ----------
    samples : ndarray of complex64, shape (n,)
    sample_rate_hz : float
    options : RfOptions
    quick : SubBands, optional
        From `quick_bands` of the same samples, where somebody has it already.

    Returns
    -------
    LineEvidence or None
        Without confidence; None when the line rate does not even earn a longer look.
    """
    quick = quick or quick_bands(samples, sample_rate_hz, options.quick_limiter)
    if score_lines(quick).z < options.shortlist_z:
        return None
    bands = fine_bands(samples, sample_rate_hz, options.limiter)
    lines = score_lines(bands, rivals=True)
    raster = make_raster(bands, lines.standard, lines.clock_ppm)
    if raster is None:
        return LineEvidence(lines=lines, fields=None, clock_ppm=lines.clock_ppm)
    line_hz = lines.standard.line_hz * (1 + raster.clock_ppm * 1e-6)
    sync = log_likelihood_ratio(bands, lines.standard, line_hz)
    return LineEvidence(lines=lines, fields=measure_fields(raster), clock_ppm=raster.clock_ppm, sync=sync)


def features(evidence: LineEvidence) -> npt.NDArray[np.float64]:
    """Return the bounded features; only the first three where the dwell holds no field.

    Returns
    -------
    ndarray of float64, shape (3,) or (11,)
        ln(1 + z); weaker over stronger of odd and even harmonics; half-line over line (negative). Down the picture,
        heights on a signed logarithmic scale: low teeth, gate, weaker of odd and even teeth, low over high teeth;
        and of the mean line's strength: low teeth, weaker of odd and even, gate; and of the field sync, in nats, only
        what speaks for it: a picture may hide it.
    """
    lines, fields = evidence.lines, evidence.fields
    values = [
        np.log1p(max(lines.z, 0)),
        np.clip(balance(lines), -0.2, 1),
        -np.clip(lines.half_z / max(lines.z, 1), 0, 1),
    ]
    if fields is not None:
        values += [
            np.clip(_signed_log(fields.low_z), -3, 7),
            np.clip(np.log1p(max(fields.gate_z - 3, 0)), 0, 7),
            np.clip(_signed_log(min(fields.odd_z, fields.even_z)), -3, 7),
            np.clip(_signed_log(fields.low_z) - _signed_log(fields.high_z), -3, 5),
            np.clip(_signed_log(fields.level_low_z), -3, 7),
            np.clip(_signed_log(min(fields.level_odd_z, fields.level_even_z)), -3, 7),
            np.clip(np.log1p(max(fields.level_gate_z - 8, 0)), 0, 7),
            np.clip(evidence.sync, 0, _SYNC_NATS),
        ]
    return np.array(values, np.float64)


def balance(lines: LineScore) -> float:
    """Return the weaker over the stronger of odd and even harmonics; a sync pulse a line has both."""
    return min(lines.odd_z, lines.even_z) / max(lines.odd_z, lines.even_z, 1.0)


def _signed_log(value: float) -> float:
    return float(np.sign(value) * np.log1p(abs(value)))


def model_name(fields: FieldEvidence | None) -> str:
    """Return which model judges a dwell, by the fields it holds."""
    count = 0 if fields is None else fields.fields
    return MODELS[0 if count == 0 else 1 if count == 1 else 2 if count < 4 else 3]


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
        A model under each of `MODELS`.
    """
    if text is None:
        text = resources.files("detector.rf.video").joinpath("calibration.toml").read_text("utf-8")
    table = tomllib.loads(text)
    return {
        name: _Model(float(table[name]["intercept"]), np.array(table[name]["weights"], np.float64)) for name in MODELS
    }


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

    def classify(
        self, samples: npt.NDArray[np.complex64], sample_rate_hz: float, quick: SubBands | None = None
    ) -> LineEvidence | None:
        """Return the evidence of a dwell, None when the line rate does not even earn a longer look.

        Parameters
        ----------
        samples : ndarray of complex64, shape (n,)
            One slice, C-contiguous.
        sample_rate_hz : float
        quick : SubBands, optional
            As for `measure`.
        """
        options = self._options
        seen = measure(samples, sample_rate_hz, options, quick)
        if seen is None:
            return None
        refusal, confidence = refute(seen, options), 0.0
        if refusal is None:
            name = model_name(seen.fields)
            log_odds = self._models[name].log_odds(features(seen)) + self._prior
            if name != MODELS[-1]:
                few = options.few_fields_odds if name == MODELS[-2] else options.short_odds
                log_odds -= float(np.log(few))
            confidence = min(float(1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))), options.top_confidence)
            refusal = None if confidence >= options.alert_confidence else _doubt(seen)
        return replace(seen, confidence=confidence, refusal=refusal)


def _doubt(evidence: LineEvidence) -> str:
    """Why the model doubts: a line rate so plain that fields would show, or too little of everything."""
    plain = evidence.fields is not None and evidence.lines.z > _PLAIN_Z
    return "no_field_rate" if plain else "not_confirmed"


def refute(evidence: LineEvidence, options: RfOptions) -> str | None:
    """Return the reason why a rhythm cannot be a picture, None when it can.

    The fine test has to see what the quick one saw; a sync pulse a line has odd and even harmonics, and more than two;
    lines repeat once a line, not every other one (SECAM alternates its subcarrier, but then fields show); a camera has
    a crystal; neither a rate nearby nor a computer raster is plainer; and of what changes fast down the picture, at
    least as much comes back in every field as does not.
    """
    lines, fields = evidence.lines, evidence.fields
    if lines.z < options.line_z:
        return "not_periodic"
    if balance(lines) < options.harmonic_balance or lines.core_z < options.core_z:
        return "few_harmonics"
    half = lines.half_z / lines.z
    if half > options.half_line and (fields is None or fields.low_z < options.half_line_field_z):
        return "half_line_rhythm"
    if abs(evidence.clock_ppm) > options.clock_ppm:
        return "off_clock"
    if lines.rival_z > lines.core_z + options.rival_excess_z:
        return "other_rate"
    if lines.screen_db > lines.score_db + options.screen_excess_db:
        return "other_rate"
    moves = fields is not None and fields.fields > 1 and fields.high_z < options.repeat_z
    if moves and evidence.sync < options.plain_sync:
        return "not_repeating"
    return None
