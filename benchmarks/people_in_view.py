"""Put a person before many simulated walls: how soon does the search pause, and what alerts meanwhile?

    .venv/bin/python -m benchmarks.people_in_view [--people 48] [--walls 20] [--first 0]

Every person is a pair of eyes or of spectacles that sways and (eyes) blinks, 0.4 to 1.4 m away and before the wall, in
the middle of the picture or towards its edge. The walls are those of `benchmarks.lens_sweeps`, without people.
Thresholds were chosen with the first sixteen seeds (--first 0); from --first 50000 on nothing was looked at before.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from benchmarks.lens_scenes import CONDITIONS
from benchmarks.lens_sweeps import PEOPLE, looking, stall
from detector.lens.synth import Eyes, Glitter, Scene, Spectacles
from detector.lens.synth.scorer import interval, nearest_object
from detector.types import GlintAlert

SEEDS = range(400_000, 500_000)
RANGES_MM = (400.0, 700.0, 1000.0, 1400.0)
PLACES_DEG = {"middle": (0.0, 8.0), "edge": (10.0, 16.0)}  # of the picture's 31 either way; the hand sweeps over 6


@dataclass(frozen=True, slots=True)
class Look:
    """One scene: seconds until each pause began, seconds paused in all, and the kinds of what alerted."""

    person: str
    range_mm: float
    place: str
    began_s: tuple[float, ...]
    paused_s: float
    alerted: tuple[str, ...]


def scene_with_person(number: int, seed: int) -> tuple[Scene, str, float, str]:
    """Return a wall with one person before it, what shows of the person, how far away, and where."""
    rng = np.random.default_rng((seed, 6))
    range_mm = RANGES_MM[number // 4 % len(RANGES_MM)]
    place = list(PLACES_DEG)[number // 2 % 2]
    wall = stall(seed, (*PEOPLE, Glitter))
    wall_mm = range_mm * float(rng.uniform(1.05, 1.5))
    grow = wall_mm / wall.range_mm
    x_deg, y_deg = float(rng.uniform(*PLACES_DEG[place]) * rng.choice([-1, 1])), float(rng.uniform(-8, 8))
    kind = (Eyes, Spectacles)[number % 2]
    person = kind(
        "person",
        y_mm=range_mm * float(np.tan(np.radians(y_deg))),
        x_mm=range_mm * float(np.tan(np.radians(x_deg))),
        depth_mm=wall_mm - range_mm,
        phase=float(rng.uniform(0, 6)),
    )
    objects = [replace(o, y_mm=o.y_mm * grow, x_mm=o.x_mm * grow, depth_mm=o.depth_mm * grow) for o in wall.objects]
    return replace(wall, range_mm=wall_mm, slant_deg=0.0, objects=(*objects, person)), kind.kind, range_mm, place


def look(scene: Scene, seed: int, seconds: float, person: str, range_mm: float, place: str) -> Look:
    """Look at a scene, asking for the report after every strobe set."""
    alerted: dict[str, str] = {}
    began_s: list[float] = []
    paused_s = 0.0
    kinds = {item.name: item.kind for item in scene.objects}
    first_ns: int | None = None
    was_paused = False
    for frame, sequence in looking(scene, seed, seconds, CONDITIONS["plain"]):
        first_ns = frame.t_ns if first_ns is None else first_ns
        if frame.led is None or frame.led.shows_the_wall:
            continue
        report = sequence.sense.report()
        people = getattr(report, "people", None)  # a detector of before has none
        paused = people is not None and people.paused
        if paused and not was_paused:
            began_s.append((frame.t_ns - first_ns) / 1e9)
        was_paused = paused
        paused_s = people.paused_s if people is not None else 0.0
        for alert in report.alerts:
            if isinstance(alert, GlintAlert) and alert.key not in alerted:
                name, _ = nearest_object(alert, sequence.truth, sequence.within_px)
                alerted[alert.key] = kinds.get(name or "", "nothing")
    return Look(person, range_mm, place, tuple(began_s), paused_s, tuple(alerted.values()))


def looks_at_people(count: int, first: int, seconds: float) -> Iterator[Look]:
    """Look at one person a scene."""
    for number in range(count):
        seed = SEEDS[first + number]
        scene, kind, range_mm, place = scene_with_person(number, seed)
        yield look(scene, seed, seconds, kind, range_mm, place)


def share(hits: int, count: int) -> str:
    """Return a share with its interval."""
    low, high = interval(hits, count)
    return f"{hits}/{count} ({low:.2f}-{high:.2f})"


def print_people(looks: Sequence[Look]) -> None:
    """Print how soon each kind of person paused the search, and what alerted on people."""
    groups: dict[str, list[Look]] = defaultdict(list)
    for one in looks:
        for name in (one.person, f"{one.range_mm / 1000:g} m", one.place, "all"):
            groups[name].append(one)
    print(
        "| person | paused within 1 s | within 2 s | ever | scenes that alerted on the person |\n|---|---|---|---|---|"
    )
    for name, group in groups.items():
        within = [sum(bool(g.began_s) and g.began_s[0] <= limit for g in group) for limit in (1.0, 2.0, np.inf)]
        alerted = sum(g.person in g.alerted for g in group)
        print(f"| {name} | {' | '.join(share(n, len(group)) for n in within)} | {share(alerted, len(group))} |")


def main() -> None:
    """Run both halves and print markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=48)
    parser.add_argument("--walls", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--wall-seconds", type=float, default=30.0)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    print_people(list(looks_at_people(arguments.people, arguments.first, arguments.seconds)))
    pauses, paused_s = 0, 0.0
    for number in range(arguments.walls):
        seed = SEEDS[arguments.first + 20_000 + number]
        one = look(stall(seed, PEOPLE), seed, arguments.wall_seconds, "nobody", 0.0, "nowhere")
        pauses += len(one.began_s)
        paused_s += one.paused_s
        hours = (number + 1) * arguments.wall_seconds / 3600
        print(f"{number + 1} walls, {hours:.3f} h: {pauses} false pauses, {paused_s:.1f} s paused", flush=True)


if __name__ == "__main__":
    main()
