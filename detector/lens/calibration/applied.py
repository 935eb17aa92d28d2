"""What the sense takes of a calibration, and how a hot pixel is mended."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from detector.lens.calibration.balance import balance_terms
from detector.lens.calibration.results import Terms
from detector.lens.detectability import DetectabilityModel
from detector.types import CameraGeometry, Frame

__all__ = ["HotPixelMender", "LensCalibration"]

_REACH_PX = 2
_NEIGHBOURS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LensCalibration:
    """Results in force; what was not measured is None or empty and leaves everything as it is without calibration.

    Attributes
    ----------
    black_level_dn : float or None
    hot_yx : tuple of (int, int)
        Full-resolution pixels that are mended in every frame.
    balance_terms : tuple of 5 float or None
        How the ratio of the rings changes over the picture; see `BalanceResult`.
    detectability : DetectabilityModel or None
    """

    black_level_dn: float | None = None
    hot_yx: tuple[tuple[int, int], ...] = ()
    balance_terms: Terms | None = None
    detectability: DetectabilityModel | None = None

    def corrected(self, geometry: CameraGeometry) -> CameraGeometry:
        """Return the geometry with the measured black level."""
        return geometry if self.black_level_dn is None else replace(geometry, black_level_dn=self.black_level_dn)

    def balance_map(self, shape: tuple[int, int]) -> npt.NDArray[np.float32] | None:
        """Return on-axis over off-axis light over that in the middle, for a picture of this (height, width)."""
        if self.balance_terms is None:
            return None
        v, u = ((2 * np.arange(side) + 1) / side - 1 for side in shape)
        logs = balance_terms(v[:, None], u[None, :]) @ np.asarray(self.balance_terms)
        return np.asarray(np.exp(logs), dtype=np.float32)


class HotPixelMender:
    """Puts the median of its eight nearest sound neighbours in the place of each hot pixel.

    Parameters
    ----------
    hot_yx : sequence of (int, int)
        Those outside the picture are left out, and those in a cluster so large that no sound pixel is within two.
    shape : (int, int)
        Height and width of the frames.
    """

    def __init__(self, hot_yx: tuple[tuple[int, int], ...], shape: tuple[int, int]) -> None:
        height, width = shape
        hot = {(y, x) for y, x in hot_yx if 0 <= y < height and 0 <= x < width}
        places, sources = [], []
        for y, x in sorted(hot):
            sound = _sound_neighbours(y, x, hot, shape)
            if sound:
                places.append(y * width + x)
                sources.append([sound[k % len(sound)] for k in range(_NEIGHBOURS)])
        self._places = np.array(places, dtype=np.intp)
        self._sources = np.array(sources, dtype=np.intp).reshape(-1, _NEIGHBOURS)

    def mend(self, frame: Frame) -> Frame:
        """Return the frame with its hot pixels mended; the very frame where there are none.

        The value is the lower of the two middle ones, so that it is one that a pixel really had.
        """
        if not len(self._places):
            return frame
        pixels = frame.pixels.copy()
        flat = pixels.reshape(-1)
        around = flat[self._sources]
        middle = (_NEIGHBOURS - 1) // 2
        flat[self._places] = np.partition(around, middle, axis=1)[:, middle]
        return replace(frame, pixels=pixels)


def _sound_neighbours(y: int, x: int, hot: set[tuple[int, int]], shape: tuple[int, int]) -> list[int]:
    """Return the flat indices of the nearest sound pixels, at most eight."""
    height, width = shape
    around = [
        (dy * dy + dx * dx, y + dy, x + dx)
        for dy in range(-_REACH_PX, _REACH_PX + 1)
        for dx in range(-_REACH_PX, _REACH_PX + 1)
    ]
    sound = [(b, c) for _, b, c in sorted(around) if 0 <= b < height and 0 <= c < width and (b, c) not in hot]
    return [b * width + c for b, c in sound[:_NEIGHBOURS]]
