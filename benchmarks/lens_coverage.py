"""Whether "scanned well enough" is true: how often a lens was found where the map says so, and where it does not.

    .venv/bin/python -m benchmarks.lens_coverage [--scenes 200] [--first 0] [--calibrated]

Furnished walls with four simple lenses, 1.5 mm wide, that face the camera (0 to 5 degrees off their axes). Light,
noise, focus, range, speed, reach, exposure and length of the look are drawn at random, good and bad. A long exposure
is blurred by the hand's own motion. Afterwards every lens counts under what the map says of its spot: done, begun, not
pointed at. Lenses were found if an alert lay on them at any time of the look.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace

import cv2
import numpy as np

from benchmarks.lens_scenes import VGA
from detector.lens.calibration.applied import LensCalibration
from detector.lens.detectability import DetectabilityModel
from detector.lens.options import LensOptions
from detector.lens.sense import LensSense
from detector.lens.synth import (
    HandMotion,
    Lens,
    Pose,
    Scene,
    SceneRenderer,
    SensorModel,
    StrobePlan,
    Texture,
    random_scene,
)
from detector.lens.synth.projection import Projection
from detector.lens.synth.scorer import interval
from detector.lens.synth.sequence import aimed
from detector.types import AlertKind, Frame, LedState, Provenance

SEEDS = range(600_000, 700_000)  # nothing else uses them; development looks at --first 50000
GAIN, EDGE_DEG, APERTURE_MM = 80.0, 1.55, 1.5
AWAY_DEG = 5.0
NEAR_PX = 4.0
EXPOSURES = 4  # pictures that a smeared one is made of
REFERENCE_NS = 2_000_000
STATES = {"#": "done", "o": "begun", ".": "not pointed at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one wall is looked at; all drawn from the seed."""

    range_mm: float
    light: float
    noise_scale: float
    psf_sigma_px: float
    speed_deg_s: float
    reach_deg: float
    travel_mm: float
    sets: int
    exposure_ms: float
    texture: str


def draw(seed: int, farthest_mm: float) -> Look:
    """Draw how a wall is looked at; two in five looks are ordinary, in the others one or more things are wrong."""
    rng = np.random.default_rng((seed, 17))
    pick = rng.choice
    ordinary = rng.random() < 0.4
    return Look(
        range_mm=float(np.exp(rng.uniform(np.log(350), np.log(farthest_mm)))),
        light=float(pick([0.6, 0.9] if ordinary else [0.03, 0.08, 0.2, 0.6, 1.2, 1.6])),
        noise_scale=float(pick([1.0] if ordinary else [1.0, 2.0, 4.0])),
        psf_sigma_px=float(pick([0.6] if ordinary else [0.6, 0.6, 1.3])),
        speed_deg_s=float(pick([4.0, 8.0] if ordinary else [2.0, 6.0, 15.0, 30.0])),
        reach_deg=float(pick([2.5, 5.0] if ordinary else [2.5, 6.0, 14.0])),
        travel_mm=float(pick([25.0] if ordinary else [4.0, 12.0, 30.0])),
        sets=int(rng.integers(6, 24)),
        exposure_ms=float(pick([2.0] if ordinary else [2.0, 2.0, 12.0])),
        texture=str(pick(["tiles", "wallpaper", "checker"] + ["blank"] * (not ordinary))),
    )


def scene_of(seed: int, look: Look, hand: HandMotion, plan: StrobePlan) -> Scene:
    """Return the wall; its lenses face the mean place of the camera."""
    drawn = random_scene(seed, lenses=4, clutter=6, texture=Texture(look.texture))
    shrink = look.range_mm / drawn.range_mm
    bare = replace(drawn, range_mm=look.range_mm, objects=(), led_level=look.light)
    times = plan.start_ns / 1e9 + plan.frame_ns / 1e9 * np.arange(len(plan.states()))
    where = np.array([astuple(hand.pose(float(t))) for t in times]).mean(axis=0)
    pose = Pose(**dict(zip([f.name for f in fields(Pose)], where.tolist(), strict=True)))
    rng, before = np.random.default_rng((seed, 9)), Projection(bare, VGA)
    objects = []
    for item in drawn.objects:
        moved = replace(item, y_mm=item.y_mm * shrink, x_mm=item.x_mm * shrink, depth_mm=item.depth_mm * shrink)
        if isinstance(moved, Lens):
            drawn_lens = aimed(moved, before, pose, float(rng.uniform(0, AWAY_DEG)), rng)
            moved = replace(
                Lens(moved.name, moved.y_mm, moved.x_mm, depth_mm=moved.depth_mm),
                pitch_deg=drawn_lens.pitch_deg,
                yaw_deg=drawn_lens.yaw_deg,
                aperture_mm=APERTURE_MM,
                retro_gain=GAIN,
                edge_deg=EDGE_DEG,
                glitter=float(rng.uniform(0, 0.3)),
            )
        objects.append(moved)
    return replace(bare, objects=tuple(objects))


