"""One recipe as a `lens-sequence/1` directory and a truth file beside it."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np

from benchmarks.path_tracer.places import centre_depth_mm
from benchmarks.path_tracer.recipe import HAND_SPEED_DEG_S, Recipe
from benchmarks.path_tracer.tracer import Tracer
from benchmarks.path_tracer.windows import Budget, windows
from benchmarks.path_tracer.world import build
from detector.lens.synth import (
    HandMotion,
    Lens,
    NoisySensor,
    Pipe,
    Pose,
    SceneObject,
    Screw,
    SensorModel,
    StatusLed,
    StrobePlan,
    Tape,
    Tile,
)
from detector.lens.synth.projection import Projection
from detector.types import Frame, Provenance
from firmware.recordings.lens_sequence import write_lens_sequence

__all__ = ["poses", "render", "truth_document"]

_DECIMALS = 2
_FRAME_SEED_STEP = 1_000_003


def poses(recipe: Recipe, plan: StrobePlan) -> list[Pose]:
    """Return where the hand held the camera in the middle of each frame's exposure."""
    hand = HandMotion(recipe.seed, speed_deg_s=HAND_SPEED_DEG_S)
    times = [plan.start_ns + k * plan.frame_ns + plan.exposure_ns / 2 for k in range(len(plan.states()))]
    return [hand.pose(t_ns / 1e9) for t_ns in times]


def render(
    modules: tuple[ModuleType, ModuleType], recipe: Recipe, directory: Path, plan: StrobePlan, budget: Budget
) -> None:
    """Trace every frame, blur it and add the sensor's noise; write frames and truth.

    Parameters
    ----------
    modules : tuple of module
        Mitsuba and Dr.Jit, from `mitsuba_backend.opened`.
    recipe : Recipe
    directory : Path
        The sequence goes to `directory / recipe.name`, the truth beside it.
    plan : StrobePlan
        With a global shutter.
    budget : Budget
    """
    mi, dr = modules
    with tempfile.TemporaryDirectory(prefix="nunchi-traced-") as folder:
        scene = build(mi, recipe, Path(folder))
    tracer = Tracer(mi, dr, recipe, scene, budget)
    target = directory / recipe.name
    write_lens_sequence(target, recipe.geometry, list(_frames(tracer, recipe, plan, budget)))
    text = json.dumps(truth_document(recipe, plan))
    target.with_suffix(".truth.json").write_text(text + "\n", encoding="utf-8")


def _frames(tracer: Tracer, recipe: Recipe, plan: StrobePlan, budget: Budget) -> Iterator[Frame]:
    model = SensorModel()
    sensor = NoisySensor(recipe.geometry, model, recipe.seed)
    full_scale_dn = (2**recipe.geometry.bit_depth - 1) * recipe.scene.led_level
    for number, (pose, led) in enumerate(zip(poses(recipe, plan), plan.states(), strict=True)):
        seed = (recipe.seed * _FRAME_SEED_STEP + number * 7919) % (1 << 31)
        light = tracer.frame(pose, led, seed, windows(recipe, pose, budget)) * full_scale_dn
        blurred = cv2.GaussianBlur(light.astype(np.float32), (0, 0), model.psf_sigma_px)
        yield Frame(
            pixels=sensor.expose(np.asarray(blurred, dtype=np.float32), 1.0, recipe.seed * 100_003 + number),
            t_ns=plan.start_ns + number * plan.frame_ns,
            exposure_ns=plan.exposure_ns,
            sequence=number,
            provenance=Provenance.SIMULATED,
            led=led,
        )


def truth_document(recipe: Recipe, plan: StrobePlan) -> dict[str, Any]:
    """Return every object with its pixel in every frame.

    The pixel is where its light is seen: the middle of a lens's stop, of a ball (where a round mirror shows whatever
    shines from beside the camera), the point of a pipe's axis nearest to the camera. Each bead of a tape is an object.
    `x` and `y` are millimetres on the wall, right and down.
    """
    parts = [part for item in recipe.scene.objects for part in _parts(item)]
    projection = Projection(recipe.scene, recipe.geometry)
    places = []
    for pose in poses(recipe, plan):
        seen = {}
        for number, part in enumerate(parts):
            at = replace(part, y_mm=pose.y_mm) if isinstance(part, Pipe) else part
            seen[str(number)] = [round(v, _DECIMALS) for v in projection.place(at, pose)]
        places.append(seen)
    return {
        "objects": [_described(part, recipe) for part in parts],
        "pixels_yx": places,
        "distance_mm": round(recipe.scene.range_mm, 1),
        "seed": recipe.seed,
    }


def _parts(item: SceneObject) -> list[SceneObject]:
    if not isinstance(item, Tape):
        return [replace(item, depth_mm=centre_depth_mm(item))]
    return [replace(item, y_mm=y, x_mm=x, count=1) for y, x in item.bead_places()]


def _described(item: SceneObject, recipe: Recipe) -> dict[str, Any]:
    kind = "bead" if isinstance(item, Tape) else item.kind
    entry: dict[str, Any] = {"kind": kind, "x": round(item.x_mm, 1), "y": round(item.y_mm, 1)}
    if isinstance(item, Lens):
        glass = recipe.lenses[item.name]
        entry |= {
            "aperture_mm": round(item.aperture_mm, 3), "yaw": round(item.yaw_deg, 2), "pitch": round(item.pitch_deg, 2),
            "design": "corrected" if glass.sensor_radius_mm is not None else "simple",
            "focal_mm": round(glass.focal_mm, 3), "blur_deg": round(glass.blur_deg, 4),
        }  # fmt: skip
    elif isinstance(item, Tile):
        entry |= {"w": round(item.width_mm, 1), "h": round(item.height_mm, 1), "yaw": round(item.yaw_deg, 2)}
    else:
        entry["r"] = round(item.bead_radius_mm if isinstance(item, Tape) else item.radius_mm, 2)  # type: ignore[attr-defined]
    if isinstance(item, StatusLed):
        entry["radiance"] = round(item.radiance, 2)
    if isinstance(item, Screw):
        entry["roughness"] = round(recipe.roughness[item.name], 3)
    return entry
