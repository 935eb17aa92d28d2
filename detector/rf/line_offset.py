"""How far a camera's line rate is off the nominal one: the fingerprint of its crystal.

A picture one frame later is nearly the same picture. Each line harmonic k turns by 2 pi k f T d between two windows
that lie one frame T apart, d being the relative offset; field sidebands (multiples of the frame rate away) turn by
whole turns and do not disturb. The offset is the d that makes all harmonics agree, weighted by their power.
"""

import numpy as np
import numpy.typing as npt

from detector.rf.envelope import Envelope
from detector.rf.line_rate import LineStandard

__all__ = ["line_offset_ppm"]

_HARMONICS = 8
_SPAN_PPM, _STEP_PPM = 90.0, 0.5
_LEAST_WINDOW_S = 0.02
_LEAST_AGREEMENT = 0.85
_FRAME_HZ = {"PAL": 25.0, "NTSC": 30 / 1.001}


def line_offset_ppm(envelope: Envelope, standard: LineStandard) -> float | None:
    """Return the offset of the line rate in ppm, None where the dwell is too short or the harmonics disagree.

    Parameters
    ----------
    envelope : Envelope
        60 ms and more.
    standard : LineStandard

    Notes
    -----
    The receiver's own sample clock adds its error, the same to every camera: offsets compare, they are not absolute.
    """
    rate_hz = envelope.sample_rate_hz
    lag = round(rate_hz / _FRAME_HZ[standard.name])
    length = len(envelope.power) - lag
    if length < _LEAST_WINDOW_S * rate_hz:
        return None
    order = np.arange(1, min(_HARMONICS, int(0.48 * rate_hz / standard.line_hz)) + 1)
    window = np.hanning(length).astype(np.float32)
    first = _lines(envelope.power[:length] * window, order * standard.line_hz / rate_hz)
    second = _lines(envelope.power[lag:] * window, order * standard.line_hz / rate_hz)
    turned = second * np.conj(first) * np.exp(-2j * np.pi * order * standard.line_hz * lag / rate_hz)
    weights = np.abs(turned) / (np.abs(turned).sum() + 1e-30)
    ppm = np.arange(-_SPAN_PPM, _SPAN_PPM + _STEP_PPM, _STEP_PPM)
    expected = np.exp(-2j * np.pi * np.outer(ppm * 1e-6, order * standard.line_hz * lag / rate_hz))
    agreement = (expected * np.exp(1j * np.angle(turned)) * weights).real.sum(axis=1)
    best = int(np.argmax(agreement))
    return float(ppm[best]) if agreement[best] >= _LEAST_AGREEMENT else None


def _lines(power: npt.NDArray[np.float32], cycles: npt.NDArray[np.floating]) -> npt.NDArray[np.complex128]:
    """Fourier sums at a few frequencies, in cycles per sample."""
    n = np.arange(len(power))
    base = np.exp(-2j * np.pi * cycles[0] * n)
    turning = np.ones(len(power), complex)
    out = np.empty(len(cycles), complex)
    for place in range(len(cycles)):
        turning *= base
        out[place] = np.dot(power, turning)
    return out