def frames(scene: Scene, look: Look, hand: HandMotion, plan: StrobePlan, seed: int) -> Iterator[tuple[Frame, dict]]:
    """Yield frames with truth; the light suits the exposure, and the hand smears a long one."""
    smeared = look.exposure_ms > 2.0
    sensor = SensorModel(
        noise_scale=look.noise_scale * (EXPOSURES**0.5 if smeared else 1.0), psf_sigma_px=look.psf_sigma_px
    )
    renderer = SceneRenderer(scene, VGA, seed, sensor)
    exposure_ns = round(look.exposure_ms * 1e6)
    for number, state in enumerate(plan.states()):
        t_ns = plan.start_ns + number * plan.frame_ns
        light: dict[LedState, float] = {} if state is LedState.DARK else {state: 1.0}
        parts = [(k + 0.5) / EXPOSURES for k in range(EXPOSURES)] if smeared else [0.5]
        poses = [hand.pose((t_ns + part * exposure_ns) / 1e9) for part in parts]
        pictures = [
            renderer.render(pose, light, REFERENCE_NS, 1.0, (seed * 1009 + number) * EXPOSURES + k)
            for k, pose in enumerate(poses)
        ]
        pixels = pictures[0] if not smeared else np.rint(np.mean(pictures, axis=0)).astype(pictures[0].dtype)
        frame = Frame(
            pixels=pixels,
            t_ns=t_ns,
            exposure_ns=exposure_ns,
            sequence=number,
            provenance=Provenance.SIMULATED,
            led=state,
        )
        yield frame, renderer.truth(hand.pose((t_ns + exposure_ns / 2) / 1e9))


def model_of(look: Look) -> DetectabilityModel:
    """Return what a calibration of this light would have found; the light was chosen to suit the range."""
    wall_dn = look.light * 255 * (look.range_mm / 1000) ** 2 / (look.exposure_ms * 1000)
    return DetectabilityModel(retro_gain=GAIN, edge_deg=EDGE_DEG, wall_dn_at_1m=wall_dn)


def run(seed: int, look: Look, calibrated: bool, options: LensOptions) -> list[tuple[str, bool, str]]:
    """Return the state of its spot, whether it was found, and why not, of each lens."""
    hand = HandMotion(seed, look.speed_deg_s, look.reach_deg, look.travel_mm)
    plan = StrobePlan(sets=look.sets)
    scene = scene_of(seed, look, hand, plan)
    sense = LensSense(options, VGA, calibration=LensCalibration(detectability=model_of(look) if calibrated else None))
    names = [item.name for item in scene.objects if isinstance(item, Lens)]
    truth: dict[int, dict[str, tuple[float, float]]] = {}
    found: dict[str, str] = {}
    why: dict[str, str] = {}
    last_on = 0
    for frame, places in frames(scene, look, hand, plan, seed):
        truth[frame.sequence] = places
        sense.step(frame)
        if frame.led is LedState.ON_AXIS:
            last_on = frame.sequence
        for judgement in sense.judgements:
            number, y_px, x_px = judgement.track.points[-1]
            for name in names:
                y, x = truth[number][name]
                if np.hypot(y - y_px, x - x_px) <= NEAR_PX:
                    why[name] = str(judgement.reason)
                    if judgement.kind is AlertKind.LENS_GLINT:
                        found[name] = judgement.track.number
    newest = truth[last_on] if sense.spotter.newest_sequence is None else truth[sense.spotter.newest_sequence]
    return [(sense.spotter.map.state_at(*newest[n]), n in found, why.get(n, "no peak")) for n in names]


def share(hits: int, count: int) -> str:
    low, high = interval(hits, count)
    return f"{hits}/{count} = {hits / max(1, count):.3f} ({low:.3f}-{high:.3f})"


def main() -> None:
    """Run the looks and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--calibrated", action="store_true", help="the range is told by the light, up to 4 m")
    parser.add_argument("--misses", action="store_true", help="print every lens missed on a done spot")
    parser.add_argument("--spot-sets", type=int, default=LensOptions().spot_sets)
    parser.add_argument("--spot-view", type=float, default=LensOptions().spot_view_deg)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    options = LensOptions(spot_sets=arguments.spot_sets, spot_view_deg=arguments.spot_view)
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    by: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    for number in range(arguments.first, arguments.first + arguments.scenes):
        seed = SEEDS[number]
        look = draw(seed, 4000.0 if arguments.calibrated else LensOptions().assumed_range_mm)
        for state, found, why in run(seed, look, arguments.calibrated, options):
            counts[state][found] += 1
            for name in ("light", "noise_scale", "psf_sigma_px", "speed_deg_s", "travel_mm", "exposure_ms", "texture"):
                by[f"{name} {getattr(look, name)}", state][found] += 1
            if arguments.misses and state == "#" and not found:
                print(f"missed on a done spot: {seed} {why} {look}", flush=True)
        if (number + 1) % 20 == 0:
            rest = counts["o"] + counts["."]
            done = share(counts["#"][True], counts["#"].total())
            print(
                f"{number + 1 - arguments.first} walls: done {done}, rest {share(rest[True], rest.total())}", flush=True
            )
    print("| the map says | lenses found (95 %) |\n|---|---|")
    for state, name in STATES.items():
        print(f"| {name} | {share(counts[state][True], counts[state].total())} |")
    other = counts["o"] + counts["."]
    print(f"| not done, together | {share(other[True], other.total())} |")
    found_done, found = counts["#"][True], counts["#"][True] + other[True]
    print(f"\nof the lenses found, on done spots: {share(found_done, found)}\n")
    print("| look | done: found | not done: found |\n|---|---|---|")
    for name in sorted({name for name, _ in by}):
        done, rest = by[name, "#"], by[name, "o"] + by[name, "."]
        print(f"| {name} | {share(done[True], done.total())} | {share(rest[True], rest.total())} |")


if __name__ == "__main__":
    main()
