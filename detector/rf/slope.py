"""The slope of the receiver's filter over a slice, learned from its own noise, and taken out."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from detector.rf.resampler import folded_gain
from detector.rf.spectrum import Spectrum

__all__ = ["SlopeMeter"]

_GROUPS = 64
_SLICES = 64
_FEWEST = 24
_LEAST, _MOST = 0.1, 2.0


class SlopeMeter:
    """Median over the last 64 slices of each slice's shape: signals move from slice to slice, the filter does not.

    Until 24 slices were seen the published filter stands in (`detector.rf.resampler`). Slices all at one rate.
    """

    def __init__(self) -> None:
        self._shapes = np.ones((_SLICES, _GROUPS), np.float32)
        self._count = 0
        self._slope: npt.NDArray[np.float32] = np.ones(0, np.float32)

    def flatten(self, spectrum: Spectrum) -> Spectrum:
        """Return a slice with the slope divided out, so that noise is as high at its edges as in the middle.

        Parameters
        ----------
        spectrum : Spectrum
            At least 64 bins, a multiple of 64; its own shape is learned from as well.
        """
        bins = len(spectrum.density)
        medians = np.median(spectrum.density.reshape(_GROUPS, -1), axis=1)
        self._shapes[self._count % _SLICES] = medians / max(float(np.median(medians)), 1e-30)
        self._count += 1
        if len(self._slope) != bins or self._count == _FEWEST or self._count % (_SLICES // 4) == 0:
            self._slope = self._measured(bins) if self._count >= _FEWEST else _published(spectrum)
        return replace(spectrum, density=spectrum.density / self._slope)

    def _measured(self, bins: int) -> npt.NDArray[np.float32]:
        shape = np.median(self._shapes[: min(self._count, _SLICES)], axis=0)
        middle = float(np.mean(shape[_GROUPS // 2 - 8 : _GROUPS // 2 + 8]))
        at = (np.arange(_GROUPS) + 0.5) * bins / _GROUPS - 0.5
        slope: npt.NDArray[np.float32] = np.interp(np.arange(bins), at, shape / middle).astype(np.float32)
        return np.clip(slope, _LEAST, _MOST)


def _published(spectrum: Spectrum) -> npt.NDArray[np.float32]:
    bins = len(spectrum.density)
    offset_hz = (np.arange(bins) - bins // 2) * spectrum.bin_hz
    slope: npt.NDArray[np.float32] = folded_gain(offset_hz, spectrum.sample_rate_hz).astype(np.float32)
    return slope
