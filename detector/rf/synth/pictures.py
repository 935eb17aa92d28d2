"""Seeded grey pictures for a camera to see: rooms, gratings, bars, noise; still or moving."""

import numpy as np
import numpy.typing as npt

__all__ = ["Picture", "bars", "moving_room", "room"]

Picture = npt.NDArray[np.float32]
"""Luminance of shape (rows, columns), 0 black to 1 white."""


def room(seed: int, rows: int = 288, columns: int = 360, shift_px: float = 0.0) -> Picture:
    """Return a picture with the statistics of a furnished room: soft light, hard-edged boxes, some texture.

    Parameters
    ----------
    seed : int
        Chooses the furniture.
    rows, columns : int
    shift_px : float
        How far the nearest third of the objects has moved to the right (motion parallax).
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    light_y, light_x = rng.uniform(0, rows), rng.uniform(0, columns)
    picture: npt.NDArray[np.floating] = 0.25 + 0.5 * np.exp(
        -((y - light_y) ** 2 + (x - light_x) ** 2) / (0.5 * columns) ** 2
    )
    for number in range(14):
        top, left = rng.uniform(-0.1, 0.9) * rows, rng.uniform(-0.1, 0.9) * columns
        height, width = rng.uniform(0.05, 0.4) * rows, rng.uniform(0.05, 0.35) * columns
        left += shift_px if number % 3 == 0 else 0.0
        inside = (y > top) & (y < top + height) & (x > left) & (x < left + width)
        picture = np.where(inside, picture * 0.3 + rng.uniform(0, 0.8), picture)
    texture = rng.standard_normal((rows // 4 + 1, columns // 4 + 1)).astype(np.float32)
    picture = picture + 0.04 * np.kron(texture, np.ones((4, 4), np.float32))[:rows, :columns]
    clipped: Picture = np.clip(picture, 0, 1).astype(np.float32)
    return clipped


def moving_room(seed: int, frames: int = 4, step_px: float = 3.0) -> tuple[Picture, ...]:
    """Return successive pictures of a room in which a third of the objects moves."""
    return tuple(room(seed, shift_px=step_px * number) for number in range(frames))


def bars(rows: int = 288, columns: int = 360) -> Picture:
    """Return eight vertical grey bars, white to black."""
    return np.tile(np.linspace(1, 0, 8, dtype=np.float32).repeat(columns // 8), (rows, 1))
