"""Every routine of the lens calibration against generated truth: bias, scatter, and whether its standard error is true.

``python -m benchmarks.lens_calibration [--draws 50] [--first 0] [--only dark,focus]`` (parts: dark, balance, focus,
reference, hot, aperture, cost)
"""

import argparse
import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from benchmarks.lens_apertures import share_seen
from detector.lens.calibration.applied import HotPixelMender, LensCalibration
from detector.lens.calibration.balance import measure_balance
from detector.lens.calibration.dark import measure_dark
from detector.lens.calibration.focus import measure_focus
from detector.lens.calibration.options import CalibrationOptions
from detector.lens.calibration.reference import measure_reference
from detector.lens.calibration.refusal import RefusedError
from detector.lens.differencing import SetMotions, difference_planes
from detector.lens.options import LensOptions
from detector.lens.strobe import StrobeSet
from detector.lens.synth.bench import BenchCamera, edge_light, lens_light, wall_light
from detector.lens.working import WorkingFrame, WorkingScale
from detector.types import CameraGeometry, LedState

ON, OFF, DARK = LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK
GEOMETRY = CameraGeometry(width_px=320, height_px=240, hfov_deg=54.0, bit_depth=10, black_level_dn=64)
BINNED = CameraGeometry(width_px=1296, height_px=972, hfov_deg=54.0, bit_depth=10, black_level_dn=64)
OPTIONS, LENS = CalibrationOptions(), LensOptions()
NO_LIGHT = np.zeros((1, 1))
Row = dict[str, tuple[float, float, float]]  # estimate, truth, standard error by name


def camera(rng: np.random.Generator, **changes: object) -> BenchCamera:
    drawn = {
        "geometry": GEOMETRY,
        "black_dn": float(rng.uniform(62, 66)),
        "read_noise_dn": float(rng.uniform(0.8, 4.0)),
        "dsnu_dn": float(rng.uniform(0.1, 0.8)),
    }
    return BenchCamera(**(drawn | changes))  # type: ignore[arg-type]


def dark_row(seed: int) -> Row:
    rng = np.random.default_rng((seed, 1))
    device = camera(rng, hot=hot_pixels(rng, 40))
    found = measure_dark(list(device.frames({DARK: NO_LIGHT}, 16, seed)), GEOMETRY, OPTIONS)
    return {
        "black level, DN": (found.black_level_dn, device.black_dn, found.black_level_error_dn),
        "read noise, DN": (found.read_noise_dn, device.read_noise_dn, found.read_noise_error_dn),
        "non-uniformity, DN": (found.dsnu_dn, device.dsnu_dn, np.nan),
    }


def balance_row(seed: int) -> Row:
    rng = np.random.default_rng((seed, 2))
    device = camera(rng)
    ratio, level = float(rng.uniform(0.6, 1.7)), float(rng.uniform(150, 700))
    terms = tuple(float(v) for v in rng.uniform(-0.2, 0.2, 5))
    frames = list(device.frames(wall_light(GEOMETRY, level * min(1.0, ratio), ratio, terms), 12, seed, flicker=0.003))
    found = measure_balance(frames, GEOMETRY, 700.0, OPTIONS)
    names = ("u", "v", "u^2", "u v", "v^2")
    rows = {f"map {n}": (a, b, e) for n, a, b, e in zip(names, found.terms, terms, found.term_errors, strict=True)}
    return {"log ratio": (np.log(found.ratio), np.log(ratio), found.ratio_error / found.ratio)} | rows


def focus_row(seed: int) -> Row:
    rng = np.random.default_rng((seed, 3))
    device = camera(rng)
    sigma, slant = float(rng.uniform(0.4, 2.5)), float(rng.uniform(3, 9) * rng.choice([-1, 1]))
    low, high = float(rng.uniform(20, 120)), float(rng.uniform(300, 800))
    place = float(rng.uniform(80, 160)), float(rng.uniform(110, 210))
    light = edge_light(GEOMETRY, place, slant, sigma, (low, high))
    found = measure_focus(list(device.frames({ON: light}, 8, seed)), GEOMETRY, OPTIONS, LENS)
    return {"blur, px": (found.psf_sigma_px, sigma, found.psf_sigma_error_px)}


def reference_row(seed: int) -> Row:
    rng = np.random.default_rng((seed, 4))
    device = camera(rng)
    wall, gain = float(rng.uniform(40, 120)), float(rng.uniform(8, 40))
    distance_mm, psf = float(rng.uniform(400, 1200)), float(rng.uniform(0.6, 1.4))
    room_dn = 700 - wall
    aperture_px = np.sqrt(room_dn * 8 * psf**2 / (gain * wall / OPTIONS.wall_albedo)) * float(rng.uniform(0.3, 0.8))
    aperture_mm = float(aperture_px * distance_mm / GEOMETRY.focal_px)
    place = float(rng.uniform(60, 180)), float(rng.uniform(60, 260))
    lens = lens_light(GEOMETRY, place, aperture_px / 2, gain * wall / OPTIONS.wall_albedo, psf)
    ratio = float(rng.uniform(0.7, 1.4))
    light = {ON: wall + lens, OFF: NO_LIGHT + wall / ratio, DARK: NO_LIGHT}
    frames = list(device.frames(light, 12, seed, flicker=0.01))
    found = measure_reference(frames, GEOMETRY, aperture_mm, distance_mm, OPTIONS)
    return {"log gain": (np.log(found.gain_over_white), np.log(gain), found.gain_error / found.gain_over_white)}


