"""Whether the hints are true for whoever holds the device: simulated people who do what the page says.

    .venv/bin/python -m benchmarks.lens_hints [--hands 24] [--first 0]

Half of the people have held the device nearly still and moved it a few millimetres to one side: going on that way is
the shortest way to a second viewpoint, so that is what the hint must say. The others have looked at one part of the
wall too briefly and then at another for long enough: the hint must point back to the first. Both then obey until all
is done.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from benchmarks.lens_scenes import VGA
from detector.lens.options import LensOptions
from detector.lens.sense import LensSense
from detector.lens.synth import Pose, SceneRenderer, Texture, random_scene
from detector.lens.synth.scorer import interval
from detector.types import Frame, LedState, Provenance

SEEDS = range(700_000, 710_000)
FRAME_NS = 33_333_333
LIGHTS = (LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK)
SIDES = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}
PATTERNED = (Texture.TILES, Texture.WALLPAPER, Texture.CHECKER)
CARRY_MM_S, TURN_DEG_S = 30.0, 10.0
PATIENCE_FRAMES = 75
BRIEF_FRAMES, LONG_FRAMES, MOST_FRAMES = 14, 45, 400
FIRST_STEP = 0.35  # of the viewpoints wanted
AWAY_DEG = 34.0


@dataclass(slots=True)
class Person:
    """Holds the device with a trembling hand; `carry` and `turn` move it, one frame at a time."""

    renderer: SceneRenderer
    seed: int
    tilted_deg: float = 0.0
    pose: Pose = Pose()  # noqa: RUF009 (immutable)
    number: int = 0

    def carry(self, down: float, right: float) -> None:
        """Move the device along the wall for one frame."""
        step_mm = CARRY_MM_S * FRAME_NS / 1e9
        self.pose = replace(self.pose, y_mm=self.pose.y_mm + down * step_mm, x_mm=self.pose.x_mm + right * step_mm)

    def turn(self, down: float, right: float) -> None:
        """Turn the device for one frame."""
        step_deg = TURN_DEG_S * FRAME_NS / 1e9
        self.pose = replace(
            self.pose, tilt_deg=self.pose.tilt_deg + down * step_deg, pan_deg=self.pose.pan_deg + right * step_deg
        )

    def frame(self) -> Frame:
        """Take the next picture."""
        rng = np.random.default_rng((self.seed, self.number))
        pan, tilt = self.pose.pan_deg + rng.normal(0, 0.02), self.pose.tilt_deg + rng.normal(0, 0.02)
        held = replace(self.pose, pan_deg=float(pan), tilt_deg=float(tilt), roll_deg=self.tilted_deg)
        state = LIGHTS[self.number % 3]
        light: dict[LedState, float] = {} if state is LedState.DARK else {state: 1.0}
        pixels = self.renderer.render(held, light, noise_seed=self.seed * 1000 + self.number)
        self.number += 1
        return Frame(
            pixels=pixels,
            t_ns=1_000_000_000 + self.number * FRAME_NS,
            exposure_ns=2_000_000,
            sequence=self.number,
            provenance=Provenance.SIMULATED,
            led=state,
        )


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What was hinted first, what would have been right, and whether doing as told led to an end."""

    said: str
    right: str
    finished: bool
    seconds: float


def person_of(seed: int) -> Person:
    """Return somebody before a furnished wall."""
    rng = np.random.default_rng((seed, 3))
    wall = random_scene(seed, lenses=0, clutter=5, texture=PATTERNED[seed % 3])
    wall = replace(wall, range_mm=float(rng.uniform(450, 1200)), slant_deg=0.0, led_level=0.7, fireflies=0, objects=())
    return Person(SceneRenderer(wall, VGA, seed), seed, tilted_deg=float(rng.uniform(-8, 8)))


def carries_on(seed: int, side: str) -> Obeyed:
    """Hold still, move a few millimetres to one side, and then do what the hint says."""
    person, sense = person_of(seed), LensSense(LensOptions(), VGA)
    way = SIDES[side]
    first_mm = FIRST_STEP * np.radians(LensOptions().spot_view_deg) * person.renderer.scene.range_mm
    while max(abs(person.pose.x_mm), abs(person.pose.y_mm)) < first_mm:
        person.carry(*way)
        sense.step(person.frame())
    return _obey(person, sense, f"move_{side}", "move_")


def looks_back(seed: int, side: str) -> Obeyed:
    """Look at one part of the wall too briefly, turn the other way, look there for long, then do what the hint says."""
    person, sense = person_of(seed), LensSense(LensOptions(), VGA)
    down, right = SIDES[side]
    for _ in range(BRIEF_FRAMES):
        sense.step(person.frame())
    while max(abs(person.pose.pan_deg), abs(person.pose.tilt_deg)) < AWAY_DEG:
        person.turn(-2 * down, -2 * right)
        sense.step(person.frame())
    for k in range(LONG_FRAMES):
        person.carry(0, 1 if k < LONG_FRAMES // 2 else -1)
        sense.step(person.frame())
    return _obey(person, sense, f"point_{side}", "point_")


def _obey(person: Person, sense: LensSense, right: str, kind: str) -> Obeyed:
    said, began = "", person.number
    while person.number - began < MOST_FRAMES:
        sense.step(person.frame())
        hint = sense.report().guidance.hint  # type: ignore[union-attr]
        code = hint.code.removeprefix("lens.guide.") if hint else ""
        if not said and code.startswith(kind):
            said = code
        verb, _, side = code.partition("_")
        if verb == "move":
            person.carry(*SIDES[side])
        elif verb == "point":
            person.turn(*SIDES[side])
        elif code.startswith("part_done"):
            return Obeyed(said, right, True, (person.number - began) * FRAME_NS / 1e9)
        elif person.number - began > PATIENCE_FRAMES:
            person.carry(0, float(np.sign(np.sin(person.number / 8))))  # "keep sweeping slowly"
    return Obeyed(said, right, False, MOST_FRAMES * FRAME_NS / 1e9)


def people(hands: int, first: int) -> Iterator[tuple[str, Obeyed]]:
    """Yield who it was and what became of it."""
    for number in range(first, first + hands):
        side = list(SIDES)[number // 2 % 4]
        seed = SEEDS[number]
        yield ("moves", carries_on(seed, side)) if number % 2 else ("turns", looks_back(seed, side))


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hands", type=int, default=24)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    told: dict[str, list[Obeyed]] = {"moves": [], "turns": []}
    for kind, outcome in people(arguments.hands, arguments.first):
        told[kind].append(outcome)
        print(kind, outcome, flush=True)
    for kind, outcomes in told.items():
        right, ended = sum(o.said == o.right for o in outcomes), sum(o.finished for o in outcomes)
        low, high = interval(right, len(outcomes))
        seconds = [o.seconds for o in outcomes if o.finished]
        print(
            f"{kind}: right side {right}/{len(outcomes)} ({low:.3f}-{high:.3f}), ended {ended}, "
            f"median {np.median(seconds) if seconds else np.nan:.1f} s"
        )


if __name__ == "__main__":
    main()
