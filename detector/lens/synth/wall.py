"""The wall's reflectance as a picture in millimetres: pattern, and the bodies of what stands on it."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from detector.lens.synth.scene import (
    GlassBall,
    Lens,
    Pipe,
    Plastic,
    Scene,
    SceneObject,
    Screw,
    StatusLed,
    Texture,
    Tile,
)

__all__ = ["Wall", "body_of", "paint_wall"]

_CELL_MM = 55.0
_HOLE = 0.06
_EDGE_LEAN_DEG = 5.0
_BODY: dict[type[SceneObject], float] = {Screw: 0.05, Plastic: 0.3, GlassBall: 0.25, StatusLed: 0.4}


@dataclass(frozen=True, slots=True)
class Wall:
    """Reflectance (float32, 0 to 1) sampled every `mm_per_px`; pixel (0, 0) lies at (`top_mm`, `left_mm`)."""

    reflectance: npt.NDArray[np.float32]
    mm_per_px: float
    top_mm: float
    left_mm: float

    def to_px(self, y_mm: float, x_mm: float) -> tuple[float, float]:
        """Return the (y, x) pixel of a place on the wall."""
        return (y_mm - self.top_mm) / self.mm_per_px, (x_mm - self.left_mm) / self.mm_per_px

    def matrix_px_to_mm(self) -> npt.NDArray[np.float64]:
        """Return the 3x3 matrix from (x, y, 1) in pixels to (x, y, 1) in millimetres."""
        return np.array([[self.mm_per_px, 0, self.left_mm], [0, self.mm_per_px, self.top_mm], [0, 0, 1.0]])


def paint_wall(scene: Scene, mm_per_px: float, height_mm: float, width_mm: float) -> Wall:
    """Paint the wall with its objects' bodies.

    Parameters
    ----------
    scene : Scene
    mm_per_px : float
        Sampling; finer than the camera's costs memory, coarser blurs edges.
    height_mm, width_mm : float
        Extent, centred on the origin; beyond it the renderer mirrors the picture.
    """
    shape = (int(np.ceil(height_mm / mm_per_px)), int(np.ceil(width_mm / mm_per_px)))
    wall = Wall(_pattern(scene, shape, mm_per_px), mm_per_px, -height_mm / 2, -width_mm / 2)
    for item in scene.objects:
        if not item.depth_mm:
            _paint(wall, item)
    return wall


def body_of(item: SceneObject) -> tuple[float, float] | None:
    """Return (radius in mm, reflectance) of the round body of an object; None where it has none."""
    if isinstance(item, Lens):
        return 1.1 * item.aperture_mm, _HOLE
    if type(item) in _BODY:
        return item.radius_mm, _BODY[type(item)]  # type: ignore[attr-defined]
    return None


def _pattern(scene: Scene, shape: tuple[int, int], mm_per_px: float) -> npt.NDArray[np.float32]:
    rng = np.random.default_rng(scene.texture_seed)
    cell_px = _CELL_MM / mm_per_px
    y, x = np.indices(shape, dtype=np.float32)
    row, column = (y // cell_px).astype(int), (x // cell_px).astype(int)
    mask: npt.NDArray[np.float64]
    if scene.texture is Texture.BLANK:
        mask = np.zeros(shape)
    elif scene.texture is Texture.CHECKER:
        mask = ((row + column) % 2).astype(float)
    elif scene.texture is Texture.EDGE:
        lean_px = np.tan(np.radians(_EDGE_LEAN_DEG)) * (y - (shape[0] - 1) / 2)
        mask = np.clip(x - (shape[1] - 1) / 2 - lean_px + 0.5, 0, 1).astype(float)
    elif scene.texture is Texture.TILES:
        joint = (y % cell_px < 3 / mm_per_px) | (x % cell_px < 3 / mm_per_px)
        glaze = rng.uniform(0, 0.4, (row.max() + 1, column.max() + 1))[row, column]
        mask = np.where(joint, 1.0, glaze)
    else:
        coarse = rng.uniform(0, 1, (int(shape[0] / cell_px * 4) + 2, int(shape[1] / cell_px * 4) + 2))
        cloud = np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))
        mask = (cloud > 0.62).astype(float)
    return np.asarray(0.8 * (1 - scene.contrast * mask), dtype=np.float32)


def _paint(wall: Wall, item: SceneObject) -> None:
    if isinstance(item, Tile):
        _box(wall, item, item.height_mm / 2, item.width_mm / 2, item.albedo)
    elif isinstance(item, Pipe):
        _box(wall, item, wall.reflectance.shape[0] * wall.mm_per_px, item.radius_mm, _HOLE)
    else:
        body = body_of(item)
        if body is not None:
            _disc(wall, item, *body)


def _box(wall: Wall, item: SceneObject, half_height_mm: float, half_width_mm: float, value: float) -> None:
    top, left = wall.to_px(item.y_mm - half_height_mm, item.x_mm - half_width_mm)
    bottom, right = wall.to_px(item.y_mm + half_height_mm, item.x_mm + half_width_mm)
    corners = (round(left), round(top)), (round(right), round(bottom))
    cv2.rectangle(wall.reflectance, *corners, value, cv2.FILLED)


def _disc(wall: Wall, item: SceneObject, radius_mm: float, value: float) -> None:
    y_px, x_px = wall.to_px(item.y_mm, item.x_mm)
    fraction_bits = 4
    scale = 1 << fraction_bits
    centre = (round(x_px * scale), round(y_px * scale))
    radius = round(radius_mm / wall.mm_per_px * scale)
    cv2.circle(wall.reflectance, centre, radius, value, cv2.FILLED, cv2.LINE_8, fraction_bits)