def hot_pixels(rng: np.random.Generator, count: int) -> dict[tuple[int, int], float]:
    return {
        (int(rng.integers(GEOMETRY.height_px)), int(rng.integers(GEOMETRY.width_px))): float(rng.exponential(40.0))
        for _ in range(count)
    }


def report(name: str, draw: Callable[[int], Row], seeds: range) -> None:
    rows = list(drawn(draw, seeds))
    if len(rows) < len(seeds):
        print(f"{name:9s} {len(seeds) - len(rows)} of {len(seeds)} draws refused")
    for key in rows[0]:
        estimate, truth, error = np.array([row[key] for row in rows]).T
        miss = estimate - truth
        pull = f"{np.std(miss / error, ddof=1):.2f}" if np.isfinite(error).all() else "not stated"
        bias_error = miss.std(ddof=1) / np.sqrt(len(miss))
        print(
            f"{name:9s} {key:20s} bias {miss.mean():+.5f} +- {bias_error:.5f}  sd {miss.std(ddof=1):.5f}  "
            f"stated {np.sqrt(np.mean(error**2)):.5f}  sd of miss / stated {pull}",
            flush=True,
        )


def drawn(draw: Callable[[int], Row], seeds: range) -> Iterator[Row]:
    """Yield the rows of the draws that were not refused (a reference lens too faint, say)."""
    for seed in seeds:
        try:
            yield draw(seed)
        except RefusedError as error:
            print(f"seed {seed}: {error}")


def report_hot(seeds: range) -> None:
    """Hot pixels: those well over the line must be found, those under it cannot be, and no other may be."""
    found, missed, faint, false = 0, 0, 0, 0
    for seed in seeds:
        rng = np.random.default_rng((seed, 5))
        hot = hot_pixels(rng, 60)
        device = camera(rng, hot=hot)
        result = measure_dark(list(device.frames({DARK: NO_LIGHT}, 16, seed)), GEOMETRY, OPTIONS)
        places = {(y, x) for y, x, _ in result.hot_pixels}
        bright = {yx for yx, height in hot.items() if height > 1.25 * result.hot_line_dn}
        found += len(bright & places)
        missed += len(bright - places)
        faint += len(set(hot) - bright)
        false += len(places - set(hot))
    print(
        f"hot       over 1.25 lines: {found} found, {missed} missed; {faint} fainter; {false} false, {len(seeds)} draws"
    )


def report_apertures(seeds: range) -> None:
    """Share of lenses read as `retro` at multiples of the aperture stated; see `benchmarks.lens_apertures`."""
    factors = (0.6, 0.8, 1.0, 1.25, 1.5)
    print("aperture  seen at " + ", ".join(f"{f:g}" for f in factors) + " times the stated one")
    for line in share_seen(factors, len(seeds)):
        print(f"aperture  {line}", flush=True)


def report_cost() -> None:
    """Milliseconds a frame that an applied calibration adds at 1296 x 972, least of many (others share the machine)."""
    rng = np.random.default_rng(0)
    device = BenchCamera(geometry=BINNED)
    frames = list(device.frames(wall_light(BINNED, 400, 1.2, (0.1, 0, -0.1, 0, 0.1)), 1, 1))
    hot = tuple((int(y), int(x)) for y, x in zip(rng.integers(0, 972, 500), rng.integers(0, 1296, 500), strict=True))
    calibration = LensCalibration(hot_yx=hot, balance_terms=(0.1, 0.0, -0.1, 0.0, 0.1))
    mender, scale = HotPixelMender(hot, (972, 1296)), WorkingScale.of(BINNED, LENS)
    items = {f.led: WorkingFrame.of(f, f.led, scale, LENS) for f in frames if f.led is not None}
    strobe = StrobeSet(items[ON], items[OFF], items[DARK])
    still = SetMotions(to_off=np.eye(3), to_dark=np.eye(3), trusted=True)
    balance_map = calibration.balance_map(items[ON].grey.shape)
    mend = least_ms(lambda: mender.mend(frames[0]))
    plain = least_ms(lambda: difference_planes(strobe, still, 64.0))
    mapped = least_ms(lambda: difference_planes(strobe, still, 64.0, balance_map))
    whole = least_ms(lambda: WorkingFrame.of(frames[0], ON, scale, LENS))
    print(
        f"cost      500 hot pixels {mend:.3f} ms a frame, map {mapped - plain:.3f} ms a set of three, "
        f"together {mend + (mapped - plain) / 3:.3f} ms a frame (one frame's top-hat: {whole:.2f} ms)"
    )


def least_ms(work: Callable[[], object], times: int = 300) -> float:
    cv2.setNumThreads(1)
    return 1e3 * min(_seconds(work) for _ in range(times))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def parts() -> dict[str, Callable[[range], None]]:
    rows = {"dark": dark_row, "balance": balance_row, "focus": focus_row, "reference": reference_row}
    made: dict[str, Callable[[range], None]] = {n: lambda s, n=n, d=d: report(n, d, s) for n, d in rows.items()}  # type: ignore[misc]
    return made | {"hot": report_hot, "aperture": report_apertures, "cost": lambda _: report_cost()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="seed of the first draw")
    parser.add_argument("--only", default="", help="parts, separated by commas")
    arguments = parser.parse_args()
    wanted = set(filter(None, arguments.only.split(",")))
    for name, part in parts().items():
        if not wanted or name in wanted:
            part(range(arguments.first, arguments.first + arguments.draws))


if __name__ == "__main__":
    main()
