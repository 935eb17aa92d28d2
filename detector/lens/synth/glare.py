"""What each object sends back under each ring: spots of light on the wall, by closed formulas."""

from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from detector.lens.retro import retro_lobe
from detector.lens.synth.handheld import Pose
from detector.lens.synth.scene import (
    Drop,
    GlassBall,
    Lens,
    Pipe,
    Plastic,
    SceneObject,
    Screw,
    StatusLed,
    Tape,
    Tile,
)
from detector.types import CameraGeometry

__all__ = ["Spot", "View", "retro", "spots"]

_FACING_DEG = (0.0, 3.0, 6.0, 10.0, 14.0, 19.0, 24.0, 30.0)
_FACING_GAIN = (1.0, 1.0, 0.83, 0.86, 0.79, 0.29, 0.26, 0.0)  # lens.md's sweep of viewpoints, then the lens is blind


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A Gaussian (or, with `ring_mm`, ring-shaped under the off-axis light) spot on the wall.

    `on`, `off` and `own` are its flux in mm^2 of white wall lit by that ring (`own`: by itself, always).
    `mask_mm` bounds it to a rectangle (y, x, half height, half width); None leaves it whole. `glitter` is the standard
    deviation of its log flux from frame to frame.
    """

    y_mm: float
    x_mm: float
    on: float = 0.0
    off: float = 0.0
    own: float = 0.0
    sigma_y_mm: float = 0.0
    sigma_x_mm: float = 0.0
    ring_mm: float = 0.0
    glitter: float = 0.0
    mask_mm: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """The camera over the wall, in the wall's own directions: its place, and how far it stands off."""

    pose: Pose
    range_mm: float
    geometry: CameraGeometry

    def bearing_deg(self, item: SceneObject) -> tuple[float, float]:
        """Return (pitch, yaw) under which the camera stands as seen from the object, degrees."""
        pitch = np.degrees(np.arctan2(self.pose.y_mm - item.y_mm, self.range_mm))
        yaw = np.degrees(np.arctan2(self.pose.x_mm - item.x_mm, self.range_mm))
        return float(pitch), float(yaw)


@singledispatch
def spots(item: SceneObject, view: View) -> tuple[Spot, ...]:
    """Return what `item` sends back to the camera; empty for a matt object."""
    return ()


def retro(gain: float, lobe_deg: float, view: View) -> tuple[float, float]:
    """Return how bright a retro-reflector is under either ring, relative to a white wall."""
    rings = (view.geometry.on_axis_radius_mm, view.geometry.off_axis_radius_mm)
    on, off = (retro_lobe(gain, lobe_deg, radius, view.range_mm) for radius in rings)
    return on, off


@spots.register
def _lens(item: Lens, view: View) -> tuple[Spot, ...]:
    pitch, yaw = view.bearing_deg(item)
    facing = float(np.interp(np.hypot(pitch - item.pitch_deg, yaw - item.yaw_deg), _FACING_DEG, _FACING_GAIN))
    area_mm2 = np.pi / 4 * item.aperture_mm**2
    on, off = retro(item.retro_gain * facing * area_mm2, item.lobe_deg, view)
    sigma_mm = item.aperture_mm / 4  # a disc's standard deviation along one axis
    return (
        Spot(
            y_mm=item.y_mm,
            x_mm=item.x_mm,
            on=on,
            off=off,
            sigma_y_mm=sigma_mm,
            sigma_x_mm=sigma_mm,
            glitter=item.glitter,
        ),
    )


def _mirror_ball(
    item: SceneObject, radius_mm: float, flux: tuple[float, float], view: View, glitter: float = 0.0
) -> tuple[Spot, ...]:
    pitch, yaw = view.bearing_deg(item)
    y_mm = item.y_mm + radius_mm * float(np.sin(np.radians(pitch)))
    x_mm = item.x_mm + radius_mm * float(np.sin(np.radians(yaw)))
    return (Spot(y_mm=y_mm, x_mm=x_mm, on=flux[0], off=flux[1], glitter=glitter),)


@spots.register
def _screw(item: Screw, view: View) -> tuple[Spot, ...]:
    return _mirror_ball(item, item.radius_mm, (item.highlight, item.highlight), view, item.glitter)


@spots.register
def _plastic(item: Plastic, view: View) -> tuple[Spot, ...]:
    return _mirror_ball(item, item.radius_mm, (item.highlight, item.highlight), view)


@spots.register
def _glass(item: GlassBall, view: View) -> tuple[Spot, ...]:
    return _mirror_ball(item, item.radius_mm, (item.highlight, item.highlight / 2), view)


@spots.register
def _drop(item: Drop, view: View) -> tuple[Spot, ...]:
    return _mirror_ball(item, item.radius_mm, (item.highlight, item.highlight / 1.3), view)


@spots.register
def _led(item: StatusLed, view: View) -> tuple[Spot, ...]:
    own = item.radiance * np.pi * item.radius_mm**2
    sigma_mm = item.radius_mm / 2
    return (Spot(y_mm=item.y_mm, x_mm=item.x_mm, own=own, sigma_y_mm=sigma_mm, sigma_x_mm=sigma_mm),)


@spots.register
def _tape(item: Tape, view: View) -> tuple[Spot, ...]:
    on, off = retro(item.retro_gain * np.pi * item.bead_radius_mm**2, item.lobe_deg, view)
    sigma_mm = item.bead_radius_mm / 2
    return tuple(
        Spot(y_mm=y_mm, x_mm=x_mm, on=on, off=off, sigma_y_mm=sigma_mm, sigma_x_mm=sigma_mm)
        for y_mm, x_mm in item.bead_places()
    )


@spots.register
def _tile(item: Tile, view: View) -> tuple[Spot, ...]:
    """Place the mirror image of the ring where the face's normal points at the camera; a plate is a tile too."""
    sigma_mm = view.range_mm * float(np.radians(item.gloss_deg))
    flux = item.peak * 2 * np.pi * sigma_mm**2
    x_mm = view.pose.x_mm - view.range_mm * float(np.tan(np.radians(item.yaw_deg)))
    mask = (item.y_mm, item.x_mm, item.height_mm / 2, item.width_mm / 2)
    return (
        Spot(
            y_mm=view.pose.y_mm,
            x_mm=x_mm,
            on=flux,
            off=flux,
            sigma_y_mm=sigma_mm,
            sigma_x_mm=sigma_mm,
            ring_mm=view.geometry.off_axis_radius_mm / 2,
            mask_mm=mask,
        ),
    )


@spots.register
def _pipe(item: Pipe, view: View) -> tuple[Spot, ...]:
    _, yaw = view.bearing_deg(item)
    sigma_y_mm, sigma_x_mm = 0.1 * view.range_mm, 0.6
    flux = item.highlight * 2 * np.pi * sigma_y_mm * sigma_x_mm
    x_mm = item.x_mm + item.radius_mm * float(np.sin(np.radians(yaw)))
    return (Spot(y_mm=view.pose.y_mm, x_mm=x_mm, on=flux, off=flux, sigma_y_mm=sigma_y_mm, sigma_x_mm=sigma_x_mm),)
