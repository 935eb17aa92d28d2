"""Recall and localisation by aperture, range, angle and ring radius, on scenes that nothing was fitted on.

    .venv/bin/python -m benchmarks.lens_grid [--repeats 8] [--first 0]

Each scene holds one lens of one aperture at one range, 0, 10 or 20 degrees off its axis, among six other things; it is
looked at for eight strobe cycles by a hand, and the report asked for after each, as the live loop does: what alerted
once is found, and a false alert. Lenses that return less light than white paper as large are counted apart:
a lobe narrower than the ring leaves nothing to find. Also says at which stage lenses are lost.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields, replace
from itertools import product

import cv2
import numpy as np

from benchmarks.lens_scenes import CONDITIONS, DARK_LENS, VGA, Condition, Sequence, reported, watch_scene
from detector.lens.synth import HandMotion, Lens, Pose, Scene, random_scene
from detector.lens.synth.doubtful import Eyes, Spectacles
from detector.lens.synth.glare import lens_radiance
from detector.lens.synth.projection import Projection
from detector.lens.synth.scorer import interval, nearest_object
from detector.lens.synth.sequence import aimed
from detector.types import GlintAlert

APERTURES_MM = (1.0, 1.5, 2.0, 2.5)
RANGES_MM = (400.0, 700.0, 1100.0, 1500.0)
ANGLES_DEG = (0.0, 10.0, 20.0)
RINGS_MM = (4.0, 6.0, 8.0)
GRID_SEEDS = range(80_000, 90_000)
NEAR_PX = 3.0
IN_VIEW = 0.9  # share of the frames that must show its place
OUT_OF_VIEW = "out of view"
NO_FALSE_ALERT = ("lens", DARK_LENS, "tape", "eyes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One lens of one scene and what became of it.

    Attributes
    ----------
    aperture_mm, range_mm, angle_deg, ring_mm : float
    corrected : bool
    dark : bool
        It returns less light than a white wall would.
    found, stands : bool
        Whether an alert lay on it after any set of the look, and after the last.
    error_px : float
        Of the best alert.
    lost : str
        How far it came if it was not found.
    """

    aperture_mm: float
    range_mm: float
    angle_deg: float
    ring_mm: float
    corrected: bool
    dark: bool
    found: bool
    stands: bool
    error_px: float
    lost: str


def grid_scene(seed: int, aperture_mm: float, range_mm: float, angle_deg: float, condition: Condition) -> Scene:
    """Return a furnished wall at that range, its lens of that aperture turned away by that angle.

    The angle is that to the mean place of the camera during the look; the hand adds its own few degrees. People are
    left out: the search pauses for them (`benchmarks.people_in_view`).
    """
    drawn = random_scene(seed, lenses=1, clutter=6, texture=condition.texture)
    shrink = range_mm / drawn.range_mm
    scene = replace(drawn, range_mm=range_mm, objects=())
    before = Projection(scene, condition.geometry)
    hand, plan = HandMotion(seed, condition.speed_deg_s, condition.reach_deg), condition.plan
    times = plan.start_ns / 1e9 + plan.frame_ns / 1e9 * np.arange(len(plan.states()))
    where = np.array([astuple(hand.pose(float(t))) for t in times]).mean(axis=0)
    pose = Pose(**dict(zip([f.name for f in fields(Pose)], where.tolist(), strict=True)))
    rng = np.random.default_rng((seed, 9))
    objects = []
    for item in drawn.objects:
        if isinstance(item, Eyes | Spectacles):
            continue
        moved = replace(item, y_mm=item.y_mm * shrink, x_mm=item.x_mm * shrink, depth_mm=item.depth_mm * shrink)
        if isinstance(moved, Lens):
            moved = aimed(replace(moved, aperture_mm=aperture_mm), before, pose, angle_deg, rng)
        objects.append(moved)
    return replace(scene, objects=tuple(objects))


def looks(repeats: int, first: int, condition: Condition) -> Iterator[tuple[Look, list[str]]]:
    """Yield the look at each scene of the grid, and the kinds of what alerted and is no lens."""
    cells = list(product(range(repeats), APERTURES_MM, RANGES_MM, RINGS_MM, ANGLES_DEG))
    for number, (_, aperture_mm, range_mm, ring_mm, angle_deg) in enumerate(cells):
        seed = GRID_SEEDS[first + number]
        geometry = replace(condition.geometry, on_axis_radius_mm=ring_mm)
        there = replace(condition, geometry=geometry)
        scene = grid_scene(seed, aperture_mm, range_mm, angle_deg, there)
        yield _look(scene, seed, there, angle_deg)


def _look(scene: Scene, seed: int, condition: Condition, angle_deg: float) -> tuple[Look, list[str]]:
    (item,) = (o for o in scene.objects if isinstance(o, Lens))
    near_px = NEAR_PX * condition.geometry.focal_px / VGA.focal_px
    best, stands = np.inf, False
    false: dict[str, str] = {}
    for alerts, seq in reported(watch_scene(scene, seed, condition)):
        errors_px = {alert.key: _error(seq, alert, item.name) for alert in alerts}
        stands = min(errors_px.values(), default=np.inf) <= near_px
        best = min(best, *errors_px.values(), np.inf)
        kinds = seq.kinds
        for alert in (a for a in alerts if errors_px[a.key] > near_px):
            kind = kinds.get(nearest_object(alert, seq.truth, seq.within_px)[0] or "", "nothing")
            if kind not in NO_FALSE_ALERT:
                false[alert.key] = kind
    ring_mm, found = condition.geometry.on_axis_radius_mm, best <= near_px
    look = Look(
        aperture_mm=item.aperture_mm, range_mm=scene.range_mm, angle_deg=angle_deg, ring_mm=ring_mm,
        corrected=item.is_corrected,
        dark=lens_radiance(item, angle_deg, ring_mm, scene.range_mm - item.depth_mm) < 1,
        found=found, stands=stands, error_px=best, lost=stage_lost(seq, item.name, found),
    )  # fmt: skip
    return look, list(false.values())


