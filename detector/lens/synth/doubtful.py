"""What deceives the on/off ratio: eyes, spectacles, glitter. Each is found out by behaviour, number or neighbours."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import i0e

from detector.lens.synth.glare import Spot, View, retro, spots
from detector.lens.synth.scene import SceneObject

__all__ = ["Eyes", "Glitter", "Spectacles"]

_SWAY_HZ = (0.23, 0.61)  # a head that stands still is never still
_BLINK_S, _BLINK_EVERY_S = 0.2, 3.7
_LIMBS = 12  # points around the off-axis ring's image that a spectacle glass shows


@dataclass(frozen=True, slots=True)
class _Head(SceneObject):
    """Something worn on a head at the place given, swaying by `sway_mm`; `gap_mm` between the pair.

    Whoever wears it is there from `comes_s` on for `stays_s`, and again every `every_s`.
    """

    gap_mm: float = 63.0
    sway_mm: float = 8.0
    phase: float = 0.0
    comes_s: float = float("-inf")
    stays_s: float = float("inf")
    every_s: float = float("inf")

    def is_there(self, t_s: float) -> bool:
        """Return whether the head is in the room."""
        if self.comes_s == float("-inf"):
            return True
        return t_s >= self.comes_s and (t_s - self.comes_s) % self.every_s < self.stays_s

    def moved_mm(self, t_s: float) -> tuple[float, float]:
        """Return how far (y, x) the head is from its place."""
        slow, quick = (np.sin(2 * np.pi * hz * t_s + self.phase) for hz in _SWAY_HZ)
        return float(0.5 * self.sway_mm * quick), float(self.sway_mm * (slow + 0.3 * quick))


@dataclass(frozen=True, slots=True)
class Eyes(_Head):
    """A pair of eyes that look this way: retro-reflectors as good as a lens, 63 mm apart, moving together, blinking."""

    kind: ClassVar[str] = "eyes"
    pupil_mm: float = 5.0
    retro_gain: float = 30.0
    edge_deg: float = 1.4


@dataclass(frozen=True, slots=True)
class Spectacles(_Head):
    """Two glasses, each a weak convex mirror: a point under the on-axis ring, the ring's thin image under the other."""

    kind: ClassVar[str] = "spectacles"
    curvature_mm: float = 110.0
    highlight: float = 6.0


@dataclass(frozen=True, slots=True)
class Glitter(SceneObject):
    """A sequinned or glittered patch: each flake is a mirror that flashes at the one ring or at the other.

    A flake answers where its normal halves the angle between ring and camera, so that under the on-axis ring other
    flakes shine than under the off-axis one: the ratio of each passes. It is gone a degree of viewpoint further on.
    """

    kind: ClassVar[str] = "glitter"
    radius_mm: float = 15.0
    flakes: int = 500
    spread_deg: float = 8.0
    gloss_deg: float = 0.35
    highlight: float = 15.0
    seed: int = 0


@spots.register
def _eyes(item: Eyes, view: View) -> tuple[Spot, ...]:
    if not item.is_there(view.pose.t_s) or (view.pose.t_s + item.phase) % _BLINK_EVERY_S < _BLINK_S:
        return ()
    on, off = retro(item.retro_gain * np.pi / 4 * item.pupil_mm**2, item.edge_deg, view)
    sigma_mm = item.pupil_mm / 4
    y_mm, x_mm = _middle(item, view)
    return tuple(
        Spot(y_mm=y_mm, x_mm=x_mm + side * item.gap_mm / 2, on=on, off=off, sigma_y_mm=sigma_mm, sigma_x_mm=sigma_mm)
        for side in (-1, 1)
    )


@spots.register
def _spectacles(item: Spectacles, view: View) -> tuple[Spot, ...]:
    """Convex mirrors of focal length R / 2 show the ring at R / 2 behind, shrunk by R / 2 over the range."""
    if not item.is_there(view.pose.t_s):
        return ()
    y_mm, x_mm = _middle(item, view)
    pitch, yaw = view.bearing_deg(item)
    y_mm += item.curvature_mm * float(np.sin(np.radians(pitch))) / 2
    x_mm += item.curvature_mm * float(np.sin(np.radians(yaw))) / 2
    shrink = item.curvature_mm / 2 / view.range_mm
    found = []
    for side in (-1, 1):
        middle = x_mm + side * item.gap_mm / 2
        found.append(Spot(y_mm=y_mm, x_mm=middle, on=item.highlight))
        radius_mm = view.rings_mm[1] * shrink
        for angle in np.arange(_LIMBS) * 2 * np.pi / _LIMBS:
            y, x = y_mm + radius_mm * float(np.sin(angle)), middle + radius_mm * float(np.cos(angle))
            found.append(Spot(y_mm=y, x_mm=x, off=item.highlight / _LIMBS))
    return tuple(found)


@spots.register
def _glitter(item: Glitter, view: View) -> tuple[Spot, ...]:
    rng = np.random.default_rng(item.seed)
    away = rng.normal(0, 0.5 * item.radius_mm, (item.flakes, 2))
    normal = rng.normal(0, item.spread_deg, (item.flakes, 2))
    size = item.highlight * rng.lognormal(0, 0.5, item.flakes)
    aside_mm = np.array([view.pose.y_mm - item.y_mm, view.pose.x_mm - item.x_mm]) - away
    bearing = np.degrees(np.arctan2(aside_mm, view.range_mm))
    miss_deg = np.linalg.norm(bearing - normal, axis=1)
    on, off = (
        size * _flash(miss_deg, float(np.degrees(np.arctan2(radius_mm, view.range_mm))) / 2, item.gloss_deg)
        for radius_mm in view.rings_mm
    )
    lit = np.flatnonzero(np.maximum(on, off) > 0.02 * item.highlight)
    return tuple(
        Spot(y_mm=item.y_mm + float(away[k, 0]), x_mm=item.x_mm + float(away[k, 1]), on=float(on[k]), off=float(off[k]))
        for k in lit
    )


def _flash(miss_deg: np.ndarray, ring_deg: float, gloss_deg: float) -> np.ndarray:
    """Return a mirror's answer to a ring of lights, 1 for a point-like ring hit squarely (Rice distribution)."""
    variance = gloss_deg**2
    return np.asarray(np.exp(-0.5 * (miss_deg - ring_deg) ** 2 / variance) * i0e(miss_deg * ring_deg / variance))


def _middle(item: _Head, view: View) -> tuple[float, float]:
    y_mm, x_mm = item.moved_mm(view.pose.t_s)
    return item.y_mm + y_mm, item.x_mm + x_mm
