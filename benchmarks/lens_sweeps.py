"""Sweep many simulated stalls without a lens for half a minute each, and count what alerts.

    .venv/bin/python -m benchmarks.lens_sweeps [--sweeps 60] [--first 0] [--seconds 30] [--people] [--glitter]

Every stall is another wall, crowded with chrome, tile, glass, plastic, lamps, drops and tape, and another hand; with
--glitter and --people some hold those too. The report is asked for after every strobe set, as the live loop does; each
thing that ever alerted counts once. Tape, glitter and people are listed apart.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from benchmarks.lens_scenes import CONDITIONS, Condition, Sequence, reported, watch_scene
from detector.lens.options import LensOptions
from detector.lens.scoring import GlintModel
from detector.lens.synth import HandMotion, Scene, random_scene
from detector.lens.synth.doubtful import Eyes, Glitter, Spectacles
from detector.lens.synth.scene import SceneObject
from detector.lens.synth.scorer import interval, nearest_object
from detector.types import Frame

SWEEP_SEEDS = range(200_000, 300_000)
REACH_DEG, TRAVEL_MM = 6.0, 60.0
PEOPLE = (Eyes, Spectacles)
APART = ("tape", "eyes", "spectacles")


def stall(seed: int, left_out: tuple[type[SceneObject], ...], lenses: int = 0) -> Scene:
    """Return a crowded wall, without a lens unless asked for, at the distance of a stall's."""
    scene = random_scene(seed, lenses=lenses, clutter=12)
    range_mm = float(np.random.default_rng((seed, 4)).uniform(500, 1100))
    grow = range_mm / scene.range_mm
    objects = tuple(
        replace(o, y_mm=o.y_mm * grow, x_mm=o.x_mm * grow, depth_mm=o.depth_mm * grow)
        for o in scene.objects
        if not isinstance(o, left_out)
    )
    return replace(scene, range_mm=range_mm, objects=objects)


def looking(
    scene: Scene,
    seed: int,
    seconds: float,
    condition: Condition,
    options: LensOptions | None = None,
    model: GlintModel | None = None,
) -> Iterator[tuple[Frame, Sequence]]:
    """Return every frame of a sweep with the sense as it stands after it."""
    hand = HandMotion(seed, speed_deg_s=condition.speed_deg_s, reach_deg=REACH_DEG, travel_mm=TRAVEL_MM)
    plan = replace(condition.plan, sets=round(seconds * 1e9 / condition.plan.frame_ns / len(condition.plan.order)))
    return watch_scene(scene, seed, replace(condition, plan=plan), options, model, hand)


def sweep(
    seed: int,
    seconds: float,
    left_out: tuple[type[SceneObject], ...],
    condition: Condition,
    options: LensOptions | None = None,
    model: GlintModel | None = None,
) -> tuple[list[str], Counter[str]]:
    """Return the kinds of what alerted, one entry a thing, and how many of each kind the wall held."""
    scene = stall(seed, left_out)
    alerted: dict[str, str] = {}
    kinds: dict[str, str] = {item.name: item.kind for item in scene.objects}
    for alerts, sequence in reported(looking(scene, seed, seconds, condition, options, model)):
        for alert in (a for a in alerts if a.key not in alerted):
            name, _ = nearest_object(alert, sequence.truth, sequence.within_px)
            alerted[alert.key] = kinds.get(name or "", "nothing")
            print(f"  {seed} after {alert.frames} sets: {name}, confidence {alert.confidence:.3f}", flush=True)
    return list(alerted.values()), Counter(kinds.values())


def main() -> None:
    """Sweep, and print the counts with Clopper-Pearson intervals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweeps", type=int, default=60)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--people", action="store_true", help="with eyes and spectacles")
    parser.add_argument("--glitter", action="store_true", help="with glitter")
    parser.add_argument("--condition", default="plain", choices=list(CONDITIONS))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    left_out = (() if arguments.people else PEOPLE) + (() if arguments.glitter else (Glitter,))
    wrong = glitter = 0
    things: Counter[str] = Counter()
    alerts: Counter[str] = Counter()
    for k in range(arguments.sweeps):
        seed = SWEEP_SEEDS[arguments.first + k]
        found, held = sweep(seed, arguments.seconds, left_out, CONDITIONS[arguments.condition])
        things += held
        alerts += Counter(found)
        wrong += any(kind not in (*APART, "glitter") for kind in found)
        glitter += "glitter" in found
        done = k + 1
        if done % 5 == 0 or done == arguments.sweeps:
            print(f"{done} sweeps: {wrong} with a false alert, {interval(wrong, done)}; {glitter} more on glitter")
            print("  things", dict(things), "alerts", dict(alerts), flush=True)


if __name__ == "__main__":
    main()
