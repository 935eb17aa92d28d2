"""How long until a camera that is switched on becomes an alert, on a simulated receiver with 10 ms retune.

    python -m benchmarks.time_to_alert [--trials 40] [--seed 1] [--snr 10]

Cameras of every kind (PAL, NTSC; FM of 2.5 to 6 MHz, AM) appear at a random frequency at a random time of a sweep that
has long been running, among the ambient signals of a room. Time is that of the receiver: dwells and retunes; the clock
is fast-forwarded. In-slice SNR is that of the camera's strongest 2.4 MHz. Prints median and worst with a 95 % interval
of the median (order statistics), and what is still missing after the limit.
"""

import argparse
from collections.abc import Sequence

import numpy as np
from scipy.stats import binom

from benchmarks.rf_sky import NOISE_DBFS, RATE_HZ, FastReceiver
from detector.rf.band_plan import shipped_band_plan
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import AnalogVideoEmission, Emission, Sky, moving_room
from firmware.drivers.sim.rooms import room_named

SPAN_HZ = (24e6, 1766e6)
LIMIT_S = 40.0
WHERE = ("camera bands", "anywhere", "modulator bands")
EDGE_HZ = 4e6


def cameras(seed: int) -> list[AnalogVideoEmission]:
    """One of each kind; power and frequency are set by the trial."""
    pictures = moving_room(seed, 3)
    kinds = (("FM", 2.5e6), ("FM", 4e6), ("FM", 6e6), ("AM", 4e6))
    return [
        AnalogVideoEmission(
            center_hz=1.2e9,
            power_dbfs=-20,
            pictures=pictures,
            system=system,
            modulation=modulation,
            deviation_hz=deviation_hz,
            ppm=15.0,
        )
        for system in ("PAL", "NTSC")
        for modulation, deviation_hz in kinds
    ]


def strongest_slice_db(camera: AnalogVideoEmission) -> float:
    """Return the power in the best 2.4 MHz relative to all of it."""
    offsets_hz = np.arange(-3e6, 3.1e6, 0.5e6)
    parts = [camera.slice(0.1, 48_000, camera.center_hz + offset_hz, RATE_HZ) for offset_hz in offsets_hz]
    return float(10 * np.log10(max(np.mean(np.abs(part) ** 2) for part in parts))) - camera.power_dbfs


def warm_up(ambient: Sequence[Emission], options: RfOptions, seed: int, first_s: float) -> tuple[RfSense, FastReceiver]:
    """Return a sense that has swept an empty room for a while."""
    receiver = FastReceiver(Sky(ambient, seed=seed))
    sense = RfSense.for_sweep(options, shipped_band_plan(options.region), SPAN_HZ)
    while receiver.t_ns < first_s * 1e9:
        sense.step(receiver.read(sense.next_tuning()))
    return sense, receiver


def time_to_alert(sense: RfSense, receiver: FastReceiver, camera: Emission, seed: int) -> tuple[float, int]:
    """Switch a camera on; return seconds to its alert (infinite beyond the limit) and alerts elsewhere."""
    receiver.sky = Sky((*receiver.sky.emissions, camera), seed=seed)
    start_ns, others = receiver.t_ns, 0
    while receiver.t_ns - start_ns < LIMIT_S * 1e9:
        sense.step(receiver.read(sense.next_tuning()))
        near = [abs(alert.freq_hz - camera.center_hz) < 8e6 for alert in sense.report().alerts]
        others = max(others, near.count(False))
        if any(near):
            return (receiver.t_ns - start_ns) / 1e9, others
    return float("inf"), others


def random_frequency(rng: np.random.Generator, where: str) -> float:
    """Return a centre frequency in the camera bands, in the rows with a finer comb, or anywhere in the range."""
    plan = shipped_band_plan("KR")
    rows = {
        "camera bands": [band for band in plan.bands if band.camera],
        "modulator bands": [band for band in plan.bands if band.step_hz is not None],
    }
    reached = (band for band in rows.get(where, ()) if band.high_hz <= SPAN_HZ[1])
    bands = [(band.low_hz, band.high_hz) for band in reached] or [SPAN_HZ]
    widths = np.array([high - low for low, high in bands])
    low, high = bands[rng.choice(len(bands), p=widths / widths.sum())]
    return float(np.clip(rng.uniform(low, high), SPAN_HZ[0] + EDGE_HZ, SPAN_HZ[1] - EDGE_HZ))


def median_interval(times: Sequence[float]) -> tuple[float, float]:
    """Return a 95 % interval of the median from order statistics."""
    ranked, n = sorted(times), len(times)
    low = int(binom.ppf(0.025, n, 0.5))
    return ranked[max(low - 1, 0)], ranked[min(n - low, n - 1)]


def run(where: str, snr_db: float, trials: int, seed: int, options: RfOptions, *, from_start: bool) -> None:
    """Print a row of the table: AM in the bands that modulators are made for, FM elsewhere."""
    modulation = "AM" if where == "modulator bands" else "FM"
    rng = np.random.default_rng(seed)
    ambient = room_named("toilet_stall").ambient()
    kinds = [(camera, strongest_slice_db(camera)) for camera in cameras(seed) if camera.modulation == modulation]
    times, false = [], 0
    for trial in range(trials):
        camera, part_db = kinds[trial % len(kinds)]
        sense, receiver = warm_up(ambient, options, seed + trial, 0.0 if from_start else rng.uniform(16, 32))
        there = camera.at(center_hz=random_frequency(rng, where), power_dbfs=NOISE_DBFS + snr_db - part_db)
        seconds, others = time_to_alert(sense, receiver, there, seed + trial)
        times.append(seconds)
        false += others
        if seconds > 12:
            kind = f"{camera.system} {camera.modulation} {camera.deviation_hz / 1e6:g}"
            print(f"  slow: {there.center_hz / 1e6:.2f} MHz {kind}: {seconds:.1f} s", flush=True)
    low, high = median_interval(times)
    figures = (
        f"{np.median(times):.1f} [{low:.1f}, {high:.1f}] | {max(times):.1f} | {sorted(times)[int(0.9 * trials)]:.1f}"
    )
    missed = sum(np.isinf(times))
    print(f"| {modulation}, {where} | {snr_db:g} dB | {trials} | {figures} | {missed} | {false} |", flush=True)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--snr", type=float, nargs="*", default=[20.0, 10.0])
    parser.add_argument("--where", choices=WHERE, action="append")
    parser.add_argument("--from-start", action="store_true", help="on the air when the device starts")
    arguments = parser.parse_args()
    options = RfOptions()
    print("| where | SNR | trials | median s [95 %] | worst s | 90 % s | missed | false alerts |")
    print("|---|---|---|---|---|---|---|---|")
    for where in arguments.where or WHERE:
        for snr_db in arguments.snr:
            run(where, snr_db, arguments.trials, arguments.seed, options, from_start=arguments.from_start)


if __name__ == "__main__":
    main()
