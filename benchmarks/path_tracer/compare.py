"""Path tracer against the closed formulas, one thing at a time: how bright it is under either ring, and from where.

    python -m benchmarks.path_tracer.compare --measure FILE.json      (needs Mitsuba, see README.md)
    python -m benchmarks.path_tracer.compare [--plot FILE.svg]        (tables, from the readings kept in traced.json)

Light without noise and without clipping, blurred as the sensor blurs, measured by `detector.lens.photometry`.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.path_tracer.compare_diagram import lobes_svg
from benchmarks.path_tracer.mitsuba_backend import opened
from benchmarks.path_tracer.optics import CameraLens, corrected_lens, simple_lens
from benchmarks.path_tracer.recipe import Recipe
from benchmarks.path_tracer.tracer import Tracer
from benchmarks.path_tracer.windows import Budget, windows
from benchmarks.path_tracer.world import build
from detector.lens.photometry import aperture_flux, disc_offsets, window_at
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
    SceneRenderer,
    Screw,
    SensorModel,
    StatusLed,
    Tape,
    Texture,
    Tile,
)
from detector.lens.synth.optics import LEVEL_SWEEP, Answer, simple_answer
from detector.types import CameraGeometry, LedState

__all__ = ["RINGS_MM", "VIEWS_DEG", "Reading", "compared", "measure", "subjects", "view_pose"]

_Image = npt.NDArray[np.float64]
TRACED = Path(__file__).with_name("traced.json")
RINGS_MM = (3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 16.0)
VIEWS_DEG = (0.0, 3.0, 6.0, 10.0, 14.0, 19.0, 24.0)
_DISTANCE_MM = 600.0
_RING_MM = 6.0
_LED_LEVEL = 0.5
_NARROW = CameraGeometry(width_px=160, height_px=120, hfov_deg=17.15, bit_depth=16, on_axis_radius_mm=_RING_MM)
_WHOLE = replace(_NARROW, width_px=640, height_px=480, hfov_deg=62.2)  # the formulas' beam is one of a whole picture
_BUDGET = Budget(wall=16, face=64, ball=900, bead=4096, clear=4096, lens=120_000)
_PUPIL = 1.52  # of a corrected lens's stop: its core's index, which magnifies the stop in its middle
_SHARP = Answer(retro_gain=5400.0, edge_deg=0.3, sweep=LEVEL_SWEEP)  # f/1.3 for that pupil, in perfect focus
_REACH_PX = 24  # around the thing's middle
_DISC_PX = 6.0
_WALL_PX = (26, 30)  # from the middle: where the wall's own light is taken from
_SHORT_NS = 8_000  # of the 2 ms in which the wall reaches its level: 600 times as bright does not clip 16 bits
_SHORTEST_NS = 2_500  # for a plate, which is 1700 times as bright


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing before a blank wall; `label` is its name in the table, `formula` what the formulas take it for."""

    label: str
    item: SceneObject
    glass: CameraLens | None = None
    roughness: float = 0.02
    formula: SceneObject | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Peak over the wall's light, and flux over the wall's light in square pixels, in one frame."""

    peak: float
    flux_px2: float


def subjects() -> Iterator[Subject]:
    """Yield everything that is compared; lenses as in `recipe`, the others as `detector.lens.synth` draws them."""
    for aperture_mm, error_mm in ((1.0, 0.0), (1.5, 0.0), (2.0, 0.0), (2.5, 0.0), (1.0, -0.15), (2.0, -0.15)):
        lens = Lens("it", 0.0, 0.0, aperture_mm=aperture_mm, depth_mm=14.0)
        glass, label = simple_lens(aperture_mm, error_mm), f"simple {aperture_mm:g} mm, focus {error_mm:+.2f} mm"
        answer = simple_answer(aperture_mm, glass.focal_mm, error_mm)
        yield Subject(label, lens, glass, formula=replace(lens, **asdict(answer)))
    for aperture_mm in (1.0, 2.0):
        sharp = Lens("it", 0.0, 0.0, aperture_mm=aperture_mm, depth_mm=14.0)
        pupil = replace(sharp, aperture_mm=_PUPIL * aperture_mm, **asdict(_SHARP))
        yield Subject(f"corrected {aperture_mm:g} mm", sharp, corrected_lens(aperture_mm), formula=pupil)
    yield Subject("screw", Screw("it", 0.0, 0.0, radius_mm=4.0, depth_mm=4.0), roughness=0.06)
    yield Subject("chrome ball", Screw("it", 0.0, 0.0, radius_mm=4.0, depth_mm=4.0), roughness=0.02)
    yield Subject("pipe", Pipe("it", 0.0, 0.0, depth_mm=12.0))
    yield Subject("tile", Tile("it", 0.0, 0.0, height_mm=40.0, width_mm=40.0, yaw_deg=0.0, depth_mm=2.0))
    plate = Plate("it", 0.0, 0.0, height_mm=40.0, width_mm=40.0, yaw_deg=0.0, depth_mm=2.0)
    yield Subject("plate", plate, roughness=0.01)
    yield Subject("glass ball", GlassBall("it", 0.0, 0.0, radius_mm=4.0, depth_mm=4.0), roughness=0.01)
    yield Subject("plastic", Plastic("it", 0.0, 0.0, depth_mm=8.0), roughness=0.12)
    yield Subject("status LED", StatusLed("it", 0.0, 0.0, depth_mm=1.2))
    yield Subject("bead", Tape("it", 0.0, 2.4, count=1, depth_mm=1.0))
    yield Subject("drop", Drop("it", 0.0, 0.0))


def view_pose(angle_deg: float, distance_mm: float) -> Pose:
    """Return the camera moved so far to the right around a thing straight ahead, still looking at it."""
    angle = np.radians(angle_deg)
    return Pose(
        x_mm=distance_mm * float(np.sin(angle)), z_mm=distance_mm * float(1 - np.cos(angle)), pan_deg=-angle_deg
    )


def measure(image: _Image) -> Reading:
    """Return what stands out around the middle of a frame, in units of the wall's light around it.

    Parameters
    ----------
    image : ndarray of float64, shape (h, w)
        Linear light, black level off.
    """
    middle = (image.shape[0] - 1) / 2, (image.shape[1] - 1) / 2
    y, x = np.indices(image.shape)
    away_px = np.hypot(y - middle[0], x - middle[1])
    wall = float(np.median(image[(away_px >= _WALL_PX[0]) & (away_px <= _WALL_PX[1])]))
    centre = np.array([middle])
    light = window_at(image, centre, _REACH_PX) / wall
    flux = aperture_flux(light - 1, disc_offsets(_DISC_PX), np.zeros(1))
    return Reading(float(light.max()), float(flux[0]))


def traced(modules: tuple[ModuleType, ModuleType], subject: Subject) -> dict[str, Any]:
    """Return readings of the path tracer, by ring radius and by viewpoint."""
    mi, dr = modules
    lenses = {"it": subject.glass} if subject.glass else {}
    recipe = Recipe(
        name="it", seed=1, scene=_scene(subject.item, _DISTANCE_MM + subject.item.depth_mm), geometry=_NARROW,
        lenses=MappingProxyType(lenses), roughness=MappingProxyType({"it": subject.roughness}),
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="nunchi-compared-") as folder:
        scene = build(mi, recipe, Path(folder))

    def frame(geometry: CameraGeometry, pose: Pose, led: LedState) -> _Image:
        there = replace(recipe, geometry=geometry)
        image = Tracer(mi, dr, there, scene, _BUDGET).frame(pose, led, 11, windows(there, pose, _BUDGET))
        return np.asarray(cv2.GaussianBlur(image, (0, 0), SensorModel().psf_sigma_px), dtype=np.float64)

    return _readings(_NARROW, frame)


def formula(subject: Subject) -> dict[str, Any]:
    """Return the same of the closed formulas."""
    scene = _scene(replace(subject.formula or subject.item, depth_mm=0.0), _DISTANCE_MM)
    sensor = SensorModel(noise_scale=0.0)
    exposure_ns = _SHORTEST_NS if isinstance(subject.item, Plate) else _SHORT_NS

    @lru_cache
    def renderer(geometry: CameraGeometry) -> SceneRenderer:
        return SceneRenderer(scene, geometry, 0, sensor)

    def frame(geometry: CameraGeometry, pose: Pose, led: LedState) -> _Image:
        return np.asarray(renderer(geometry).render(pose, {led: 1.0}, exposure_ns), dtype=np.float64)

    return _readings(_WHOLE, frame)


def _scene(item: SceneObject, range_mm: float) -> Scene:
    return Scene(range_mm=range_mm, objects=(item,), texture=Texture.BLANK, led_level=_LED_LEVEL, ambient_level=1e-4)


def _readings(geometry: CameraGeometry, frame: Any) -> dict[str, Any]:
    def both(pose: Pose) -> list[float]:
        on, off = (measure(frame(geometry, pose, led)) for led in (LedState.ON_AXIS, LedState.OFF_AXIS))
        return [on.peak, on.flux_px2, off.peak, off.flux_px2]

    rings = [replace(geometry, on_axis_radius_mm=radius) for radius in RINGS_MM]
    on_axis = [measure(frame(ring, Pose(), LedState.ON_AXIS)) for ring in rings]
    return {
        "ring": [reading.peak for reading in on_axis],
        "ring_flux_px2": [reading.flux_px2 for reading in on_axis],
        "view": [both(view_pose(angle, _DISTANCE_MM)) for angle in VIEWS_DEG],
    }


def compared() -> dict[str, Any]:
    """Return by label the kept readings of the path tracer, and those of the closed formulas as they are now."""
    kept = json.loads(TRACED.read_text(encoding="utf-8"))
    return {s.label: {"traced": kept[s.label], "formula": formula(s)} for s in subjects() if s.label in kept}


def print_tables(found: dict[str, Any]) -> None:
    """Print peak over wall by ring and by viewpoint, path tracer / closed formula, and the flux's ratio."""
    heads = [f"{r:g} mm ({np.degrees(np.arctan2(r, _DISTANCE_MM)):.2f}°)" for r in RINGS_MM]
    print(f"| thing | {' | '.join(heads)} |")
    print("|---|" + "---|" * len(RINGS_MM))
    for label, pair in found.items():
        cells = [f"{a:.3g} / {b:.3g}" for a, b in zip(pair["traced"]["ring"], pair["formula"]["ring"], strict=True)]
        print(f"| {label} | " + " | ".join(cells) + " |")
    print("\n| thing | " + " | ".join(f"{v:g}°" for v in VIEWS_DEG) + " | on : off by flux |")
    print("|---|" + "---|" * (len(VIEWS_DEG) + 1))
    for label, pair in found.items():
        views = [[row[0] for row in pair[k]["view"]] for k in ("traced", "formula")]
        ratios = [_ratio(pair[k]["view"][0]) for k in ("traced", "formula")]
        cells = [f"{a:.3g} / {b:.3g}" for a, b in zip(*views, strict=True)]
        print(f"| {label} | " + " | ".join(cells) + f" | {ratios[0]} / {ratios[1]} |")


def _ratio(row: list[float]) -> str:
    on, off = row[1], row[3]
    return "no light" if on < 0.5 else f"> {on / 0.5:.0f}" if off < 0.5 else f"{on / off:.2g}"


def measure_all(path: Path, only: str) -> None:
    """Measure what the file has not yet, and write it after every thing."""
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    modules = opened()
    for subject in subjects():
        if subject.label.startswith(only) and subject.label not in found:
            found[subject.label] = traced(modules, subject)
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            print(subject.label, flush=True)


def main() -> None:
    """Measure, or print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", type=Path, metavar="FILE.json")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    parser.add_argument("--only", default="", help="things whose label begins so")
    arguments = parser.parse_args()
    if arguments.measure:
        measure_all(arguments.measure, arguments.only)
        return
    document = compared()
    print_tables(document)
    if arguments.plot:
        angles = np.degrees(np.arctan2(RINGS_MM, _DISTANCE_MM))
        arguments.plot.write_text(lobes_svg(angles, document), encoding="utf-8")


if __name__ == "__main__":
    main()
