"""The synthetic sequences on which lens finding is fitted and scored: conditions by name, seeds split by scene."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from detector.lens.options import LensOptions
from detector.lens.scoring import GlintModel
from detector.lens.sense import LensSense
from detector.lens.synth import (
    Eyes,
    GlassBall,
    Glitter,
    HandMotion,
    Lens,
    Plastic,
    Pose,
    Scene,
    SceneObject,
    SceneRenderer,
    Screw,
    SensorModel,
    Spectacles,
    StrobePlan,
    Tape,
    Texture,
    Tile,
    random_scene,
)
from detector.lens.synth import strobe_frames as frames_of
from detector.lens.synth.glare import View, lens_radiance
from detector.lens.synth.projection import Projection
from detector.lens.synth.scorer import Outcome, Place, score
from detector.types import CameraGeometry, Frame, GlintAlert, LedState

ON, OFF, DARK = LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK
VGA = CameraGeometry(width_px=640, height_px=480, hfov_deg=62.2, black_level_dn=4)

DARK_LENS = "dark lens"

FIT_SEEDS = range(1_000, 1_400)
HELD_OUT_SEEDS = range(50_000, 60_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How the same random scenes are looked at."""

    geometry: CameraGeometry = VGA
    plan: StrobePlan = field(default_factory=StrobePlan)
    noise_scale: float = 1.0
    speed_deg_s: float = 6.0
    reach_deg: float = 2.5
    texture: Texture | None = None
    lenses: int | None = None
    psf_sigma_px: float = 0.6


def _mode(width: int, height: int, hfov_deg: float, readout_ms: float, bits: int = 10) -> dict[str, object]:
    """Return the geometry and the roll of one sensor mode; the black level is a sixteenth of full scale, as theirs."""
    geometry = CameraGeometry(
        width_px=width, height_px=height, hfov_deg=hfov_deg, bit_depth=bits, black_level_dn=2.0**bits / 16
    )
    return {"geometry": geometry, "plan": StrobePlan(readout_ns=round(readout_ms * 1e6))}


CONDITIONS: Mapping[str, Condition] = {
    "plain": Condition(),
    "noise x5": Condition(noise_scale=5.0),
    "pan x2": Condition(speed_deg_s=12.0, reach_deg=5.0),
    "30 deg/s, rolling": Condition(speed_deg_s=30.0, reach_deg=10.0, plan=StrobePlan(readout_ns=20_000_000)),
    "out of focus": Condition(psf_sigma_px=1.3),
    "dark, off, on": Condition(plan=StrobePlan(order=(DARK, OFF, ON), sets=9)),
    "on, dark, off": Condition(plan=StrobePlan(order=(ON, DARK, OFF))),
    "dark every 3rd set": Condition(plan=StrobePlan(dark_every=3, dim_every=0)),
    "no dark": Condition(plan=StrobePlan(dark_every=0, dim_every=0, sets=9)),
    "no dimmed frames": Condition(plan=StrobePlan(dim_every=0)),
    "blank wall": Condition(texture=Texture.BLANK),
    "OV5647 640 x 480": Condition(**_mode(640, 480, 54.0, 16.0)),  # type: ignore[arg-type]
    "OV5647 1296 x 972": Condition(**_mode(1296, 972, 54.0, 22.0)),  # type: ignore[arg-type]
    "IMX219 640 x 480 crop": Condition(**_mode(640, 480, 25.0, 4.5)),  # type: ignore[arg-type]
    "IMX219 1640 x 1232": Condition(**_mode(1640, 1232, 62.2, 23.0)),  # type: ignore[arg-type]
    "IMX708 1536 x 864": Condition(**_mode(1536, 864, 66.0, 8.0)),  # type: ignore[arg-type]
    "IMX708 2304 x 1296": Condition(**_mode(2304, 1296, 66.0, 17.0)),  # type: ignore[arg-type]
    "IMX296 1456 x 1088": Condition(**_mode(1456, 1088, 50.0, 0.0)),  # type: ignore[arg-type]
}


