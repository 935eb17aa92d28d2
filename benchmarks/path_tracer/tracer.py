"""Frames of a built scene from any pose: radiance of each pixel, with more paths where small things are."""

from collections.abc import Callable, Sequence
from math import isqrt
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.path_tracer.meshes import ring_of_discs
from benchmarks.path_tracer.recipe import Recipe
from benchmarks.path_tracer.windows import Budget, Window
from benchmarks.path_tracer.world import LED_COUNT, RING, WALL
from detector.lens.synth import Pose
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
        height, width = geometry.height_px, geometry.width_px
        per_pixel = self._budget.dark if led is LedState.DARK else self._budget.wall
        whole = Window(0, height, 0, width, per_pixel)
        image = self._radiance(pose, whole, seed, self._straight)
        for number, window in enumerate(around if led is not LedState.DARK else ()):
            part = self._radiance(pose, window, seed + 7919 * (number + 1), self._light_along)
            image[window.top : window.bottom, window.left : window.right] = part
        return image

    def _light(self, pose: Pose, led: LedState) -> None:
        geometry, range_mm = self._recipe.geometry, self._recipe.scene.range_mm
        on = led is not LedState.OFF_AXIS
        radius_mm = geometry.on_axis_radius_mm if on else geometry.off_axis_radius_mm
        led_mm = _ON_LED_MM if on else _OFF_LED_MM
        ring = ring_of_discs(LED_COUNT, radius_mm, led_mm).placed(
            camera_turn(pose).T, (pose.x_mm, pose.y_mm, pose.z_mm)
        )
        self._parameters[f"{RING}.vertex_positions"] = ring.vertices.ravel().astype(np.float32)
        self._parameters[f"{RING}.vertex_normals"] = ring.normals.ravel().astype(np.float32)
        value = 0.0 if led is LedState.DARK else led_radiance(radius_mm, led_mm, range_mm)
        self._parameters[f"{RING}.emitter.radiance.value"] = value
        self._parameters.update()

    def _radiance(self, pose: Pose, window: Window, seed: int, light: _Light) -> _Image:
        rows, columns = np.mgrid[window.top : window.bottom, window.left : window.right]
        y_px, x_px = rows.ravel(), columns.ravel()
        total = np.zeros(y_px.size)
        step = max(1, _CHUNK // window.paths)
        for start in range(0, y_px.size, step):
            part = slice(start, start + step)
            rays, pixel, sampler = self._rays(pose, y_px[part], x_px[part], window.paths, seed + start)
            total[part] = self._summed(light(rays, sampler), pixel, total[part].size) / window.paths
        return total.reshape(rows.shape)

    def _rays(
        self, pose: Pose, y_px: npt.NDArray[np.int64], x_px: npt.NDArray[np.int64], paths: int, seed: int
    ) -> tuple[Any, Any, Any]:
        """Return rays through the pixels, which pixel each belongs to, and the sampler that they go on with."""
        mi, dr, geometry = self._mi, self._dr, self._recipe.geometry
        sampler = mi.load_dict({"type": "independent"})
        sampler.seed(seed, y_px.size * paths)
        pixel = dr.arange(mi.UInt32, y_px.size * paths) // dr.opaque(mi.UInt32, paths)
        side = dr.opaque(mi.UInt32, isqrt(paths))  # a pixel's paths fill a grid of cells, one each, for smooth edges
        number = dr.arange(mi.UInt32, y_px.size * paths) - pixel * dr.opaque(mi.UInt32, paths)
        jitter = sampler.next_2d() if paths > 1 else mi.Point2f(0.5)
        within = (mi.Point2f(number % side, (number // side) % side) + jitter) / mi.Float(side)
        x = dr.gather(mi.Float, mi.Float(x_px.astype(np.float32)), pixel) + within.x - 0.5
        y = dr.gather(mi.Float, mi.Float(y_px.astype(np.float32)), pixel) + within.y - 0.5
        x = (x - (geometry.width_px - 1) / 2) / geometry.focal_px
        y = (y - (geometry.height_px - 1) / 2) / geometry.focal_px
        back, origin = mi.Matrix3f(camera_turn(pose).T.tolist()), mi.Point3f(pose.x_mm, pose.y_mm, pose.z_mm)
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
