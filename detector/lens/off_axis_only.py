"""Compact lights of one strobe set that only the off-axis ring shows: no lens is among them."""

import cv2
import numpy as np
import numpy.typing as npt

from detector.lens.differencing import StrobePlanes
from detector.lens.noise import NoiseModel
from detector.lens.options import LensOptions
from detector.lens.photometry import window_at
from detector.lens.registration import map_places
from detector.lens.strobe import StrobeSet
from detector.lens.working import WorkingFrame, WorkingScale

__all__ = ["OffAxisFinder"]

_Floats = npt.NDArray[np.float64]
_RATIO = 2.0  # of the light over what the on-axis ring shows of it, top-hat bias and noise included
_APART_PX = 2  # working pixels: nearer, it is one light
_CORE_REACH = 1  # working pixels about a light in which its brightest pixel is looked for
_LEAST_SPILL = 0.05  # of the brightest pixel's light: through the sharpest lens a side has at least 0.1
_GROUND_REACH = 2  # full-resolution pixels about that one whose median is its ground


class OffAxisFinder:
    """Finds them; configured once, called per strobe set."""

    def __init__(self, options: LensOptions, scale: WorkingScale, black_level_dn: float) -> None:
        self._options = options
        self._black_dn = black_level_dn
        self._scale = scale

    def find(self, strobe: StrobeSet, planes: StrobePlanes, noise: NoiseModel) -> tuple[_Floats, npt.NDArray[np.bool_]]:
        """Return their places in the on-axis picture, brightest first, and which are sparkling pixels.

        Returns
        -------
        yx : ndarray of float64, shape (n, 2)
            Working pixels; none where registration is not trusted, and `max_candidates` at most.
        speck : ndarray of bool, shape (n,)
        """
        none = np.zeros((0, 2)), np.zeros(0, dtype=bool)
        if not planes.motions.trusted:
            return none
        o, on = self._options, strobe.on
        snr = o.detect_snr * planes.noise_gain
        y, x = np.nonzero(planes.difference < np.float32(-snr * float(noise.sigma_dn(self._black_dn))))
        light = np.minimum(planes.shared[y, x], -planes.difference[y, x])
        wide = cv2.dilate(on.compact, np.ones((3, 3), np.uint8))[y, x]
        clear = (light > _RATIO * wide) & (light > snr * noise.sigma_dn(on.grey[y, x]))
        yx, light = np.column_stack([y, x])[clear].astype(np.float64), light[clear]
        summit = window_at(planes.difference, yx, _APART_PX).min(axis=(1, 2)) >= planes.difference[y, x][clear]
        yx = yx[summit][np.argsort(-light[summit], kind="stable")[: o.max_candidates]]
        return yx, self._sparkles(strobe.off, map_places(planes.motions.to_off, yx))

    def _sparkles(self, off: WorkingFrame, yx: _Floats) -> npt.NDArray[np.bool_]:
        """Mark what is single full-resolution pixels of the off-axis picture, whatever the wall is like around them.

        Light that came through optics spills over at least three sides of its brightest pixel. Pixels that sparkle side
        by side leave two bare.
        """
        reach = _CORE_REACH * self._scale.factor
        wide = window_at(off.frame.pixels, self._scale.to_full(yx), reach + _GROUND_REACH)
        side = 2 * _GROUND_REACH + 1
        middle = wide[:, _GROUND_REACH:-_GROUND_REACH, _GROUND_REACH:-_GROUND_REACH]
        if not len(yx):
            return np.zeros(0, dtype=bool)
        row, column = np.unravel_index(middle.reshape(len(yx), -1).argmax(axis=1), middle.shape[1:])
        around = np.lib.stride_tricks.sliding_window_view(wide, (side, side), axis=(1, 2))
        around = around[np.arange(len(yx)), row, column].reshape(len(yx), -1)
        over = around - np.median(around, axis=1)[:, None]
        at = side * side // 2
        sides = np.sort(over[:, [at - side, at - 1, at + 1, at + side]], axis=1)
        return np.asarray(sides[:, 1] < _LEAST_SPILL * over[:, at])
