"""One strobe set brought onto its on-axis frame: what only the on-axis ring lights up."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from detector.lens.bracket import WALL_STEP, dim_gain
from detector.lens.strobe import StrobeSet
from detector.lens.working import WorkingFrame

__all__ = ["SetMotions", "StrobePlanes", "difference_planes"]

_BALANCE_RANGE = (0.33, 3.0)
_LEAST_LIGHT_DN = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMotions:
    """From the on-axis picture's (x, y, 1), in working pixels, to where the same is in the set's other pictures.

    Attributes
    ----------
    to_off, to_dark, to_dim : ndarray of float64, shape (3, 3)
        `to_dark` and `to_dim` are None where there is no such frame.
    trusted : bool
        Whether they are to be relied on.
    """

    to_off: npt.NDArray[np.float64]
    to_dark: npt.NDArray[np.float64] | None = None
    to_dim: npt.NDArray[np.float64] | None = None
    trusted: bool


@dataclass(frozen=True, slots=True)
class StrobePlanes:
    """A set in the on-axis frame's working pixels.

    Attributes
    ----------
    difference : ndarray of float32, shape (h, w)
        On-axis minus moved and balanced off-axis picture, in on-axis digital numbers.
    shared : ndarray of float32, shape (h, w)
        Compact light of the off-axis picture, moved, balanced and widened by a pixel.
    balance : float
        Factor that brings the off-axis ring to the on-axis one on the wall: exposure, gain and ring power.
    motions : SetMotions
    balance_map : ndarray of float32, shape (h, w), or None
        By how much that factor differs from place to place, as calibrated; None where it does not.
    dim_gain : float or None
        By how much brighter the whole on-axis ring is than the dimmed one; None where that is not known.
    """

    difference: npt.NDArray[np.float32]
    shared: npt.NDArray[np.float32]
    balance: float
    motions: SetMotions
    balance_map: npt.NDArray[np.float32] | None = None
    dim_gain: float | None = None

    @property
    def noise_gain(self) -> float:
        """How much noisier the difference is than one frame."""
        return float(np.hypot(1.0, self.balance))

    def balance_at(self, yx: npt.NDArray[np.float64]) -> float | npt.NDArray[np.float64]:
        """Return the balance at working pixels (n, 2): one number for all where no map was calibrated."""
        if self.balance_map is None:
            return self.balance
        height, width = self.balance_map.shape
        y, x = np.clip(np.round(yx).astype(np.intp), 0, (height - 1, width - 1)).T
        return np.asarray(self.balance * self.balance_map[y, x], dtype=np.float64)


def difference_planes(
    strobe: StrobeSet,
    motions: SetMotions,
    black_level_dn: float,
    balance_map: npt.NDArray[np.float32] | None = None,
) -> StrobePlanes:
    """Subtract the off-axis picture where it belongs.

    Parameters
    ----------
    strobe : StrobeSet
    motions : SetMotions
    black_level_dn : float
    balance_map : ndarray of float32, shape (h, w), optional
        Calibrated ratio of the rings over the picture; see `LensCalibration`.

    Returns
    -------
    StrobePlanes
        Where the off-axis picture does not reach, its edge is repeated.
    """
    on, off = strobe.on, strobe.off
    balance = _ring_balance(on, off, strobe.dark, black_level_dn, balance_map)
    moved = _move(off.grey, motions.to_off)
    wide = _move(cv2.dilate(off.compact, np.ones((3, 3), np.uint8)), motions.to_off)  # type: ignore[arg-type]
    if balance_map is None:
        offset = -black_level_dn * (1 - balance)
        difference = cv2.addWeighted(on.grey, 1.0, moved, -balance, offset, dtype=cv2.CV_32F)
        shared = np.asarray(wide, dtype=np.float32) * np.float32(balance)
    else:
        over = np.subtract(moved, np.float32(black_level_dn), dtype=np.float32)
        other = cv2.multiply(over, balance_map, scale=balance)
        difference = cv2.addWeighted(on.grey.astype(np.float32), 1.0, other, -1.0, -black_level_dn)
        shared = np.asarray(cv2.multiply(np.asarray(wide, dtype=np.float32), balance_map, scale=balance))
    gain = None
    if strobe.dim is not None and strobe.dark is not None:
        gain = dim_gain(on, strobe.dim, strobe.dark, black_level_dn)
    return StrobePlanes(difference, shared, balance, motions, balance_map, gain)  # type: ignore[arg-type]


def _move(
    grey: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], to_other: npt.NDArray[np.float64]
) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    size = (grey.shape[1], grey.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(grey, to_other, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def _ring_balance(
    on: WorkingFrame,
    off: WorkingFrame,
    dark: WorkingFrame | None,
    black_level_dn: float,
    balance_map: npt.NDArray[np.float32] | None,
) -> float:
    """Return the ratio of what each ring adds to the wall; the room's own light is taken off where it is known."""
    bright, dim = _level(on, black_level_dn), _level(off, black_level_dn, balance_map)
    if dark is not None:
        ambient = _level(dark, black_level_dn) / dark.exposure
        lit_on = bright - ambient * on.exposure
        lit_off = _level(off, black_level_dn, balance_map, ambient * off.exposure)
        if lit_off > _LEAST_LIGHT_DN and lit_on > _LEAST_LIGHT_DN:
            bright, dim = lit_on, lit_off
    exposure = on.exposure / off.exposure
    ratio = max(bright, _LEAST_LIGHT_DN) / max(dim, _LEAST_LIGHT_DN)
    return float(np.clip(ratio, _BALANCE_RANGE[0] * exposure, _BALANCE_RANGE[1] * exposure))


def _level(
    item: WorkingFrame,
    black_level_dn: float,
    balance_map: npt.NDArray[np.float32] | None = None,
    room_dn: float = 0.0,
) -> float:
    """Return the median over black level and room light, of the picture as the map would have it lit."""
    grey = item.grey[::WALL_STEP, ::WALL_STEP]
    if balance_map is None:
        return float(np.median(grey)) - black_level_dn - room_dn
    over = grey - np.float32(black_level_dn + room_dn)
    return float(np.median(over * balance_map[::WALL_STEP, ::WALL_STEP]))
