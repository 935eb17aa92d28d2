"""Fields as a comb: around every line harmonic a picture has lines at multiples of the field rate, and none between.

Scanning a picture makes a spectrum at k line rates plus m field rates (Mertz & Gray, Bell Syst. Tech. J. 13, 1934).
With 80 ms and more the comb is resolved: power on the teeth m = 3...16, summed over both sides of all line harmonics,
is compared with the power half way between teeth. Mains hum on a pulse train fills the even teeth only (full-wave
rectified, 100 or 120 Hz), so odd and even teeth have to stand out each by themselves.
"""

import numpy as np
import numpy.typing as npt

from detector.rf.line_rate import LineStandard

__all__ = ["LEAST_S", "field_comb_db"]

LEAST_S = 0.08
_TEETH = np.arange(3, 17)
_HARMONICS = 12


def field_comb_db(power: npt.NDArray[np.float32], bin_hz: float, standard: LineStandard) -> float:
    """Return how far the teeth stand above the gaps: the lesser of odd and even teeth, median over teeth, in dB.

    Parameters
    ----------
    power : ndarray of float32, shape (bins,)
        Hann-windowed periodogram of an envelope of at least `LEAST_S`.
    bin_hz : float
    standard : LineStandard

    Returns
    -------
    float
        0 within about half a dB for noise and for a bare rhythm at the line rate.
    """
    field_hz = standard.line_hz / (sum(standard.field_lines) / 2)
    count = min(_HARMONICS, int((len(power) - 1) * bin_hz * 0.96 // standard.line_hz))
    expected = np.round(standard.line_hz * np.arange(1, count + 1) / bin_hz).astype(np.intp)
    near = np.clip(expected[:, None] + np.arange(-1, 2), 0, len(power) - 1)
    # the camera's clock is off by up to a bin: measure from the harmonic itself
    middle = expected + np.argmax(power[near], axis=1) - 1
    teeth = _sums(power, middle, _TEETH * field_hz / bin_hz, (-1, 0, 1))
    gaps = _sums(power, middle, (np.arange(_TEETH[0] - 1, _TEETH[-1] + 1) + 0.5) * field_hz / bin_hz, (0,))
    heights = 10 * np.log10((teeth + 1e-30) / ((gaps[:-1] + gaps[1:]) / 2 + 1e-30))
    return float(min(np.median(heights[0::2]), np.median(heights[1::2])))


def _sums(
    power: npt.NDArray[np.float32],
    middle: npt.NDArray[np.intp],
    distance: npt.NDArray[np.floating],
    bins: tuple[int, ...],
) -> npt.NDArray[np.float64]:
    """Mean over harmonics, sides and bins of the power at each distance, every harmonic scaled to its surroundings."""
    offsets = np.round(distance).astype(np.intp)[:, None] + np.array(bins)
    both = np.stack([offsets, -offsets])
    values = power[np.clip(middle[:, None, None, None] + both, 0, len(power) - 1)].astype(float)
    reach = int(np.ceil(distance.max())) + 2
    around = power[np.clip(middle[:, None] + np.arange(-reach, reach + 1), 0, len(power) - 1)]
    scale = np.median(around, axis=1).astype(float) + 1e-30
    sums: npt.NDArray[np.float64] = (values / scale[:, None, None, None]).mean(axis=(0, 1, 3))
    return sums
