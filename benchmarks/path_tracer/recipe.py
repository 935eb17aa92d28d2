"""What the path tracer is to render: scene k of a split, drawn from a seed of its own."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from benchmarks.path_tracer.optics import CameraLens, corrected_lens, simple_lens
from detector.lens.synth import (
    Drop,
    GlassBall,
    Lens,
    Pipe,
    Plastic,
    Plate,
    Pose,
    Scene,
    SceneObject,
    Screw,
    StatusLed,
    Tape,
    Texture,
    Tile,
)
from detector.lens.synth.optics import NARROW_CORRECTED, simple_answer
from detector.lens.synth.projection import Projection
from detector.lens.synth.sequence import aimed
from detector.types import CameraGeometry

__all__ = ["HAND_SPEED_DEG_S", "Recipe", "Split", "recipe"]

HAND_SPEED_DEG_S = 6.0
_LENSES = (2, 1, 2, 0)  # in turn
_CLUTTER: tuple[type[SceneObject], ...] = (Screw, Pipe, Tile, Plate, GlassBall, Plastic, StatusLed, Tape, Drop)
_CLUTTER_COUNT = 6
_MAX_AWAY_DEG = 20.0
_CORRECTED_SHARE = 0.25
_LENS_STANDS_OUT_MM = 14.0  # the barrel's length: the wall behind it is whole
_FOCUS_ERROR_MM = 0.15  # of a singlet that was screwed in by hand; a corrected lens is set to its focus
_SPACING = 0.075  # of the range


class Split(StrEnum):
    """Scenes to fit to, and scenes kept for judging; they share no seed."""

    FIT = "fit"
    HELD_OUT = "held_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One scene and how it is looked at.

    Attributes
    ----------
    name : str
    seed : int
        Of the hand, the noise and the light's random paths.
    scene : Scene
        In the words of `detector.lens.synth`; only its geometry, texture and levels are used, none of its closed
        formulas. An object lies at its `depth_mm` before the wall.
    geometry : CameraGeometry
    lenses : mapping of str to CameraLens
        Glass of every `Lens`, by name.
    roughness : mapping of str to float
        Root-mean-square slope of the facets of everything polished, by name.
    """

    name: str
    seed: int
    scene: Scene
    geometry: CameraGeometry
    lenses: Mapping[str, CameraLens]
    roughness: Mapping[str, float]


def recipe(split: Split, number: int, width_px: int = 640, height_px: int = 480) -> Recipe:
    """Return scene `number` of a split; the same at any time, whatever else was drawn before."""
    seed = number if split is Split.FIT else 1_000_000 + number
    rng = np.random.default_rng((seed, 41))
    range_mm = float(rng.uniform(400, 1500))
    patterned = (Texture.TILES, Texture.WALLPAPER, Texture.CHECKER)
    empty = Scene(
        range_mm=range_mm,
        texture=patterned[int(rng.integers(len(patterned)))],
        texture_seed=int(rng.integers(1 << 31)),
        contrast=float(rng.uniform(0.15, 0.5)),
        led_level=float(rng.uniform(0.35, 0.6)),
        ambient_level=float(rng.choice([0.005, 0.02, 0.05])),
    )
    geometry = CameraGeometry(
        width_px=width_px, height_px=height_px, hfov_deg=62.2, black_level_dn=4.0,
        on_axis_radius_mm=float(rng.uniform(4, 8)),
    )  # fmt: skip
    kinds = [Lens] * _LENSES[number % len(_LENSES)]
    kinds += [_CLUTTER[k] for k in rng.permutation(len(_CLUTTER))[:_CLUTTER_COUNT]]
    objects: list[SceneObject] = []
    for kind in kinds:
        place = _free_place(rng, range_mm, objects, tall=kind is Pipe)
        if place is not None:
            objects.append(_drawn(kind, f"{kind.kind}-{len(objects)}", place, rng, Projection(empty, geometry)))
    scene = replace(empty, objects=tuple(objects))
    lenses = {item.name: _glass(item, rng) for item in objects if isinstance(item, Lens)}
    roughness = {item.name: _roughness(item, rng) for item in objects}
    return Recipe(
        name=f"{split}_{number:03d}", seed=seed, scene=scene, geometry=geometry,
        lenses=MappingProxyType(lenses), roughness=MappingProxyType(roughness),
    )  # fmt: skip


