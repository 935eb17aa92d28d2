"""What a picture has and a bare 15.6 kHz rhythm lacks: fields that repeat, and lines that resemble their neighbours.

A crystal-locked pulse train (dimmer, switched-mode supply, radar, bit clock) passes the line-rate test. A picture
also varies from line to line, slowly, and comes back after one field. So the strict line period is filtered out and
what is left between the line harmonics (0.5 to 7 kHz beside each) is correlated with itself: for video the largest
correlation within 60 lines of a field is at the field itself, 312/313 or 262/263 lines, to the line.
Interlace puts the neighbour of a line 312 and 313 (262, 263) whole lines away, hence two lags.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.rf.envelope import Envelope
from detector.rf.field_comb import LEAST_S, field_comb_db
from detector.rf.line_rate import HARMONICS, LineStandard, envelope_spectrum, harmonic_heights, lower_median

__all__ = ["FieldEvidence", "VideoStructure", "field_evidence", "measure_structure"]

_SIDEBAND_HZ = (500.0, 7000.0)
_NEAR_HZ, _FAR_HZ = (300.0, 1500.0), (4000.0, 7000.0)
_TAPER = 0.25
_SPAN_LINES, _GUARD_LINES = 60, 6


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """Correlation at one field, for two lags together.

    Attributes
    ----------
    z : float
        Height above the other lags' median, in their robust standard deviations.
    ratio : float
        Over the largest of the other lags; above 1 the field is the best lag of all.
    """

    z: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoStructure:
    """Evidence beyond the line rate.

    Attributes
    ----------
    half_db : float
        Score of the frequencies halfway between line harmonics: high for a rhythm of half the line rate.
    cluster_db, cluster_z : float
        Power near the harmonics over power midway: lines that resemble their neighbours; median over the
        harmonics, in dB and as its excess over 1 in standard deviations of white noise.
    field : FieldEvidence or None
        None where the dwell is shorter than a field and 60 lines.
    comb_db : float or None
        Teeth at multiples of the field rate over the gaps between; None where the dwell is shorter than 80 ms.
    """

    half_db: float
    cluster_db: float
    cluster_z: float
    field: FieldEvidence | None
    comb_db: float | None


def measure_structure(envelope: Envelope, standard: LineStandard, window_hz: float) -> VideoStructure:
    """Measure what tells a picture from a bare rhythm at its line rate.

    Parameters
    ----------
    envelope : Envelope
    standard : LineStandard
    window_hz : float
        Half width of the local median.
    """
    power, bin_hz = envelope_spectrum(envelope)
    seconds = len(envelope.power) / envelope.sample_rate_hz
    count = min(HARMONICS, int(envelope.sample_rate_hz * 0.48 // standard.line_hz))
    order = np.arange(1, count + 1)
    half = lower_median(harmonic_heights(power, bin_hz, standard.line_hz * (order - 0.5), window_hz))
    cluster_db, cluster_z = _clustering(power, bin_hz, standard.line_hz * order)
    return VideoStructure(
        half_db=half,
        cluster_db=cluster_db,
        cluster_z=cluster_z,
        field=field_evidence(envelope, standard),
        comb_db=field_comb_db(power, bin_hz, standard) if seconds >= LEAST_S else None,
    )


def _clustering(
    power: npt.NDArray[np.float32], bin_hz: float, harmonics_hz: npt.NDArray[np.floating]
) -> tuple[float, float]:
    """Power near each harmonic over power midway: the median, which no single tone moves, in dB and as z."""
    middle = np.round(harmonics_hz / bin_hz).astype(np.intp)[:, None]

    def around(low_hz: float, high_hz: float) -> npt.NDArray[np.float32]:
        offsets = np.arange(max(4, round(low_hz / bin_hz)), max(5, round(high_hz / bin_hz)) + 1)
        both = np.concatenate([-offsets, offsets])
        values: npt.NDArray[np.float32] = power[np.clip(middle + both, 0, len(power) - 1)]
        return values

    near, far = around(*_NEAR_HZ), around(*_FAR_HZ)
    ratio = (near.mean(axis=1, dtype=float) + 1e-30) / (far.mean(axis=1, dtype=float) + 1e-30)
    middle_ratio = float(np.median(ratio))
    # Hann windowing correlates neighbouring bins (1.94 count as one); a median is pi/2 less certain than a mean
    variance = 1.94 * np.pi / 2 * (1 / near.size + 1 / far.size)
    return float(10 * np.log10(middle_ratio)), float((middle_ratio - 1) / np.sqrt(variance))


def field_evidence(envelope: Envelope, standard: LineStandard) -> FieldEvidence | None:
    """Correlate the sidebands of the line harmonics over one field.

    Parameters
    ----------
    envelope : Envelope
    standard : LineStandard

    Returns
    -------
    FieldEvidence or None
        None where the envelope is too short to hold a field and the lags beside it.
    """
    line_samples = envelope.sample_rate_hz / standard.line_hz
    low, high = standard.field_lines
    lines = np.arange(low - _SPAN_LINES, high + _SPAN_LINES + 1)
    if (lines[-1] + 1) * line_samples >= len(envelope.power):
        return None
    length = scipy.fft.next_fast_len(2 * len(envelope.power), real=True)
    spectrum = scipy.fft.rfft(envelope.power * _tapered(len(envelope.power)), length)
    frequency_hz = np.arange(len(spectrum)) * (envelope.sample_rate_hz / length)
    order = np.round(frequency_hz / standard.line_hz)
    distance_hz = np.abs(frequency_hz - order * standard.line_hz)
    keep = (order >= 1) & (order <= HARMONICS) & (distance_hz > _SIDEBAND_HZ[0]) & (distance_hz < _SIDEBAND_HZ[1])
    correlation = scipy.fft.irfft(np.where(keep, np.abs(spectrum) ** 2, 0), length)
    at = lines * line_samples
    whole = at.astype(np.intp)
    values = correlation[whole] + (correlation[whole + 1] - correlation[whole]) * (at - whole)
    beside = np.abs(lines - (low + high) / 2) > _GUARD_LINES
    others = values[beside]
    middle = float(np.median(others))
    spread = 1.4826 * float(np.median(np.abs(others - middle))) + 1e-30
    peak = float(values[(lines == low) | (lines == high)].max())
    return FieldEvidence(z=(peak - middle) / spread, ratio=peak / max(float(others.max()), 1e-30))


@lru_cache(maxsize=8)
def _tapered(length: int) -> npt.NDArray[np.float32]:
    """Tukey window: keeps a strong line from leaking over its sidebands, and most of a field's overlap.

    Written out because loading scipy.signal for it would cost the radio process 50 MB.
    """
    edge = int(_TAPER * (length - 1) / 2)
    rise = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(edge + 1) / (_TAPER * (length - 1)))).astype(np.float32)
    window = np.ones(length, np.float32)
    window[: edge + 1], window[-edge - 1 :] = rise, rise[::-1]
    return window
