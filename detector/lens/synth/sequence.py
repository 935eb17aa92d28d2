"""Furnished walls drawn at random, and strobed sequences of them with truth."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np

from detector.lens.synth.doubtful import Eyes, Glitter, Spectacles
from detector.lens.synth.glare import View
from detector.lens.synth.handheld import HandMotion, Pose
from detector.lens.synth.optics import (
    NARROW_CORRECTED,
    WIDE_CORRECTED,
    Answer,
    lens_md_answer,
    simple_answer,
)
from detector.lens.synth.projection import Projection
from detector.lens.synth.renderer import SceneRenderer
from detector.lens.synth.scene import (
    Drop,
    GlassBall,
    Lens,
    Pipe,
    Plastic,
    Plate,
    Scene,
    SceneObject,
    Screw,
    StatusLed,
    Tape,
    Texture,
    Tile,
)
from detector.types import CameraGeometry, Frame, LedState, Provenance

__all__ = ["StrobePlan", "aimed", "random_scene", "strobe_frames", "turned"]

_CLUTTER: tuple[type[SceneObject], ...] = (
    Screw, Screw, Screw, Screw, Plate, Plate, Tile, Tile, StatusLed, StatusLed, StatusLed, Tape, GlassBall, GlassBall,
    Plastic, Plastic, Drop, Drop, Pipe, Glitter, Eyes, Spectacles,
)  # fmt: skip
_ANY_CAMERA = CameraGeometry(width_px=640, height_px=480, hfov_deg=62.2)  # where it stands counts, not what it sees
_FLAT = (Tile, Plate, Pipe, Tape)
_STANDS_OUT = 0.2  # of the range: as far as a hook, a tap or a head comes towards the camera
_CORRECTED_SHARE = 0.15  # of lenses: well corrected ones
_LENS_MD_SHARE = 0.5  # of simple ones
_FOCAL_MM = (2.8, 6.0)  # of hidden cameras
_FASTEST = 1.7  # f-number of a simple lens
_FOCUS_ERROR_MM = 0.15  # of a lens that was screwed in by hand
_SENSOR_REFLECTANCE = (0.15, 0.5)
_BALL_SHARE = 0.5  # of screws, knobs and drops: smooth and round
_BRIGHTEST: dict[type[SceneObject], float] = {Plastic: 12.0, Drop: 10.0}  # mm^2: a flat varnished face, a wet edge
_TILE_GLOSS_DEG, _PLATE_GLOSS_DEG = (0.6, 1.3), (0.4, 0.8)
_PIPE_SLOPE = (0.01, 0.1)
_SPACING = 0.055  # of the range: objects nearer to each other than this would hide one another


@dataclass(frozen=True, slots=True, kw_only=True)
class StrobePlan:
    """How a sequence is taken.

    Attributes
    ----------
    order : tuple of LedState
        Of the light in one set.
    sets : int
    frame_ns, exposure_ns, readout_ns, start_ns : int
    dark_every : int
        Only each so-many-th set has a dark frame; 0 for none.
    dim_every : int
        In each so-many-th set a dimmed frame takes the dark one's place, and one more comes first of all; 0 for a ring
        that cannot be dimmed.
    """

    order: tuple[LedState, ...] = (LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK)
    sets: int = 8
    frame_ns: int = 33_333_333
    exposure_ns: int = 2_000_000
    readout_ns: int = 0
    start_ns: int = 1_000_000_000
    dark_every: int = 1
    dim_every: int = 2

    def states(self) -> list[LedState]:
        """Return the light of every frame."""
        first = [LedState.ON_AXIS_DIM] if self.dim_every else []
        return first + [s for k in range(self.sets) for item in self.order for s in self._taken(item, k)]

    def _taken(self, state: LedState, number: int) -> tuple[LedState, ...]:
        if state is not LedState.DARK:
            return (state,)
        if self.dim_every and number % self.dim_every == self.dim_every - 1:
            return (LedState.ON_AXIS_DIM,)
        return (state,) if self.dark_every and number % self.dark_every == 0 else ()


def random_scene(seed: int, lenses: int = 1, clutter: int = 8, texture: Texture | None = None) -> Scene:
    """Return a wall with `lenses` lenses and `clutter` innocent things at places that do not overlap.

    Parameters
    ----------
    seed : int
    lenses, clutter : int
        Fewer where they do not fit.
    texture : Texture, optional
        Drawn from the patterned ones when not given.
    """
    rng = np.random.default_rng(seed)
    range_mm, slant_deg = float(rng.uniform(400, 1500)), float(rng.normal(0, 6))
    kinds = [Lens] * lenses + [_CLUTTER[k] for k in rng.integers(0, len(_CLUTTER), clutter)]
    objects: list[SceneObject] = []
    taken: list[tuple[float, float]] = []
    for number, kind in enumerate(kinds):
        place = _free_place(rng, range_mm, taken, tall=kind is Pipe)
        if place is not None:
            taken += _occupied(kind, place, range_mm)
            drawn = _draw(kind, f"{kind.kind}-{number}", place, rng, (range_mm, slant_deg))
            stands_out = kind not in _FLAT and rng.random() < 0.5
            depth_mm = float(rng.uniform(0, _STANDS_OUT) * range_mm) if stands_out else 0.0
            objects.append(replace(drawn, depth_mm=depth_mm))
    patterned = (Texture.TILES, Texture.WALLPAPER, Texture.CHECKER)
    return Scene(
        range_mm=range_mm,
        slant_deg=slant_deg,
        objects=tuple(objects),
        texture=texture or patterned[int(rng.integers(len(patterned)))],
        texture_seed=int(rng.integers(1 << 31)),
        contrast=float(rng.uniform(0.15, 0.5)),
        led_level=float(rng.uniform(0.4, 0.9)),
        ambient_level=float(rng.choice([0.005, 0.02, 0.08])),
        fireflies=int(rng.choice([0, 20, 120, 400])),
    )


def _free_place(
    rng: np.random.Generator, range_mm: float, taken: list[tuple[float, float]], tall: bool
) -> tuple[float, float] | None:
    for _ in range(200):
        y_mm, x_mm = float(rng.uniform(-0.28, 0.28) * range_mm), float(rng.uniform(-0.4, 0.4) * range_mm)
        if all(np.hypot(0.0 if tall else y_mm - y, x_mm - x) > _SPACING * range_mm for y, x in taken):
            return y_mm, x_mm
    return None


def _occupied(kind: type[SceneObject], place: tuple[float, float], range_mm: float) -> list[tuple[float, float]]:
    """Return the places that an object takes up; a pipe runs the whole height of the wall."""
    if kind is not Pipe:
        return [place]
    return [(float(y), place[1]) for y in np.arange(-0.3, 0.31, _SPACING) * range_mm]


def _draw(
    kind: type[SceneObject],
    name: str,
    place: tuple[float, float],
    rng: np.random.Generator,
    wall: tuple[float, float],
) -> SceneObject:
    """Return one thing; half the screws, knobs and drops are brighter than a ball would be: worn, varnished, wet."""
    y_mm, x_mm = place
    range_mm, slant_deg = wall
    (more,) = rng.spawn(1)
    if kind is Lens:
        before = Projection(Scene(range_mm=range_mm, slant_deg=slant_deg), _ANY_CAMERA)
        lens = Lens(name, y_mm, x_mm, aperture_mm=float(rng.uniform(1.0, 2.5)))
        return aimed(lens, before, Pose(), float(rng.uniform(0, 20)), rng)
    if kind is Screw:
        radius_mm, highlight, glitter = rng.uniform((2, 5, 0.0), (5, 80, 0.5))
        if more.random() < _BALL_SHARE:
            return Screw(name, y_mm, x_mm, float(radius_mm))
        return Screw(name, y_mm, x_mm, float(radius_mm), float(highlight), float(glitter))
    if kind in _BRIGHTEST:
        highlight = None if more.random() < _BALL_SHARE else _BRIGHTEST[kind]
        return kind(name, y_mm, x_mm, highlight=highlight)  # type: ignore[call-arg]
    if kind is Pipe:
        return Pipe(name, y_mm, x_mm, slope=float(np.exp(more.uniform(*np.log(_PIPE_SLOPE)))))
    if kind is StatusLed:
        return StatusLed(name, y_mm, x_mm, radius_mm=float(rng.uniform(0.7, 2)), radiance=float(rng.uniform(1, 10)))
    if kind is Tape:
        return Tape(name, y_mm, x_mm, count=int(rng.integers(4, 12)), pitch_mm=float(rng.uniform(5, 9)))
    if kind in (Eyes, Spectacles):
        return kind(name, y_mm, x_mm, phase=float(rng.uniform(0, 6)))
    if kind is Glitter:
        return Glitter(name, y_mm, x_mm, radius_mm=float(rng.uniform(6, 25)), seed=int(rng.integers(1 << 31)))
    if kind in (Tile, Plate):
        face = float(np.degrees(np.arctan2(-x_mm, range_mm)))  # sometimes turned so that it does face the camera
        yaw = face + float(rng.uniform(-5, 5)) if rng.random() < 0.5 else float(rng.uniform(-10, 10))
        side = (float(rng.uniform(20, 50)), float(rng.uniform(20, 50)))
        gloss_deg = float(more.uniform(*(_TILE_GLOSS_DEG if kind is Tile else _PLATE_GLOSS_DEG)))
        return (Tile if kind is Tile else Plate)(
            name, y_mm, x_mm, height_mm=side[0], width_mm=side[1], yaw_deg=yaw, gloss_deg=gloss_deg
        )
    return kind(name, y_mm, x_mm)


def aimed(item: Lens, before: Projection, pose: Pose, away_deg: float, rng: np.random.Generator) -> Lens:
    """Return the lens turned so that its axis misses a camera by `away_deg` in a random direction, its design drawn.

    Half the simple ones are `lens.md`'s, half have a focal length of 2.8 to 6 mm and a focus up to 0.15 mm off, and
    change from the side as their curved field makes them. Well corrected ones are narrow or have a tail.
    """
    facing = turned(item, before, pose, away_deg, float(rng.uniform(0, 2 * np.pi)))
    (more,) = rng.spawn(1)
    if rng.random() < _CORRECTED_SHARE:
        answer = NARROW_CORRECTED if more.random() < 0.5 else WIDE_CORRECTED
    else:
        answer = _simple(item.aperture_mm, float(np.exp(rng.uniform(*np.log(_SENSOR_REFLECTANCE)))), more)
    return replace(facing, **asdict(answer), glitter=float(rng.uniform(0, 0.5)))


def turned(item: Lens, before: Projection, pose: Pose, away_deg: float, turn: float) -> Lens:
    """Return the lens with its axis `away_deg` off the direction to a camera, towards `turn` (radians)."""
    pitch, yaw = View(*before.before_wall(pose, item.depth_mm), before.geometry).bearing_deg(item)
    return replace(item, pitch_deg=pitch + away_deg * float(np.sin(turn)), yaw_deg=yaw + away_deg * float(np.cos(turn)))


def _simple(aperture_mm: float, reflectance: float, rng: np.random.Generator) -> Answer:
    if rng.random() < _LENS_MD_SHARE:
        return lens_md_answer(aperture_mm, reflectance)
    shortest_mm, longest_mm = _FOCAL_MM
    focal_mm = float(rng.uniform(max(shortest_mm, _FASTEST * aperture_mm), longest_mm))
    return simple_answer(aperture_mm, focal_mm, float(rng.uniform(-_FOCUS_ERROR_MM, _FOCUS_ERROR_MM)), reflectance)


def strobe_frames(
    renderer: SceneRenderer, hand: HandMotion, plan: StrobePlan | None = None, seed: int = 0
) -> Iterator[tuple[Frame, dict[str, tuple[float, float]]]]:
    """Yield attributed frames with the place of every object in each.

    Parameters
    ----------
    renderer : SceneRenderer
    hand : HandMotion
    plan : StrobePlan, optional
    seed : int
        Of the noise.

    Yields
    ------
    Frame
        Provenance `SIMULATED`, pose taken at the middle of each row's exposure, motion during it blurred.
    dict of str to tuple of float
        Object name to (y_px, x_px).
    """
    plan = plan or StrobePlan()
    for number, state in enumerate(plan.states()):
        t_ns = plan.start_ns + number * plan.frame_ns
        pose = hand.pose((t_ns + plan.exposure_ns / 2) / 1e9)
        last = hand.pose((t_ns + plan.exposure_ns / 2 + plan.readout_ns) / 1e9) if plan.readout_ns else None
        light: dict[LedState, float] = {} if state is LedState.DARK else {state: 1.0}
        smear_px = renderer.smear_px(*(hand.pose(t / 1e9) for t in (t_ns, t_ns + plan.exposure_ns)))
        pixels = renderer.render(pose, light, plan.exposure_ns, 1.0, seed * 100_003 + number, last, smear_px)
        frame = Frame(
            pixels=pixels,
            t_ns=t_ns,
            exposure_ns=plan.exposure_ns,
            readout_ns=plan.readout_ns,
            sequence=number,
            provenance=Provenance.SIMULATED,
            led=state,
        )
        yield frame, renderer.truth(pose, last)
