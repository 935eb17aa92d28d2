"""An hour and more of sweeping a busy Korean city sky (`sim:city_flat`) at high speed: alerts, and what came near.

    python -m benchmarks.simulated_day [--minutes 60] [--seed 1] [--camera-snr -8]

Every five minutes the levels of all emitters are drawn anew (+-6 dB), so that an hour is not one minute sixty times.
With `--camera-snr` a PAL FM camera of 4 MHz deviation is on the air from the start, this strong in the best 2.4 MHz
(10 mW through two walls is of that order), and the run ends with its alert.
"""

import argparse
import time
from collections import Counter
from dataclasses import replace

import numpy as np

from benchmarks.rf_sky import NOISE_DBFS, FastReceiver
from benchmarks.time_to_alert import SPAN_HZ, cameras, strongest_slice_db
from detector.rf.band_plan import shipped_band_plan
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import Emission, LoopEmission, Sky
from firmware.drivers.sim.rooms import room_named

CHAPTER_S, SPREAD_DB = 300.0, 6.0


def redrawn(ambient: tuple[Emission, ...], rng: np.random.Generator) -> tuple[Emission, ...]:
    """The same emitters at other levels; those with a waveform in memory share it."""
    out: list[Emission] = []
    for emission in ambient:
        power_dbfs = emission.power_dbfs + rng.uniform(-SPREAD_DB, SPREAD_DB)
        if isinstance(emission, LoopEmission):
            out.append(emission.at(center_hz=emission.center_hz, power_dbfs=power_dbfs))
        else:
            out.append(replace(emission, power_dbfs=power_dbfs))
    return tuple(out)


def main() -> None:
    """Sweep and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--camera-snr", type=float)
    parser.add_argument("--camera-mhz", type=float, default=1262.0)
    arguments = parser.parse_args()
    room, rng, options = room_named("city_flat"), np.random.default_rng(arguments.seed), RfOptions()
    ambient: tuple[Emission, ...] = room.ambient()
    camera = cameras(arguments.seed)[1]
    power_dbfs = NOISE_DBFS + (arguments.camera_snr or 0.0) - strongest_slice_db(camera)
    extra = (
        ()
        if arguments.camera_snr is None
        else (camera.at(center_hz=arguments.camera_mhz * 1e6, power_dbfs=power_dbfs),)
    )
    sense = RfSense.for_sweep(options, shipped_band_plan("KR"), SPAN_HZ)
    receiver = FastReceiver(Sky((*redrawn(ambient, rng), *extra), dongle=room.dongle, seed=arguments.seed))
    said: Counter[str] = Counter()
    swept_s, chapter_s, started = 0.0, 0.0, time.perf_counter()
    while swept_s < arguments.minutes * 60:
        before_ns = receiver.t_ns
        sense.step(receiver.read(sense.next_tuning()))
        step_s = (receiver.t_ns - before_ns) / 1e9
        swept_s, chapter_s = swept_s + step_s, chapter_s + step_s
        report = sense.report()
        for listed, findings in (("ALERT", report.alerts), ("worth a look", report.inspect)):
            for finding in findings:
                line = f"{listed}: {finding.kind} {finding.freq_hz / 1e6:.1f} MHz, {finding.confidence:.3f}"
                if not said[line]:
                    print(f"{swept_s:7.1f} s  {line}", flush=True)
                said[line] += 1
        if extra and report.alerts:
            break
        if chapter_s > CHAPTER_S:
            chapter_s = 0.0
            sky = Sky((*redrawn(ambient, rng), *extra), dongle=room.dongle, seed=int(rng.integers(1 << 30)))
            receiver.sky = sky
    figures = sense.report().figures
    print(f"{swept_s:.0f} s of sweeping in {time.perf_counter() - started:.0f} s; {figures['hops']:.0f} hops, ")
    print(f"{figures.get('confirmations', 0):.0f} longer looks, rejected {dict(sense.report().rejected)}")
    print(f"whole range every {figures.get('whole_every_s', 0)} s; ambient: {len(sense.report().signals)} signals,")
    print(dict(Counter(str(signal.kind) for signal in sense.report().signals)))


if __name__ == "__main__":
    main()
