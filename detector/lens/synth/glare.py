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

__all__ = ["Spot", "View", "lens_radiance", "retro", "spots"]

_CHROME, _PLASTIC = 0.65, 0.04  # reflectances head on
_GLASS_GAIN, _GLASS_RATIO, _GLASS_RING = 18.0, 1.7, 0.7  # over its disc; on : off; of its radius (path-traced)
_GLASS_RING_WIDTH = 0.12  # of its radius, standard deviation
_DROP_GAIN, _DROP_RATIO = 0.05, 1.3  # over its disc (path-traced)
_LIMBS = 16  # points that stand for a ring's drawn-out image
_TURNS = 2 * np.pi * np.arange(_LIMBS) / _LIMBS


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A Gaussian spot on the wall, or the image of a ring of light: `on_ring_mm` and `off_ring_mm` are its radii.

    `on`, `off` and `own` are its flux in mm^2 of white wall lit by that ring (`own`: by itself, always).
    `mask_mm` bounds it to a rectangle (y, x, half height, half width); None leaves it whole, and then it is no ring.
    `glitter` is the standard deviation of its log flux from frame to frame.
    """

    y_mm: float
    x_mm: float
    on: float = 0.0
    off: float = 0.0
    own: float = 0.0
    sigma_y_mm: float = 0.0
    sigma_x_mm: float = 0.0
    on_ring_mm: float = 0.0
    off_ring_mm: float = 0.0
    glitter: float = 0.0
    mask_mm: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """The camera over the wall, in the wall's own directions: its place, and how far it stands off."""

    pose: Pose
    range_mm: float
    geometry: CameraGeometry

    @property
    def rings_mm(self) -> tuple[float, float]:
        """Radii of the on-axis and the off-axis ring."""
        return self.geometry.on_axis_radius_mm, self.geometry.off_axis_radius_mm

    def bearing_deg(self, item: SceneObject) -> tuple[float, float]:
        """Return (pitch, yaw) under which the camera stands as seen from the object, degrees."""
        pitch = np.degrees(np.arctan2(self.pose.y_mm - item.y_mm, self.range_mm))
        yaw = np.degrees(np.arctan2(self.pose.x_mm - item.x_mm, self.range_mm))
        return float(pitch), float(yaw)


@singledispatch
def spots(item: SceneObject, view: View) -> tuple[Spot, ...]:
    """Return what `item` sends back to the camera; empty for a matt object."""
    return ()


def lens_radiance(item: Lens, away_deg: float, ring_radius_mm: float, range_mm: float) -> float:
    """Return how bright a lens's aperture is under a ring, relative to a white wall, so far off its axis."""
    angles, gains, edges = zip(*item.sweep, strict=True)
    gain = item.retro_gain * float(np.interp(away_deg, angles, gains))
    edge_deg = item.edge_deg * float(np.interp(away_deg, angles, edges))
    tail = retro_lobe(gain * item.tail_share, item.tail_deg, ring_radius_mm, range_mm)
    return retro_lobe(gain, edge_deg, ring_radius_mm, range_mm) + tail


def retro(gain: float, edge_deg: float, view: View) -> tuple[float, float]:
    """Return how bright a retro-reflector is under either ring, relative to a white wall."""
    on, off = (retro_lobe(gain, edge_deg, radius_mm, view.range_mm) for radius_mm in view.rings_mm)
    return on, off


@spots.register
def _lens(item: Lens, view: View) -> tuple[Spot, ...]:
    pitch, yaw = view.bearing_deg(item)
    away_deg = float(np.hypot(pitch - item.pitch_deg, yaw - item.yaw_deg))
    area_mm2 = np.pi / 4 * item.aperture_mm**2
    on, off = (area_mm2 * lens_radiance(item, away_deg, radius_mm, view.range_mm) for radius_mm in view.rings_mm)
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


def _ball_highlight(radius_mm: float, reflectance: float) -> float:
    """Return the flux of a mirror ball: its focal length is half its radius, whatever the range."""
    return reflectance * np.pi * radius_mm**2 / 4


def _mirror_ball(
    item: SceneObject, radius_mm: float, flux: tuple[float, float], view: View, glitter: float = 0.0
) -> tuple[Spot, ...]:
    pitch, yaw = view.bearing_deg(item)
    y_mm = item.y_mm + radius_mm * float(np.sin(np.radians(pitch)))
    x_mm = item.x_mm + radius_mm * float(np.sin(np.radians(yaw)))
    return (Spot(y_mm=y_mm, x_mm=x_mm, on=flux[0], off=flux[1], glitter=glitter),)


