"""How well hand motion is recovered between lit frames, and whether it says so when it is not.

    .venv/bin/python -m benchmarks.lens_registration [--scenes 12]

The error of a pair of frames is the root mean square, over a grid of places on the wall, between where the registered
motion puts each and where the wall's true motion does, in pixels of a 640 px frame; rolling shutters included.
"""

import argparse
from dataclasses import replace

import cv2
import numpy as np

from benchmarks.lens_scenes import CONDITIONS, HELD_OUT_SEEDS, VGA, Condition
from detector.lens.options import LensOptions
from detector.lens.registration import Motion, Registrar, map_points
from detector.lens.synth import HandMotion, SceneRenderer, SensorModel, StrobePlan, Texture, random_scene
from detector.lens.synth.scene import SceneObject
from detector.lens.synth.sequence import strobe_frames

_GRID = 5


def pair_errors(seed: int, condition: Condition, options: LensOptions) -> list[tuple[float, Motion]]:
    """Return the error of every pair of lit frames, px at 640, with what was said of it."""
    scene = random_scene(seed, lenses=1, texture=condition.texture)
    height, width = condition.geometry.height_px, condition.geometry.width_px
    reach_mm = scene.range_mm * np.tan(np.radians(condition.geometry.hfov_deg) / 2) * 0.8
    marks = tuple(
        SceneObject(f"mark-{y:.1f}-{x:.1f}", y * reach_mm * height / width, x * reach_mm)
        for y in np.linspace(-1, 1, _GRID) for x in np.linspace(-1, 1, _GRID)
    )  # fmt: skip
    scene = replace(scene, objects=(*scene.objects, *marks))
    sensor = SensorModel(noise_scale=condition.noise_scale, psf_sigma_px=condition.psf_sigma_px)
    renderer = SceneRenderer(scene, condition.geometry, seed, sensor)
    hand = HandMotion(seed, speed_deg_s=condition.speed_deg_s, reach_deg=condition.reach_deg)
    registrar = Registrar(options, condition.geometry)
    before: np.ndarray | None = None
    errors = []
    for frame, truth in strobe_frames(renderer, hand, condition.plan, seed):
        if frame.led is None or not frame.led.shows_the_wall:
            continue
        motion = registrar.follow(frame)
        here = np.array([truth[m.name][::-1] for m in marks])
        if motion is not None and before is not None:
            inside = (before > 0).all(axis=1) & (before < (width, height)).all(axis=1)
            if inside.sum() >= _GRID:
                away = np.linalg.norm(map_points(motion.matrix, before[inside]) - here[inside], axis=1)
                errors.append((float(np.sqrt((away**2).mean())) * VGA.width_px / width, motion))
        before = here
    return errors


def main() -> None:
    """Print one row per texture and speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=12)
    parser.add_argument("--first", type=int, default=9000, help="first of the seeds; tables use 9000")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    plain = CONDITIONS["plain"]
    cases = {
        "6 deg/s": plain,
        "30 deg/s": replace(plain, speed_deg_s=30.0, reach_deg=10.0),
        "30 deg/s, rolling 20 ms": CONDITIONS["30 deg/s, rolling"],
        "30 deg/s, 60 fps, rolling 16 ms": replace(
            CONDITIONS["30 deg/s, rolling"], plan=StrobePlan(readout_ns=16_000_000, frame_ns=17_000_000)
        ),
        "noise x5": CONDITIONS["noise x5"],
        "OV5647 1296 x 972, 30 deg/s": replace(CONDITIONS["OV5647 1296 x 972"], speed_deg_s=30.0, reach_deg=10.0),
    }
    print(
        "| wall | motion | pairs | trusted | error of trusted, median px | 90 % | 99 % | trusted, > 1 px | predicted |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for texture in Texture:
        for name, case in cases.items():
            found = [
                pair
                for seed in HELD_OUT_SEEDS[arguments.first : arguments.first + arguments.scenes]
                for pair in pair_errors(seed, replace(case, texture=texture), LensOptions())
            ]
            trusted = np.array([e for e, m in found if m.trusted])
            if not len(trusted):
                print(f"| {texture} | {name} | {len(found)} | 0 | | | | | |", flush=True)
                continue
            predicted = np.median([getattr(m, "error_px", np.nan) for _, m in found if m.trusted])
            quantiles = " | ".join(f"{q:.2f}" for q in np.quantile(trusted, (0.5, 0.9, 0.99)))
            print(
                f"| {texture} | {name} | {len(found)} | {len(trusted) / len(found):.2f} | {quantiles} "
                f"| {(trusted > 1).mean():.3f} | {predicted:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
