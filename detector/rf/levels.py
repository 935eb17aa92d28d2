"""How strong the air is, cell by cell, in a measure that does not depend on the receiver's gain."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.rf.spectrum import Spectrum

__all__ = ["CellLevels", "band_power", "cell_levels"]

_DC_BINS = 2
_TINY = 1e-20


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLevels:
    """Levels of neighbouring cells in one look; cell n spans [n, n + 1) times the cell's width in radio frequency.

    Attributes
    ----------
    first : int
        Number of the lowest cell.
    level_db : ndarray of float32, shape (cells,)
        Power within each cell, in dB relative to full scale, less the gain.
    floor_db : float
        The receiver's noise within a cell, in the same measure.
    """

    first: int
    level_db: npt.NDArray[np.float32]
    floor_db: float


def cell_levels(
    spectrum: Spectrum, floor: float, gain_db: float, *, usable_fraction: float, cell_hz: float
) -> CellLevels:
    """Sum a spectrum over the cells that lie wholly in the usable part; the receiver's own spike is left out.

    Parameters
    ----------
    spectrum : Spectrum
    floor : float
        Noise power per bin at this gain.
    gain_db : float
        In force.
    usable_fraction : float
    cell_hz : float
        Several bins wide.
    """
    part = spectrum.usable(usable_fraction)
    edges_hz = spectrum.frequency_hz(part.start - 0.5), spectrum.frequency_hz(part.stop - 0.5)
    first, last = int(np.ceil(edges_hz[0] / cell_hz)), int(np.floor(edges_hz[1] / cell_hz))
    scale = 10 * np.log10(cell_hz / spectrum.bin_hz) - gain_db
    floor_db = float(10 * np.log10(floor + _TINY) + scale)
    if last <= first:
        return CellLevels(first=first, level_db=np.zeros(0, np.float32), floor_db=floor_db)
    middle = len(spectrum.density) // 2
    borders_hz = np.arange(first, last + 1) * cell_hz
    borders = np.ceil((borders_hz - spectrum.center_hz) / spectrum.bin_hz + middle - 1e-6).astype(int)
    kept = np.ones(len(spectrum.density))
    kept[middle - _DC_BINS : middle + _DC_BINS + 1] = 0
    sums = np.add.reduceat(spectrum.density * kept, borders)[:-1]
    counts = np.add.reduceat(kept, borders)[:-1]
    level_db = 10 * np.log10(sums / np.maximum(counts, 1) + _TINY) + scale
    return CellLevels(first=first, level_db=level_db.astype(np.float32), floor_db=floor_db)


def band_power(spectrum: Spectrum, low_hz: float, high_hz: float, usable_fraction: float) -> tuple[float, int]:
    """Return the power between two frequencies within the usable part, and over how many bins.

    The receiver's own spike is left out; at least one bin is measured.

    Parameters
    ----------
    spectrum : Spectrum
    low_hz, high_hz : float
        Inclusive.
    usable_fraction : float
    """
    part = spectrum.usable(usable_fraction)
    middle = len(spectrum.density) // 2
    low = round((low_hz - spectrum.center_hz) / spectrum.bin_hz) + middle
    high = round((high_hz - spectrum.center_hz) / spectrum.bin_hz) + middle
    low = min(max(low, part.start), part.stop - 1)
    high = min(max(high, low), part.stop - 1)
    bins = np.arange(low, high + 1)
    bins = bins[np.abs(bins - middle) > _DC_BINS] if high - low > 2 * _DC_BINS + 1 else bins
    return float(spectrum.density[bins].sum()), len(bins)
