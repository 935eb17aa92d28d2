"""How the RTL2832U's own filter passes what lies beside the middle of a slice, and beyond its edge.

Before it resamples to the wanted rate the chip runs a symmetric filter of 32 coefficients at the crystal's 28.8 MHz.
The coefficients that librtlsdr loads, and the remark that they run at that rate, are public (librtlsdr.c,
``fir_default``). They fall slowly: -3 dB at 1.2 MHz, -10 dB at 1.66 MHz, -35 dB beyond 2.2 MHz. What is left of a
signal beyond half the sample rate appears a whole rate away, on the other side of the slice: its image. What the
resampler itself may filter besides is not published, and the tuner's filter is 6 MHz wide above 2.43 MS/s: taking the
coefficients alone is the worst case.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["decimation_taps", "folded_gain", "image_gain", "power_gain"]

_CRYSTAL_HZ = 28.8e6
_INNER = (421, 404, 372, 327, 273, 215, 156, 101, 53, 14, -14, -32, -40, -41, -36, -54)
_TAPS = 17


def power_gain(offset_hz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the filter's power gain, 1 in the middle, at distances from the tuned frequency (any shape)."""
    offset = np.abs(np.asarray(offset_hz, float))[..., None]
    places = np.arange(len(_INNER)) + 0.5
    lines = np.cos(2 * np.pi * offset / _CRYSTAL_HZ * places) @ np.array(_INNER, float)
    gain: npt.NDArray[np.float64] = (lines / sum(_INNER)) ** 2
    return gain


def folded_gain(offset_hz: npt.ArrayLike, rate_hz: float) -> npt.NDArray[np.float64]:
    """Return the power gain of white noise in a slice: what passes directly, and the nearest image of it.

    Parameters
    ----------
    offset_hz : array_like
        Distance from the middle, within half a rate.
    rate_hz : float
    """
    offset = np.abs(np.asarray(offset_hz, float))
    return power_gain(offset) + power_gain(rate_hz - offset)


def image_gain(offset_hz: npt.ArrayLike, rate_hz: float, direct_hz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return by how much a signal's image in one slice differs from what another slice shows of it, noise levelled.

    Parameters
    ----------
    offset_hz : array_like
        Distance of the signal from the middle of the slice that shows its image, beyond half a rate.
    rate_hz : float
    direct_hz : array_like
        Its distance from the middle of the slice that shows it directly.

    Returns
    -------
    ndarray of float
        Ratio of powers over a noise that was divided out in both slices.
    """
    offset, direct = np.abs(np.asarray(offset_hz, float)), np.asarray(direct_hz, float)
    shown = np.abs(offset - rate_hz * np.round(offset / rate_hz))
    there = power_gain(direct) / folded_gain(np.minimum(np.abs(direct), rate_hz / 2), rate_hz)
    return power_gain(offset) / folded_gain(shown, rate_hz) / there


def decimation_taps(rate_hz: float) -> npt.NDArray[np.float32]:
    """Return the filter as an odd number of taps at twice the rate of a slice (float32, symmetric, sum 1).

    Samples of the wanted spectrum at twice the rate, turned into time; what lies more than one rate away is cut off.
    """
    grid = (np.arange(_TAPS) - _TAPS // 2) * (2 * rate_hz / _TAPS)
    amplitude = np.sqrt(power_gain(grid))
    places = np.arange(_TAPS) - _TAPS // 2
    taps = np.cos(2 * np.pi * np.outer(places, grid) / (2 * rate_hz)) @ amplitude / _TAPS
    normalised: npt.NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return normalised