@spots.register
def _screw(item: Screw, view: View) -> tuple[Spot, ...]:
    flux = _ball_highlight(item.radius_mm, _CHROME) if item.highlight is None else item.highlight
    return _mirror_ball(item, item.radius_mm, (flux, flux), view, item.glitter)


@spots.register
def _plastic(item: Plastic, view: View) -> tuple[Spot, ...]:
    flux = _ball_highlight(item.radius_mm, _PLASTIC) if item.highlight is None else item.highlight
    return _mirror_ball(item, item.radius_mm, (flux, flux), view)


@spots.register
def _glass(item: GlassBall, view: View) -> tuple[Spot, ...]:
    """Rays at 0.7 of its radius are focused onto the white behind it, and go back the way they came: a ring."""
    flux = _GLASS_GAIN * np.pi * item.radius_mm**2 / _LIMBS
    sigma_mm = _GLASS_RING_WIDTH * item.radius_mm
    return tuple(
        Spot(
            y_mm=item.y_mm + _GLASS_RING * item.radius_mm * float(np.sin(turn)),
            x_mm=item.x_mm + _GLASS_RING * item.radius_mm * float(np.cos(turn)),
            on=flux,
            off=flux / _GLASS_RATIO,
            sigma_y_mm=sigma_mm,
            sigma_x_mm=sigma_mm,
        )
        for turn in _TURNS
    )


@spots.register
def _drop(item: Drop, view: View) -> tuple[Spot, ...]:
    flux = _DROP_GAIN * np.pi * item.radius_mm**2 if item.highlight is None else item.highlight
    return _mirror_ball(item, item.radius_mm, (flux, flux / _DROP_RATIO), view)


@spots.register
def _led(item: StatusLed, view: View) -> tuple[Spot, ...]:
    own = item.radiance * np.pi * item.radius_mm**2
    sigma_mm = item.radius_mm / 2
    return (Spot(y_mm=item.y_mm, x_mm=item.x_mm, own=own, sigma_y_mm=sigma_mm, sigma_x_mm=sigma_mm),)


@spots.register
def _tape(item: Tape, view: View) -> tuple[Spot, ...]:
    gain = item.retro_gain * np.pi * item.bead_radius_mm**2
    peak, tail = retro(gain, item.edge_deg, view), retro(gain * item.tail_share, item.tail_deg, view)
    on, off = (near + far for near, far in zip(peak, tail, strict=True))
    sigma_mm = item.bead_radius_mm / 2
    return tuple(
        Spot(y_mm=y_mm, x_mm=x_mm, on=on, off=off, sigma_y_mm=sigma_mm, sigma_x_mm=sigma_mm)
        for y_mm, x_mm in item.bead_places()
    )


@spots.register
def _tile(item: Tile, view: View) -> tuple[Spot, ...]:
    """Place the mirror image of each ring, half as wide, where the face's normal points at the camera; or a plate's.

    A flat mirror sends back R pi d^2 / 4 of white wall from the distance d; rough facets spread it.
    """
    sigma_mm = view.range_mm * float(np.radians(item.gloss_deg))
    flux = item.reflectance * np.pi * view.range_mm**2 / 4
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
            on_ring_mm=view.rings_mm[0] / 2,
            off_ring_mm=view.rings_mm[1] / 2,
            mask_mm=mask,
        ),
    )


@spots.register
def _pipe(item: Pipe, view: View) -> tuple[Spot, ...]:
    """Draw a ring's image out along the pipe, which is a flat mirror that way and a strongly curved one across.

    A light at the camera comes back as R pi r d / 4 of white wall from a pipe of radius r at the distance d, spread
    along it by the slope of its facets; lights a ring's radius away shine back from half of that up and down the pipe.
    """
    _, yaw = view.bearing_deg(item)
    flux = _CHROME * np.pi * item.radius_mm * view.range_mm / 4
    sigma_y_mm, sigma_x_mm = item.slope * view.range_mm, item.slope * item.radius_mm
    x_mm = item.x_mm + item.radius_mm * float(np.sin(np.radians(yaw)))
    rises = np.sin(_TURNS) * view.rings_mm[1] / 2
    within_mm = float(np.hypot(sigma_y_mm, view.rings_mm[0] / 2 / np.sqrt(2)))
    on = Spot(y_mm=view.pose.y_mm, x_mm=x_mm, on=flux, sigma_y_mm=within_mm, sigma_x_mm=sigma_x_mm)
    return on, *(
        Spot(
            y_mm=view.pose.y_mm + float(rise),
            x_mm=x_mm,
            off=flux / _LIMBS,
            sigma_y_mm=sigma_y_mm,
            sigma_x_mm=sigma_x_mm,
        )
        for rise in rises
    )