def _error(seq: Sequence, alert: GlintAlert, name: str) -> float:
    return float(np.median([np.hypot(y - seq.truth[f][name][0], x - seq.truth[f][name][1]) for f, y, x in alert.track]))


def stage_lost(seq: Sequence, name: str, found: bool) -> str:
    """Say how far the best track on a lens came: out of view, no peak, too few sets, or what its sets read."""
    height, width = seq.sense.size_px
    margin = seq.sense.options.border_deg * seq.sense.px_per_deg
    inside = [
        margin < places[name][0] < height - margin and margin < places[name][1] < width - margin
        for places in seq.truth.values()
    ]
    if np.mean(inside) < IN_VIEW:
        return OUT_OF_VIEW
    if found:
        return ""
    on = []
    for judgement in seq.sense.judgements:
        points = judgement.track.points
        away = [np.hypot(y - seq.truth[f][name][0], x - seq.truth[f][name][1]) for f, y, x in points]
        if np.median(away) <= 2 * NEAR_PX:
            on.append((judgement.track.hits, judgement))
    if not on:
        return "no peak"
    hits, judgement = max(on, key=lambda pair: pair[0])
    if judgement.kind is not None:
        return f"inspect: {judgement.reason}"
    return f"{'few sets' if hits < 4 else 'tracked'}: {judgement.reason}"


def print_table(found: list[Look]) -> None:
    """Print recall of what answers by each factor alone, then by aperture and range against angle and ring."""
    for name, values in (
        ("aperture_mm", APERTURES_MM), ("range_mm", RANGES_MM), ("angle_deg", ANGLES_DEG), ("ring_mm", RINGS_MM),
    ):  # fmt: skip
        for value in values:
            part = [look for look in found if getattr(look, name) == value]
            dark = sum(look.dark for look in part) / max(1, len(part))
            print(f"| {name} {value:g} | {_share([look for look in part if not look.dark])} | {dark:.2f} |")
    print(
        "\n| aperture mm, range m | "
        + " | ".join(f"{a:g} deg, ring {r:g}" for a in ANGLES_DEG for r in RINGS_MM)
        + " |"
    )
    print("|---|" + "---|" * (len(ANGLES_DEG) * len(RINGS_MM)))
    cells = defaultdict(list)
    for look in found:
        if not look.dark:
            cells[look.aperture_mm, look.range_mm, look.angle_deg, look.ring_mm].append(look.found)
    for aperture, away in product(APERTURES_MM, RANGES_MM):
        row = [cells[aperture, away, angle, ring] for angle in ANGLES_DEG for ring in RINGS_MM]
        print(f"| {aperture:g}, {away / 1000:g} | " + " | ".join(f"{sum(c)}/{len(c)}" for c in row) + " |")


def _share(part: list[Look], passes: Callable[[Look], bool] = lambda look: look.found) -> str:
    hits = sum(passes(look) for look in part)
    low, high = interval(hits, len(part))
    return f"{hits}/{len(part)} = {hits / max(1, len(part)):.3f} ({low:.3f}-{high:.3f})"


def main() -> None:
    """Run the grid and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=8)
    parser.add_argument("--first", type=int, default=0, help="first of the held-out seeds; tables use 0")
    parser.add_argument("--condition", default="plain", choices=list(CONDITIONS))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    found: list[Look] = []
    false: Counter[str] = Counter()
    scenes = wrong = 0
    for look, scene_false in looks(arguments.repeats, arguments.first, CONDITIONS[arguments.condition]):
        found.append(look)
        false += Counter(scene_false)
        wrong += bool(scene_false)
        scenes += 1
    unseen = sum(look.lost == OUT_OF_VIEW for look in found)
    found = [look for look in found if look.lost != OUT_OF_VIEW]
    lit = [look for look in found if not look.dark]
    corrected = [look for look in lit if look.corrected]
    print(f"scenes {scenes}, {len(found)} lenses in view; {unseen} more left the view and count nowhere")
    print(f"lenses that answer {_share(lit)}: simple {_share([look for look in lit if not look.corrected])}, ", end="")
    print(f"well-corrected {_share(corrected)}")
    print(f"alert still standing after the last set: {_share(lit, lambda look: look.stands)}")
    print(f"dark (less light than white as large): {len(found) - len(lit)}; all lenses {_share(found)}")
    errors = [look.error_px for look in found if look.found]
    print(
        f"localisation: median {np.median(errors):.2f} px, 95 % {np.quantile(errors, 0.95):.2f}, most {max(errors):.2f}"
    )
    print(f"scenes with a false alert (tape and eyes apart): {wrong}, 95 % {interval(wrong, scenes)}; {dict(false)}")
    print("lost, of those that answer:", dict(Counter(look.lost for look in lit if not look.found).most_common()))
    print_table(found)


if __name__ == "__main__":
    main()