@dataclass(frozen=True, slots=True)
class Sequence:
    """One finished sequence: the sense after its last frame, with the truth of every frame."""

    scene: Scene
    sense: LensSense
    truth: Mapping[int, Mapping[str, Place]]
    within_px: Mapping[str, float]
    geometry: CameraGeometry

    @property
    def kinds(self) -> dict[str, str]:
        """Kind of each object by name; lenses that return no light are a kind of their own."""
        dark = self.dark
        return {item.name: DARK_LENS if item.name in dark else item.kind for item in self.scene.objects}

    @property
    def dark(self) -> frozenset[str]:
        """Names of the lenses that return no light to be found."""
        lenses = (item for item in self.scene.objects if isinstance(item, Lens))
        return frozenset(item.name for item in lenses if is_dark(item, self.scene, self.geometry))

    def outcomes(self) -> tuple[Outcome, ...]:
        """Score the sense's report; an alert on tape may lie on any of its beads."""
        report = self.sense.report()
        return score(report.alerts, report.inspect, self.kinds, self.truth, self.within_px)


def run_sequence(
    seed: int, condition: Condition, options: LensOptions | None = None, model: GlintModel | None = None
) -> Sequence:
    """Render one random scene and let the sense look at it."""
    lenses = condition.lenses if condition.lenses is not None else seed % 3
    return run_scene(random_scene(seed, lenses=lenses, texture=condition.texture), seed, condition, options, model)


def run_scene(
    scene: Scene,
    seed: int,
    condition: Condition,
    options: LensOptions | None = None,
    model: GlintModel | None = None,
) -> Sequence:
    """Render a scene under a condition and let the sense look at it."""
    *_, (_, sequence) = watch_scene(scene, seed, condition, options, model)
    return sequence


def watch_scene(
    scene: Scene,
    seed: int,
    condition: Condition,
    options: LensOptions | None = None,
    model: GlintModel | None = None,
    hand: HandMotion | None = None,
) -> Iterator[tuple[Frame, Sequence]]:
    """Yield every frame of a look with the sense as it stands after it; the hand is the condition's unless given."""
    geometry = condition.geometry
    sensor = SensorModel(noise_scale=condition.noise_scale, psf_sigma_px=condition.psf_sigma_px)
    renderer = SceneRenderer(scene, geometry, seed, sensor)
    hand = hand or HandMotion(seed, speed_deg_s=condition.speed_deg_s, reach_deg=condition.reach_deg)
    sense = LensSense(options or LensOptions(), geometry, model)
    truth: dict[int, Mapping[str, Place]] = {}
    within_px = {item.name: reach_px(item, scene, geometry) for item in scene.objects}
    sequence = Sequence(scene, sense, truth, within_px, geometry)
    for frame, places in frames_of(renderer, hand, condition.plan, seed):
        truth[frame.sequence] = places
        sense.step(frame)
        yield frame, sequence


def reported(watched: Iterator[tuple[Frame, Sequence]]) -> Iterator[tuple[tuple[GlintAlert, ...], Sequence]]:
    """Yield the glints that alert after each strobe set, as the live loop asks for them."""
    sets = 0.0
    for _, sequence in watched:
        report = sequence.sense.report()
        if report.figures["sets"] > sets:
            sets = report.figures["sets"]
            yield tuple(a for a in report.alerts if isinstance(a, GlintAlert)), sequence


def is_dark(lens: Lens, scene: Scene, geometry: CameraGeometry) -> bool:
    """Return whether a lens answers the on-axis ring with less light than white as large, from the hand's mean place.

    A lobe narrower than the ring's angle, or an axis too far off: nothing is there to be found.
    """
    view = View(*Projection(scene, geometry).before_wall(Pose(), lens.depth_mm), geometry)
    pitch, yaw = view.bearing_deg(lens)
    away_deg = float(np.hypot(pitch - lens.pitch_deg, yaw - lens.yaw_deg))
    return lens_radiance(lens, away_deg, geometry.on_axis_radius_mm, view.range_mm) < 1


def reach_px(item: SceneObject, scene: Scene, geometry: CameraGeometry) -> float:
    """Return how far from its middle an object may glint: 4 px of a 640 px frame, and its own size."""
    half_mm = 0.0
    if isinstance(item, Tape):
        half_mm = item.pitch_mm * item.count / 2
    elif isinstance(item, Tile):
        half_mm = float(np.hypot(item.height_mm, item.width_mm)) / 2
    elif isinstance(item, Eyes | Spectacles):
        half_mm = 1.1 * item.gap_mm
    elif isinstance(item, Screw | Plastic | GlassBall | Glitter):
        half_mm = item.radius_mm
    return (4.0 / VGA.focal_px + half_mm / (scene.range_mm - item.depth_mm)) * geometry.focal_px


def run_many(seeds: range, condition: Condition) -> Iterator[Sequence]:
    """Run one sequence per seed."""
    for seed in seeds:
        yield run_sequence(seed, condition)
