"""Score lens finding on rendered sequences with truth files: path-traced ones, or any of that form.

    .venv/bin/python -m benchmarks.lens_traced DIR [--split held_out] [--undimmed]

DIR holds `lens-sequence/1` directories, each with `NAME.truth.json` beside it (`benchmarks.path_tracer` makes them).
`--undimmed` leaves out frames under the dimmed ring, as if it had no second driver. Lenses that return no light are
counted apart. Every other lens that was missed and every alert on anything else is listed with its reason.
"""

import argparse
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.lens_grid import OUT_OF_VIEW, stage_lost
from benchmarks.lens_scenes import VGA
from benchmarks.lens_score import print_table
from detector.errors import InputError
from detector.lens.judgement import to_alert
from detector.lens.options import LensOptions
from detector.lens.photometry import window_at
from detector.lens.scoring import features_of
from detector.lens.sense import LensSense
from detector.lens.synth.scorer import Outcome, Place, interval, nearest_object, score
from detector.types import Frame, GlintAlert, LedState
from firmware.recordings.lens_sequence import open_lens_sequence

__all__ = ["TRACED_SCENES", "TracedSequence", "traced_sequences"]

_SPECK_PX = 4.0  # of a 640 px frame: how far from its place a small thing may be seen
_RETRO_REFLECTORS = ("tape",)  # pass every ratio: apart from the false alerts
_KINDS = {"bead": "tape", "ball": "screw"}  # truth files name the parts
_BRIGHT = 10.0  # times white: below, a lens is on the brink of its lobe, or dark in most frames
_WALL_PX, _LIGHT_PX = 10, 3  # around a lens: its wall, and its own light
TRACED_SCENES = 10_000_000  # above every seed of the closed formulas' scenes


@dataclass(frozen=True, slots=True)
class TracedSequence:
    """One finished sequence: the sense after its last frame, with the truth of every frame.

    Attributes
    ----------
    name : str
    ring_mm : float
        Radius of the on-axis ring.
    sense : LensSense
    truth : mapping of frame sequence number to mapping of object to (y_px, x_px)
    within_px : mapping of object to float
        How far from its place its light may be seen.
    objects : mapping of object to mapping
        As the truth file describes it.
    returned : mapping of lens to float
        How much light comes back from it, over that from white as large, by what the frames show at its place.
    """

    name: str
    ring_mm: float
    sense: LensSense
    truth: Mapping[int, Mapping[str, Place]]
    within_px: Mapping[str, float]
    objects: Mapping[str, Mapping[str, Any]]
    returned: Mapping[str, float]

    @property
    def dark(self) -> frozenset[str]:
        """Lenses that return less light than white as large: nothing to find."""
        return frozenset(name for name, share in self.returned.items() if share < 1)

    @property
    def kinds(self) -> dict[str, str]:
        """Kind of each object, in the words of `detector.lens.synth`."""
        return {key: _KINDS.get(item["kind"], item["kind"]) for key, item in self.objects.items()}

    @property
    def scene(self) -> int:
        """A number of its own, even for scenes to fit and odd for those held out."""
        split, _, number = self.name.rpartition("_")
        return TRACED_SCENES + 2 * int(number) + (split != "fit")

    def outcomes(self) -> tuple[Outcome, ...]:
        """Score the sense's report."""
        report = self.sense.report()
        return score(report.alerts, report.inspect, self.kinds, self.truth, self.within_px)


def traced_sequences(directory: Path, split: str = "", dimmed: bool = True) -> Iterator[TracedSequence]:
    """Let the sense look at every sequence of a directory whose name begins with `split`, in order of name.

    Frames under the dimmed ring are left out where `dimmed` is False.

    Raises
    ------
    InputError
        There is none, or one is not as its format says.
    """
    paths = sorted(directory.glob(f"{split}*.truth.json"))
    if not paths:
        raise InputError(f"{directory}: no {split}*.truth.json")
    for path in paths:
        yield _looked_at(path, dimmed)


def _looked_at(path: Path, dimmed: bool) -> TracedSequence:
    document = json.loads(path.read_text(encoding="utf-8"))
    recording = open_lens_sequence(path.with_name(path.name.removesuffix(".truth.json")))
    sense = LensSense(LensOptions(), recording.geometry)
    frames = list(recording)
    for frame in frames:
        if dimmed or frame.led is not LedState.ON_AXIS_DIM:
            sense.step(frame)
    seen = document["pixels_yx"][0]
    objects = {str(k): item for k, item in enumerate(document["objects"]) if str(k) in seen}
    truth = {n: {k: (y, x) for k, (y, x) in places.items()} for n, places in enumerate(document["pixels_yx"])}
    focal_px, distance_mm = recording.geometry.focal_px, document["distance_mm"]
    within_px = {
        key: (_SPECK_PX / VGA.focal_px + _half_mm(item) / distance_mm) * focal_px for key, item in objects.items()
    }
    name, ring_mm = path.name.removesuffix(".truth.json"), recording.geometry.on_axis_radius_mm
    lenses = {key: item["aperture_mm"] / 2 for key, item in objects.items() if item["kind"] == "lens"}
    light = _returned_px2(frames, truth, lenses, recording.geometry.black_level_dn)
    white_px2 = {key: np.pi * (radius_mm * focal_px / distance_mm) ** 2 for key, radius_mm in lenses.items()}
    returned = {key: light[key] / white_px2[key] for key in lenses}
    return TracedSequence(name, ring_mm, sense, truth, within_px, objects, returned)


