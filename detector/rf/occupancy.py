"""The band that a transmitter occupies, put together from slices taken one after the other.

Occupied bandwidth as ITU-R SM.328 defines it: the band outside which half a percent of the power lies on either side.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.rf.spectrum import Spectrum

__all__ = ["Mosaic", "Occupied"]

_GRID_HZ = 37.5e3
_OUTSIDE = 0.005
_DC_HZ = 20e3
_SMOOTH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupied:
    """Limits and centre of gravity of a band in Hz, its power (full-scale tone 1), and its height over the floor."""

    low_hz: float
    high_hz: float
    centroid_hz: float
    power: float
    over_floor_db: float


class Mosaic:
    """Power over the floor on a fixed grid; a newer slice replaces what an older one showed."""

    def __init__(self) -> None:
        self._cells: dict[int, tuple[float, float]] = {}
        self._known: dict[tuple[int, int], Occupied | None] = {}

    def add(self, spectrum: Spectrum, floor: float, usable_fraction: float, scale: float = 1.0) -> None:
        """Take in a slice.

        Parameters
        ----------
        spectrum : Spectrum
        floor : float
            Noise power per bin.
        usable_fraction : float
        scale : float
            Factor that refers the power to the reference gain.
        """
        part = spectrum.usable(usable_fraction)
        index = np.arange(part.start, part.stop)
        freq_hz = spectrum.center_hz + (index - len(spectrum.density) // 2) * spectrum.bin_hz
        kept = np.abs(freq_hz - spectrum.center_hz) > _DC_HZ
        cells = np.floor(freq_hz[kept] / _GRID_HZ).astype(int)
        counts = np.bincount(cells - cells[0])
        sums = np.bincount(cells - cells[0], weights=spectrum.density[part][kept].astype(float))
        per_cell = _GRID_HZ / spectrum.bin_hz
        self._known.clear()
        for number in np.flatnonzero(counts):
            mean = sums[number] / counts[number]
            self._cells[int(cells[0] + number)] = ((mean - floor) * per_cell * scale, mean / floor)

    def update(self, other: "Mosaic") -> None:
        """Take in another mosaic."""
        self._cells.update(other._cells)
        self._known.clear()

    def occupied(self, low_hz: float, high_hz: float) -> Occupied | None:
        """Return the occupied band within limits, None where nothing stands over the floor there.

        Parameters
        ----------
        low_hz, high_hz : float
            Inclusive; cells never seen count as empty.
        """
        limits = int(np.floor(low_hz / _GRID_HZ)), int(np.floor(high_hz / _GRID_HZ))
        if limits not in self._known:
            # asked for with every report, changed by few looks
            self._known[limits] = self._occupied(*limits)
        return self._known[limits]

    def _occupied(self, first: int, last: int) -> Occupied | None:
        none = (0.0, 1.0)
        seen = [self._cells.get(cell, none) for cell in range(first, last + 1)]
        power = np.array([cell[0] for cell in seen])
        # smoothed noise is as often below the floor as above it: cut after smoothing, so that it does not add up
        smooth = np.clip(np.convolve(power, np.ones(_SMOOTH) / _SMOOTH, "same"), 0, None)
        smooth[smooth < 0.02 * smooth.max()] = 0
        total = smooth.sum()
        if total <= 0:
            return None
        share = np.cumsum(smooth) / total
        start, stop = np.searchsorted(share, _OUTSIDE), np.searchsorted(share, 1 - _OUTSIDE)
        return _band(first, int(start), int(stop), smooth, max(cell[1] for cell in seen))


def _band(first: int, start: int, stop: int, power: npt.NDArray[np.float64], ratio: float) -> Occupied:
    inside = power[start : stop + 1]
    centers_hz = (first + np.arange(start, stop + 1) + 0.5) * _GRID_HZ
    return Occupied(
        low_hz=(first + start) * _GRID_HZ,
        high_hz=(first + stop + 1) * _GRID_HZ,
        centroid_hz=float(np.average(centers_hz, weights=inside)),
        power=float(inside.sum()),
        over_floor_db=float(10 * np.log10(max(ratio, 1e-3))),
    )
