"""Which pixels get how many paths: few for the wall, thousands where a small thing answers a small light."""

from dataclasses import dataclass
from math import isqrt

import numpy as np

from benchmarks.path_tracer.places import centre_depth_mm
from benchmarks.path_tracer.recipe import Recipe
from detector.lens.synth import Drop, GlassBall, Lens, Pipe, Plastic, Pose, SceneObject, Screw, Tape, Tile
from detector.lens.synth.projection import Projection

__all__ = ["Budget", "Window", "windows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Paths a pixel, each a square number: they fill a grid within the pixel.

    Attributes
    ----------
    wall, dark : int
        Everywhere else, and everywhere in a dark frame. The wall sees the whole ring from everywhere and its pattern is
        interpolated, so that one path through a pixel's middle shows it with less noise than the sensor adds.
    face, ball, bead, clear : int
        On polished faces and pipes; on polished balls; on beads; on glass and water.
    lens : int
        Paths of a whole lens, shared by its pixels: at 1.5 m it has two or three of them.
    """

    wall: int = 1
    dark: int = 1
    face: int = 4
    ball: int = 100
    bead: int = 256
    clear: int = 625
    lens: int = 40_000


@dataclass(frozen=True, slots=True)
class Window:
    """Pixels [top, bottom) x [left, right) that get `paths` each."""

    top: int
    bottom: int
    left: int
    right: int
    paths: int


def windows(recipe: Recipe, pose: Pose, budget: Budget) -> list[Window]:
    """Return the windows of one frame, widest things first, in the order in which they replace what was there."""
    found = [window for item in recipe.scene.objects for window in _of(item, recipe, pose, budget)]
    return sorted(found, key=lambda w: (w.bottom - w.top) * (w.left - w.right))


def _of(item: SceneObject, recipe: Recipe, pose: Pose, budget: Budget) -> list[Window]:
    depth_mm = max(centre_depth_mm(item), 0.0)
    if isinstance(item, Lens):
        return _around(recipe, pose, (item.y_mm, item.x_mm, depth_mm), (item.aperture_mm / 2,) * 2, -budget.lens)
    if isinstance(item, Tape):
        reach_mm = (item.bead_radius_mm,) * 2
        return [
            w for y, x in item.bead_places() for w in _around(recipe, pose, (y, x, depth_mm), reach_mm, budget.bead)
        ]
    if isinstance(item, Pipe):
        return _around(recipe, pose, (0.0, item.x_mm, depth_mm), (recipe.scene.range_mm, item.radius_mm), budget.face)
    if isinstance(item, Tile):
        reach_mm = (item.height_mm / 2, item.width_mm / 2)
        return _around(recipe, pose, (item.y_mm, item.x_mm, depth_mm), reach_mm, budget.face)
    if isinstance(item, Screw | Plastic | GlassBall | Drop):
        paths = budget.clear if isinstance(item, GlassBall | Drop) else budget.ball
        return _around(recipe, pose, (item.y_mm, item.x_mm, depth_mm), (item.radius_mm,) * 2, paths)
    return []


def _around(
    recipe: Recipe, pose: Pose, at_mm: tuple[float, float, float], reach_mm: tuple[float, float], paths: int
) -> list[Window]:
    """Return the window over a rectangle before the wall, cut at the picture's border; negative `paths` are shared."""
    y_mm, x_mm, depth_mm = at_mm
    corners = [(x_mm + i * reach_mm[1], y_mm + j * reach_mm[0], 1.0) for i in (-1, 1) for j in (-1, 1)]
    matrix = Projection(recipe.scene, recipe.geometry).plane_to_image(pose, depth_mm)
    x, y, w = matrix @ np.array(corners).T
    height, width = recipe.geometry.height_px, recipe.geometry.width_px
    top, bottom = max(0, int(np.floor((y / w).min()))), min(height, int(np.ceil((y / w).max())) + 1)
    left, right = max(0, int(np.floor((x / w).min()))), min(width, int(np.ceil((x / w).max())) + 1)
    if top >= bottom or left >= right:
        return []
    share = paths if paths > 0 else max(1, isqrt(-paths // ((bottom - top) * (right - left)))) ** 2
    return [Window(top, bottom, left, right, share)]