def _returned_px2(
    frames: list[Frame], truth: Mapping[int, Mapping[str, Place]], names: Collection[str], black_dn: float
) -> dict[str, float]:
    """Return how much wall would send back what only the on-axis ring gets from each place, as a mean over the frames.

    Light in a square of seven pixels around the true place, over the off-axis frames' there, in units of the wall
    around it; clipped pixels count as clipped. Places at the border see it repeated.
    """
    found = {}
    for name in names:
        light: dict[LedState, list[tuple[float, float]]] = {LedState.ON_AXIS: [], LedState.OFF_AXIS: []}
        for frame in frames:
            if frame.led in light:
                around = window_at(frame.pixels, np.array([truth[frame.sequence][name]]), _WALL_PX)[0] - black_dn
                near = slice(_WALL_PX - _LIGHT_PX, _WALL_PX + _LIGHT_PX + 1)
                light[frame.led].append((float(around[near, near].sum()), float(np.median(around))))
        (on_dn, on_wall), (off_dn, off_wall) = (np.mean(light[led], axis=0) for led in light)
        found[name] = on_dn / on_wall - off_dn / off_wall
    return found


def _half_mm(item: Mapping[str, Any]) -> float:
    if item["kind"] == "lens":
        return 0.0
    return float(np.hypot(item["w"], item["h"]) / 2 if "w" in item else item["r"])


def _errors_px(sequence: TracedSequence) -> dict[str, float]:
    """Return the median distance of each found lens's alert from it, pixels of a 640 px frame."""
    found = {}
    for alert in sequence.sense.report().alerts:
        if isinstance(alert, GlintAlert):
            name, _ = nearest_object(alert, sequence.truth, sequence.within_px)
            if name is not None and sequence.kinds[name] == "lens":
                away = [(y - sequence.truth[f][name][0], x - sequence.truth[f][name][1]) for f, y, x in alert.track]
                shrink = VGA.width_px / sequence.sense.size_px[1]
                found[name] = float(np.median(np.hypot(*np.array(away).T))) * shrink
    return found


def _print_false_alerts(sequence: TracedSequence) -> int:
    """Print every alert on no lens with what its track says; return how many are no retro-reflector either."""
    px_per_deg, options = sequence.sense.px_per_deg, sequence.sense.options
    tracks = {to_alert(j).key: j.track for j in sequence.sense.judgements if j.kind is not None}
    count = 0
    for alert in sequence.sense.report().alerts:
        if not isinstance(alert, GlintAlert):
            continue
        name, nearest_px = nearest_object(alert, sequence.truth, sequence.within_px)
        kind = sequence.kinds[name] if name is not None else "nothing"
        if kind == "lens":
            continue
        count += kind not in _RETRO_REFLECTORS
        features = asdict(features_of(tracks[alert.key], options, px_per_deg))
        said = {name: round(value, 2) for name, value in features.items()}
        where = dict(sequence.objects[name]) if name is not None else f"nearest object {nearest_px:.0f} px away"
        print(
            f"  alert {sequence.name}: {kind}, confidence {alert.confidence:.3f}, {alert.frames} sets; {where}; {said}"
        )
    return count


def main() -> None:
    """Look at every sequence; print the table by class, localisation, misses and false alerts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--split", default="", help="only sequences whose name begins so")
    parser.add_argument("--undimmed", action="store_true", help="without the frames under the dimmed ring")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    outcomes: list[Outcome] = []
    errors: list[float] = []
    scenes = false = 0
    in_view: dict[str, list[bool]] = {"simple": [], "corrected": [], "dark": []}
    bright: list[bool] = []
    for sequence in traced_sequences(arguments.directory, arguments.split, not arguments.undimmed):
        scenes += 1
        outcomes += sequence.outcomes()
        places = _errors_px(sequence)
        errors += places.values()
        false += _print_false_alerts(sequence)
        for name, item in sequence.objects.items():
            lost = stage_lost(sequence, name, name in places) if item["kind"] == "lens" else OUT_OF_VIEW
            if lost == OUT_OF_VIEW:
                continue
            design = "dark" if name in sequence.dark else item.get("design", "simple")
            in_view[design].append(name in places)
            if sequence.returned[name] >= _BRIGHT:
                bright.append(name in places)
            if lost and design != "dark":
                light = f"{sequence.returned[name]:.1f} times white"
                print(f"  missed {sequence.name}: {lost}; {light}, ring {sequence.ring_mm:.1f} mm, {dict(item)}")
    print_table(outcomes, scenes)
    answering = [*in_view["simple"], *in_view["corrected"]]
    in_view[f"bright ({_BRIGHT:g} times white and more)"] = bright
    for design, found in {**in_view, "answering": answering, "all": [*answering, *in_view["dark"]]}.items():
        low, high = interval(sum(found), len(found))
        print(f"{design} lenses in view {sum(found)}/{len(found)} = {np.mean(found or [0]):.3f} ({low:.3f}-{high:.3f})")
    low, high = interval(min(false, scenes), scenes)
    print(f"false alerts (tape apart): {false} in {scenes} scenes, 95 % {low:.3f}-{high:.3f} a scene")
    if errors:
        median, most = np.median(errors), max(errors)
        print(f"localisation: median {median:.2f} px, 95 % {np.quantile(errors, 0.95):.2f}, most {most:.2f}")


if __name__ == "__main__":
    main()
