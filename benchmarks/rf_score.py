"""Detection and false alarms of the radio sense on generated recordings; markdown on stdout.

    python benchmarks/rf_score.py [draws]

Every recording is one 2.4 MS/s slice through the dongle model (noise, DC, imbalance, eight bits) and the whole
sense. In-slice SNR counts the power that falls into the slice. Intervals are Wilson's, 95 %.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from detector.rf.band_plan import shipped_band_plan
from detector.rf.convert import from_raw
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import (
    DIGITAL_LINKS,
    AnalogVideoEmission,
    DongleModel,
    Emission,
    Sky,
    Tuning,
    hard_negatives,
    moving_room,
)
from detector.types import AlertKind, IqBlock, Provenance, SenseReport

RATE_HZ, CENTER_HZ, NOISE_DBFS = 2.4e6, 1.2e9, -36.0
OPTIONS, PLAN = RfOptions(), shipped_band_plan("KR")
SNRS_DB = (20.0, 10.0, 3.0, 0.0, -3.0, -6.0, -10.0)


@dataclass
class Tally:
    """Hits of a number of trials, and standards or modulations told wrong among the hits."""

    hits: int = 0
    trials: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    def interval(self) -> tuple[float, float]:
        """Wilson score interval, 95 %."""
        n, z = max(self.trials, 1), 1.96
        p = self.hits / n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, float(middle - half)), min(1.0, float(middle + half))

    def __str__(self) -> str:
        low, high = self.interval()
        digits = 2 if self.trials < 300 else 4
        return f"{self.hits}/{self.trials} [{low:.{digits}f}, {high:.{digits}f}]"


def listen(sky: Sky, seconds: float, t0_s: float) -> SenseReport:
    """Record a slice and let the sense judge it."""
    tuning = Tuning(center_hz=CENTER_HZ, sample_rate_hz=RATE_HZ, sample_count=round(seconds * RATE_HZ))
    samples, clipped = from_raw(sky.receive(tuning, t0_s), "cu8")
    sense = RfSense.for_recording(OPTIONS, PLAN)
    sense.step(
        IqBlock(
            samples=samples,
            center_hz=CENTER_HZ,
            sample_rate_hz=RATE_HZ,
            sequence=0,
            t_ns=0,
            provenance=Provenance.SIMULATED,
            clipped_fraction=clipped,
        )
    )
    return sense.report()


def cameras(seeds: Iterable[int]) -> list[AnalogVideoEmission]:
    """Cameras of every kind: PAL and NTSC, FM of 2.5 to 6 MHz and AM, upright and inverted."""
    out = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        for system in ("PAL", "NTSC"):
            for modulation, deviation_hz in (("FM", 2.5e6), ("FM", 4e6), ("FM", 6e6), ("AM", 4e6)):
                out.append(
                    AnalogVideoEmission(
                        center_hz=CENTER_HZ,
                        power_dbfs=0,
                        pictures=moving_room(seed, 3),
                        system=system,
                        modulation=modulation,
                        deviation_hz=deviation_hz,
                        inverted=bool(rng.integers(0, 2)),
                        ppm=rng.uniform(-50, 50),
                    )
                )
    return out


def score_cameras(
    seeds: Iterable[int], snrs_db: Sequence[float], looks: int, seconds: float = 0.1
) -> dict[tuple[str, float], Tally]:
    """Return tallies by class (``PAL FM 4.0``) and in-slice SNR; slices fall anywhere in the emission."""
    out: dict[tuple[str, float], Tally] = {}
    sky = Sky((), DongleModel(noise_dbfs=NOISE_DBFS), seed=31)
    for camera in cameras(seeds):
        deviation = f" {camera.deviation_hz / 1e6:.1f}" if camera.modulation == "FM" else ""
        name = f"{camera.system} {camera.modulation}{deviation}"
        reach_hz = 1.5e6 if camera.modulation == "AM" else camera.deviation_hz / 2 + 0.5e6
        for number, offset_hz in enumerate(np.linspace(-reach_hz, reach_hz, looks)):
            level = np.mean(np.abs(camera.slice(0.2, 24000, CENTER_HZ + offset_hz, RATE_HZ)) ** 2)
            for snr_db in snrs_db:
                power_dbfs = NOISE_DBFS + snr_db - 10 * np.log10(level)
                sky.emissions = (camera.at(center_hz=CENTER_HZ - offset_hz, power_dbfs=power_dbfs),)
                alerts = listen(sky, seconds, 1.0 + number * 0.37 + snr_db / 100).alerts
                tally = out.setdefault((name, snr_db), Tally())
                tally.trials += 1
                tally.hits += len(alerts) == 1
                tally.wrong["standard"] += any(alert.standard != camera.system for alert in alerts)
                tally.wrong["modulation"] += any(alert.modulation != camera.modulation for alert in alerts)
    return out


def score_negatives(
    seeds: Iterable[int], powers_dbfs: Sequence[float], seconds: Sequence[float]
) -> tuple[dict[str, Tally], list[str]]:
    """Return alerts by scene, and a line for each alert."""
    out: dict[str, Tally] = {}
    lines = []
    sky = Sky((), DongleModel(noise_dbfs=NOISE_DBFS), seed=32)
    for seed in seeds:
        for power_dbfs in powers_dbfs:
            scenes: dict[str, tuple[Emission, ...]] = hard_negatives(seed, CENTER_HZ, power_dbfs)
            for name, emissions in scenes.items():
                sky.emissions = emissions
                for length_s in seconds:
                    alerts = listen(sky, length_s, seed + 0.31).alerts
                    if name in DIGITAL_LINKS:
                        alerts = tuple(alert for alert in alerts if alert.kind is AlertKind.ANALOG_VIDEO)
                    tally = out.setdefault(name, Tally())
                    tally.trials += 1
                    tally.hits += bool(alerts)
                    lines += [f"{name} seed {seed} {power_dbfs} dBFS {length_s} s: {a.confidence:.3f}" for a in alerts]
    return out, lines


def main() -> None:
    """Print the tables."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    tallies = score_cameras(range(600, 600 + draws), SNRS_DB, looks=9)
    print("Detected slices of 100 ms by in-slice SNR, 95 % interval:\n")
    print("| camera |", " | ".join(f"{snr:g} dB" for snr in SNRS_DB), "| wrong standard | wrong modulation |")
    print("|---" * (len(SNRS_DB) + 3) + "|")
    for name in dict.fromkeys(name for name, _ in tallies):
        row = [tallies[name, snr] for snr in SNRS_DB]
        wrong = [sum(tally.wrong[key] for tally in row) for key in ("standard", "modulation")]
        print(f"| {name} |", " | ".join(map(str, row)), f"| {wrong[0]} | {wrong[1]} |")
    print("\nThe same cameras in dwells of 40 ms:\n")
    for snr_db in (20.0, 0.0):
        short = score_cameras(range(600, 600 + draws), (snr_db,), looks=5, seconds=0.04).values()
        print(f"- {snr_db:g} dB: {Tally(sum(t.hits for t in short), sum(t.trials for t in short))}")
    negatives, lines = score_negatives(range(600, 600 + draws), (-36.0, -24.0, -10.0), (0.02, 0.04, 0.1))
    total = Tally(sum(t.hits for t in negatives.values()), sum(t.trials for t in negatives.values()))
    print(f"\nFalse alarms on {len(negatives)} kinds of hard negatives: {total}\n")
    print("\n".join(f"- {line}" for line in lines) or "- none")


if __name__ == "__main__":
    main()
