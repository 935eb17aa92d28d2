"""How high the noise is, however much of the slice is occupied."""

import numpy as np
import numpy.typing as npt

from detector.rf.spectrum import Spectrum

__all__ = ["FloorTracker", "median_bias", "slice_floor"]

_GROUPS = 16
_MEMORY = 512
_LOW_QUANTILE = 0.1


def median_bias(averages: int) -> float:
    """Return median over mean of an average of `averages` exponential bins (Wilson-Hilferty; ln 2 for one).

    Parameters
    ----------
    averages : int
        At least 1.
    """
    return float(np.log(2)) if averages == 1 else float((1 - 1 / (9 * averages)) ** 3)


def slice_floor(spectrum: Spectrum, usable_fraction: float) -> float:
    """Return the noise power per bin: the second lowest median of 16 groups of bins, corrected for the median's bias.

    A median of groups survives narrow signals anywhere and wide ones over all but two sixteenths of the slice. The
    low choice costs a bias of a few tenths of a dB, less than gain varies over a slice.

    Parameters
    ----------
    spectrum : Spectrum
    usable_fraction : float
        Middle part of the slice that is looked at.
    """
    inside = spectrum.density[spectrum.usable(usable_fraction)]
    groups = inside[: len(inside) // _GROUPS * _GROUPS].reshape(_GROUPS, -1)
    medians: npt.NDArray[np.float32] = np.partition(groups, groups.shape[1] // 2, axis=1)[:, groups.shape[1] // 2]
    return float(np.partition(medians, 1)[1]) / median_bias(spectrum.averages) + 1e-20


class FloorTracker:
    """Reference floor of a receiver from many slices: a slice filled by one signal shows no floor of its own."""

    def __init__(self) -> None:
        self._floors = np.zeros(_MEMORY)
        self._count = 0

    def update(self, floor: float) -> float:
        """Take in the floor of a slice; return the reference: the low decile of the last 512."""
        self._floors[self._count % _MEMORY] = floor
        self._count += 1
        held = self._floors[: min(self._count, _MEMORY)]
        place = int(_LOW_QUANTILE * (len(held) - 1))
        return float(np.partition(held, place)[place]) if len(held) > 1 else floor
