"""Hidden cameras' lenses as glass: exact rays through spherical surfaces, where they focus, and how sharply.

Lengths in millimetres; z runs along the axis into the device, 0 at the first vertex; light comes from negative z.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

__all__ = ["CameraLens", "Surface", "corrected_lens", "simple_lens", "spot_radius_mm", "trace_rays"]

_Floats = npt.NDArray[np.float64]
_RAYS = 64
_FOCUS_MM = 700.0  # where a hidden camera is focused: at the middle of the room it watches
_SIMPLE_RADIUS_MM = 4.0  # f = 4.2 mm, as most small cameras have
_SIMPLE_INDEX, _SIMPLE_INDEX_VISIBLE = 1.510, 1.519  # crown glass at 850 and at 550 nm
_CORE_INDEX, _SHELL_INDEX = 1.52, 1.80
_CORRECTED_F_NUMBER = 2.0
_AIR = 1.0


@dataclass(frozen=True, slots=True)
class Surface:
    """A spherical surface; `radius_mm` is positive where its centre lies behind it. `index` is that of what follows."""

    vertex_mm: float
    radius_mm: float
    index: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraLens:
    """A lens with the sensor in its focus.

    Attributes
    ----------
    surfaces : tuple of Surface
    aperture_mm : float
        Diameter of the stop.
    stop_mm : float
        Where the stop lies.
    sensor_mm : float
        Where the sensor's middle lies.
    sensor_radius_mm : float or None
        Its radius of curvature, centre towards the lens; None for a flat one.
    focal_mm : float
    """

    surfaces: tuple[Surface, ...]
    aperture_mm: float
    stop_mm: float
    sensor_mm: float
    sensor_radius_mm: float | None
    focal_mm: float

    @property
    def blur_deg(self) -> float:
        """Root-mean-square radius of the image of a point on the axis, seen from the lens."""
        spot = spot_radius_mm(self.surfaces, self.aperture_mm, self.stop_mm, self.sensor_mm)
        return float(np.degrees(spot / self.focal_mm))


def trace_rays(surfaces: Sequence[Surface], y_mm: _Floats, slope: _Floats) -> tuple[_Floats, _Floats]:
    """Follow rays in a plane through the axis by Snell's law, exactly.

    Parameters
    ----------
    surfaces : sequence of Surface
    y_mm, slope : ndarray of float64, shape (n,)
        Height at z = 0 and dy/dz before the first surface.

    Returns
    -------
    y_mm, slope : ndarray of float64, shape (n,)
        Of the line on which a ray leaves the last surface, again at z = 0. NaN for a ray that misses a surface.
    """
    z, y = np.zeros_like(y_mm), y_mm
    length = np.sqrt(1 + slope**2)
    dz, dy = 1 / length, slope / length
    before = _AIR
    for surface in surfaces:
        centre = surface.vertex_mm + surface.radius_mm
        along = (centre - z) * dz - y * dy
        root = np.sqrt(along**2 - (centre - z) ** 2 - y**2 + surface.radius_mm**2)
        step = along - np.copysign(root, surface.radius_mm)
        z, y = z + step * dz, y + step * dy
        nz, ny = (z - centre) / -surface.radius_mm, y / -surface.radius_mm  # along the ray, out of the medium before
        ratio = before / surface.index
        cos_in = dz * nz + dy * ny
        cos_out = np.sqrt(1 - ratio**2 * (1 - cos_in**2))
        dz, dy = ratio * dz + (cos_out - ratio * cos_in) * nz, ratio * dy + (cos_out - ratio * cos_in) * ny
        before = surface.index
    return y - z * dy / dz, dy / dz


def spot_radius_mm(
    surfaces: Sequence[Surface], aperture_mm: float, stop_mm: float, sensor_mm: float, distance_mm: float = _FOCUS_MM
) -> float:
    """Return the root-mean-square radius of the image of a point on the axis, at that place behind the lens."""
    y, slope, weight = _fan(surfaces, aperture_mm, stop_mm, distance_mm)
    return float(np.sqrt(np.average((y + sensor_mm * slope) ** 2, weights=weight)))


def simple_lens(aperture_mm: float, focus_error_mm: float = 0.0) -> CameraLens:
    """Return a biconvex singlet behind its stop, with all its spherical aberration and curvature of field.

    It was focused with visible light, so that its sensor lies 0.08 mm before the focus of 850 nm; `focus_error_mm`
    puts it that much further away.
    """
    stop_mm = -0.1
    in_focus_mm = _best_focus_mm(_singlet(_SIMPLE_INDEX_VISIBLE), aperture_mm, stop_mm)
    surfaces = _singlet(_SIMPLE_INDEX)
    return CameraLens(
        surfaces=surfaces, aperture_mm=aperture_mm, stop_mm=stop_mm, sensor_mm=in_focus_mm + focus_error_mm,
        sensor_radius_mm=None, focal_mm=_focal_mm(surfaces),
    )  # fmt: skip


def _singlet(index: float) -> tuple[Surface, ...]:
    return Surface(0.0, _SIMPLE_RADIUS_MM, index), Surface(2.2, -_SIMPLE_RADIUS_MM, _AIR)


@lru_cache(maxsize=32)
def corrected_lens(aperture_mm: float) -> CameraLens:
    """Return an f/2 lens of two concentric glasses with the stop in their common centre, free of coma by symmetry.

    The core's radius is chosen for the least spherical aberration; a sensor curved about the same centre stands in
    for the field flattener of a real objective, which has the same small blur over its whole field.
    """
    focal_mm = _CORRECTED_F_NUMBER * aperture_mm

    def blur(core: float) -> float:
        glass = _concentric(focal_mm, core)
        middle = glass[0].radius_mm
        return spot_radius_mm(glass, aperture_mm, middle, _best_focus_mm(glass, aperture_mm, middle))

    best = minimize_scalar(blur, bounds=(0.45, 0.9), method="bounded", options={"xatol": 1e-6})
    surfaces = _concentric(focal_mm, float(best.x))
    middle = surfaces[0].radius_mm
    sensor_mm = _best_focus_mm(surfaces, aperture_mm, middle)
    return CameraLens(
        surfaces=surfaces, aperture_mm=aperture_mm, stop_mm=middle, sensor_mm=sensor_mm,
        sensor_radius_mm=sensor_mm - middle, focal_mm=_focal_mm(surfaces),
    )  # fmt: skip


def _concentric(focal_mm: float, core: float) -> tuple[Surface, ...]:
    """Return concentric surfaces of that focal length, the core's radius given as a share of the shell's."""
    power = 2 * ((1 - 1 / _SHELL_INDEX) + (1 / _SHELL_INDEX - 1 / _CORE_INDEX) / core)
    outer = focal_mm * power
    inner = core * outer
    return (
        Surface(0.0, outer, _SHELL_INDEX),
        Surface(outer - inner, inner, _CORE_INDEX),
        Surface(outer + inner, -inner, _SHELL_INDEX),
        Surface(2 * outer, -outer, _AIR),
    )


def _fan(
    surfaces: Sequence[Surface], aperture_mm: float, stop_mm: float, distance_mm: float
) -> tuple[_Floats, _Floats, _Floats]:
    """Return height at z = 0 and slope behind the lens of rays that fill the stop, and the area each stands for.

    A stop behind the first surface is filled as seen from before it, to first order.
    """
    height = aperture_mm / 2 * np.sqrt((np.arange(_RAYS) + 0.5) / _RAYS)
    if stop_mm > 0:
        height = height * _stop_magnification(surfaces, stop_mm)
    y, slope = trace_rays(surfaces, height * distance_mm / (distance_mm + stop_mm), height / (distance_mm + stop_mm))
    return y, slope, np.ones(_RAYS)


def _stop_magnification(surfaces: Sequence[Surface], stop_mm: float) -> float:
    """Return by how much a ray parallel to the axis is higher before the lens than where it crosses the stop."""
    before = [s for s in surfaces if s.vertex_mm < stop_mm]
    y, slope = trace_rays(before, np.array([1e-3]), np.zeros(1))
    return float(1e-3 / (y + stop_mm * slope)[0])


def _best_focus_mm(surfaces: Sequence[Surface], aperture_mm: float, stop_mm: float) -> float:
    """Return where the image of a point at the focused distance is smallest."""
    y, slope, weight = _fan(surfaces, aperture_mm, stop_mm, _FOCUS_MM)
    return float(-np.average(y * slope, weights=weight) / np.average(slope**2, weights=weight))


def _focal_mm(surfaces: Sequence[Surface]) -> float:
    height = 1e-3
    _, slope = trace_rays(surfaces, np.array([height]), np.zeros(1))
    return float(-height / slope[0])
