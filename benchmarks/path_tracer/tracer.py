"""Frames of a built scene from any pose: radiance of each pixel, with more paths where small things are."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.path_tracer.meshes import ring_of_discs
from benchmarks.path_tracer.recipe import Recipe
from benchmarks.path_tracer.windows import Budget, Window
from benchmarks.path_tracer.world import LED_COUNT, RING, WALL
from detector.lens.synth import DIM_SHARE, Pose
from detector.lens.synth.projection import camera_turn
from detector.types import LedState

__all__ = ["Tracer", "led_radiance"]

_Image = npt.NDArray[np.float64]
_Light = Callable[[Any, Any], Any]  # from rays and a sampler to radiance
_ON_LED_MM, _OFF_LED_MM = 1.2, 2.5  # radius of one LED's dome
_CHUNK = 4_000_000  # paths at once, for the memory's sake


def led_radiance(ring_radius_mm: float, led_radius_mm: float, range_mm: float) -> float:
    """Return how bright a ring's LEDs must be for a white wall opposite to have radiance 1."""
    area_mm2 = LED_COUNT * np.pi * led_radius_mm**2
    return float(np.pi * (range_mm**2 + ring_radius_mm**2) ** 2 / (area_mm2 * range_mm**2))


class Tracer:
    """Renders one built scene; the ring of lights goes with the camera.

    Parameters
    ----------
    mi, dr : module
        Mitsuba and Dr.Jit.
    recipe : Recipe
    scene : mitsuba.Scene
        From `world.build`.
    budget : Budget, optional
    """

    def __init__(
        self, mi: ModuleType, dr: ModuleType, recipe: Recipe, scene: Any, budget: Budget | None = None
    ) -> None:
        self._mi, self._dr, self._scene, self._recipe = mi, dr, scene, recipe
        self._budget = budget or Budget()
        self._parameters = mi.traverse(scene)
        self._direct = mi.load_dict({"type": "path", "max_depth": 2})
        self._full = scene.integrator()
        (self._wall,) = (mi.ShapePtr(shape) for shape in scene.shapes() if shape.id() == WALL)

    def frame(self, pose: Pose, led: LedState, seed: int, around: Sequence[Window] = ()) -> _Image:
        """Return radiance relative to a white wall lit by a ring, shape (height_px, width_px); no blur, no noise."""
        self._light(pose, led)
        geometry = self._recipe.geometry
        plain = self._budget.dark if led is LedState.DARK else self._budget.wall
        paths = np.full((geometry.height_px, geometry.width_px), plain)
        small = np.zeros(paths.shape, dtype=bool)
        for window in around if led is not LedState.DARK else ():
            rows, columns = slice(window.top, window.bottom), slice(window.left, window.right)
            paths[rows, columns], small[rows, columns] = window.paths, True
        image = np.zeros(paths.shape)
        for part, light in ((~small, self._straight), (small, self._light_along)):
            yx = np.argwhere(part)
            image[part] = self._radiance(pose, yx, paths[part], seed, light)
            seed += len(yx) + 1
        return image

    def _light(self, pose: Pose, led: LedState) -> None:
        geometry, range_mm = self._recipe.geometry, self._recipe.scene.range_mm
        on = led is not LedState.OFF_AXIS
        radius_mm = geometry.on_axis_radius_mm if on else geometry.off_axis_radius_mm
        led_mm = _ON_LED_MM if on else _OFF_LED_MM
        ring = ring_of_discs(LED_COUNT, radius_mm, led_mm).placed(
            camera_turn(pose).T, (pose.x_mm, pose.y_mm, pose.z_mm - range_mm)
        )
        self._parameters[f"{RING}.vertex_positions"] = ring.vertices.ravel().astype(np.float32)
        self._parameters[f"{RING}.vertex_normals"] = ring.normals.ravel().astype(np.float32)
        share = {LedState.DARK: 0.0, LedState.ON_AXIS_DIM: DIM_SHARE}.get(led, 1.0)
        self._parameters[f"{RING}.emitter.radiance.value"] = share * led_radiance(radius_mm, led_mm, range_mm)
        self._parameters.update()

    def _radiance(
        self, pose: Pose, yx: npt.NDArray[np.int64], paths: npt.NDArray[np.int64], seed: int, light: _Light
    ) -> _Image:
        """Return the mean light of each pixel's paths, shape (n,), a few million paths at a time."""
        total = np.zeros(len(yx))
        cuts = np.flatnonzero(np.diff(np.cumsum(paths) // _CHUNK)) + 1
        for part in np.split(np.arange(len(yx)), cuts):
            if part.size:
                rays, pixel, sampler = self._rays(pose, yx[part], paths[part], seed + int(part[0]))
                total[part] = self._summed(light(rays, sampler), pixel, part.size) / paths[part]
        return total

    def _rays(
        self, pose: Pose, yx: npt.NDArray[np.int64], paths: npt.NDArray[np.int64], seed: int
    ) -> tuple[Any, Any, Any]:
        """Return rays through the pixels, which pixel each belongs to, and the sampler that they go on with.

        A pixel's paths fill a grid of cells, one each, for smooth edges; a single one goes through its middle.
        """
        mi, dr, geometry, range_mm = self._mi, self._dr, self._recipe.geometry, self._recipe.scene.range_mm
        count = int(paths.sum())
        sampler = mi.load_dict({"type": "independent"})
        sampler.seed(seed, count)
        pixel = mi.UInt32(np.repeat(np.arange(len(yx), dtype=np.uint32), paths))
        first = mi.UInt32((np.cumsum(paths) - paths).astype(np.uint32))
        number = dr.arange(mi.UInt32, count) - dr.gather(mi.UInt32, first, pixel)
        side = dr.gather(mi.UInt32, mi.UInt32(np.sqrt(paths).round().astype(np.uint32)), pixel)
        side = dr.maximum(side, 1)  # the last packet of lanes is filled up with zeros
        jitter = dr.select(side > 1, sampler.next_2d(), 0.5)
        within = (mi.Point2f(number % side, (number // side) % side) + jitter) / mi.Float(side)
        y, x = (dr.gather(mi.Float, mi.Float(yx[:, k].astype(np.float32)), pixel) for k in (0, 1))
        x = (x + within.x - 0.5 - (geometry.width_px - 1) / 2) / geometry.focal_px
        y = (y + within.y - 0.5 - (geometry.height_px - 1) / 2) / geometry.focal_px
        back, origin = mi.Matrix3f(camera_turn(pose).T.tolist()), mi.Point3f(pose.x_mm, pose.y_mm, pose.z_mm - range_mm)
        dr.make_opaque(back, origin)  # numbers in memory, not in the kernel, which would be compiled for every pose
        return mi.RayDifferential3f(mi.Ray3f(origin, back @ dr.normalize(mi.Vector3f(x, y, 1.0)))), pixel, sampler

    def _straight(self, rays: Any, sampler: Any) -> Any:
        """Return the light along each ray that came straight from a lamp to what the ray meets."""
        return self._direct.sample(self._scene, sampler, rays)[0].x

    def _light_along(self, rays: Any, sampler: Any) -> Any:
        """Return all the light along each ray; where it meets the bare wall first, only what came straight from a lamp.

        What polished things throw onto the wall is left out: a few paths a pixel would show it as sparkle.
        """
        wall = self._scene.ray_intersect(rays).shape == self._wall
        direct, _, _ = self._direct.sample(self._scene, sampler, rays, active=wall)
        full, _, _ = self._full.sample(self._scene, sampler, rays, active=~wall)
        return self._dr.select(wall, direct.x, full.x)

    def _summed(self, radiance: Any, pixel: Any, count: int) -> _Image:
        total = self._dr.zeros(self._mi.Float, count)
        self._dr.scatter_reduce(self._dr.ReduceOp.Add, total, radiance, pixel)
        return np.array(total, dtype=np.float64)