def _free_place(
    rng: np.random.Generator, range_mm: float, taken: list[SceneObject], tall: bool
) -> tuple[float, float] | None:
    for _ in range(200):
        y_mm, x_mm = float(rng.uniform(-0.26, 0.26) * range_mm), float(rng.uniform(-0.38, 0.38) * range_mm)
        apart = [
            np.hypot(0.0 if tall or isinstance(item, Pipe) else y_mm - item.y_mm, x_mm - item.x_mm) for item in taken
        ]
        if all(distance > _SPACING * range_mm for distance in apart):
            return y_mm, x_mm
    return None


def _drawn(
    kind: type[SceneObject], name: str, place: tuple[float, float], rng: np.random.Generator, before: Projection
) -> SceneObject:
    """Return one object; bodies rest on the wall, so that the middle of a ball is its radius before it."""
    y_mm, x_mm = place
    if kind is Lens:
        lens = Lens(name, y_mm, x_mm, aperture_mm=float(rng.uniform(1.0, 2.5)), depth_mm=_LENS_STANDS_OUT_MM)
        corrected = rng.random() < _CORRECTED_SHARE
        facing = aimed(lens, before, Pose(), float(rng.uniform(0, _MAX_AWAY_DEG)), rng)
        answer = (
            NARROW_CORRECTED if corrected else simple_answer(lens.aperture_mm)
        )  # what the closed formulas take it for
        return replace(facing, **asdict(answer), glitter=0.0)
    if kind in (Tile, Plate):
        face = float(np.degrees(np.arctan2(-x_mm, before.scene.range_mm)))
        yaw_deg = face + float(rng.uniform(-5, 5)) if rng.random() < 0.5 else float(rng.uniform(-10, 10))
        height_mm, width_mm = (float(side) for side in rng.uniform(20, 60, 2))
        return (Tile if kind is Tile else Plate)(
            name, y_mm, x_mm, height_mm=height_mm, width_mm=width_mm, yaw_deg=yaw_deg, depth_mm=width_mm / 2
        )
    if kind is Tape:
        return Tape(name, y_mm, x_mm, count=int(rng.integers(4, 8)), pitch_mm=float(rng.uniform(5, 9)), depth_mm=1.0)
    low_mm, high_mm = {
        Screw: (2.5, 6.0), Pipe: (6.0, 14.0), GlassBall: (2.0, 5.0), Plastic: (5.0, 9.0), StatusLed: (0.7, 2.0),
        Drop: (1.5, 3.0),
    }[kind]  # fmt: skip
    radius_mm = float(rng.uniform(low_mm, high_mm))
    sunk = kind is Drop or (kind is Screw and rng.random() < 0.5)  # a drop is a cap, and so are most screw heads
    depth_mm = 0.0 if sunk else radius_mm
    if kind is StatusLed:
        return StatusLed(name, y_mm, x_mm, radius_mm=radius_mm, radiance=float(rng.uniform(1, 10)), depth_mm=depth_mm)
    return kind(name, y_mm, x_mm, radius_mm=radius_mm, depth_mm=depth_mm)  # type: ignore[call-arg]


def _glass(item: Lens, rng: np.random.Generator) -> CameraLens:
    error_mm = float(rng.uniform(-_FOCUS_ERROR_MM, _FOCUS_ERROR_MM))
    return corrected_lens(item.aperture_mm) if item.is_corrected else simple_lens(item.aperture_mm, error_mm)


def _roughness(item: SceneObject, rng: np.random.Generator) -> float:
    """Return how rough a polished thing is: chrome and glass least, worn screws and plastic most."""
    low, high = {Screw: (0.02, 0.2), Plastic: (0.08, 0.2), Tile: (0.015, 0.05)}.get(type(item), (0.01, 0.04))
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
