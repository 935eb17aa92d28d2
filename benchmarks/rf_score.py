"""Detection and false alarms of analog video: by class and in-slice SNR, with intervals; markdown on stdout.

    python -m benchmarks.rf_score DRAWS [--hacktv DIRECTORY] [--plot FILE.svg]

Every trial is one 2.4 MS/s slice and the whole sense, as a recording. In-slice SNR counts the power that falls into the
slice. Cameras of the project's own synth go through the dongle model (noise, DC, imbalance, eight bits);
`--hacktv` adds slices from benchmarks/hacktv_slices.py, an independent modulator with moving pictures, in white noise.
"Listed" is an alert or "worth a look"; what the live sweep would look at again. Intervals are Wilson's, 95 %.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.rf_sky import (
    CENTER_HZ,
    NOISE_DBFS,
    Tally,
    hacktv_slices,
    in_slice_power,
    receive,
    report_of,
    wilson,
)
from detector.rf.synth import AnalogVideoEmission, DongleModel, Sky, hard_negatives, moving_room
from detector.types import AlertKind, RadioAlert

POINTS = {0.02: (10.0, 0.0, -3.0), 0.1: (20.0, 10.0, 0.0, -6.0, -10.0), 0.4: (-10.0, -14.0)}
NEGATIVE_POWERS_DBFS, NEGATIVE_SECONDS = (-44.0, -36.0, -24.0, -10.0), (0.02, 0.04, 0.1)
BINS = (0.0, 0.05, 0.3, 0.5, 0.7, 0.9, 0.98, 1.0)


@dataclass
class Scores:
    """Everything that was counted.

    Attributes
    ----------
    found, listed : dict of (class, dwell in s, SNR in dB) to Tally
    false : dict of scene to Tally
    lines : list of str
        One for each false alarm.
    stated : list of (confidence, whether a camera was there)
    """

    found: dict[tuple[str, float, float], Tally] = field(default_factory=dict)
    listed: dict[tuple[str, float, float], Tally] = field(default_factory=dict)
    false: dict[str, Tally] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    stated: list[tuple[float, bool]] = field(default_factory=list)


def video(findings: Iterable[object]) -> list[RadioAlert]:
    """Those that say analog video."""
    return [a for a in findings if isinstance(a, RadioAlert) and a.kind is AlertKind.ANALOG_VIDEO]


def cameras(seeds: Iterable[int]) -> Iterator[tuple[str, AnalogVideoEmission]]:
    """Cameras of every kind: PAL and NTSC, FM of 2.5 to 6 MHz and AM, upright and inverted."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        for system in ("PAL", "NTSC"):
            for modulation, deviation_hz in (("FM", 2.5e6), ("FM", 4e6), ("FM", 6e6), ("AM", 4e6)):
                yield (
                    f"synth {system} {modulation}",
                    AnalogVideoEmission(
                        center_hz=CENTER_HZ,
                        power_dbfs=0,
                        pictures=moving_room(seed, 3),
                        system=system,
                        modulation=modulation,
                        deviation_hz=deviation_hz,
                        inverted=bool(rng.integers(0, 2)),
                        ppm=rng.uniform(-60, 60),
                    ),
                )


def trials_of_synth(
    seeds: Iterable[int], points: Sequence[tuple[float, float]], looks: int
) -> Iterator[tuple[str, str, str, float, float, npt.NDArray[np.complex64]]]:
    """Slices anywhere in the emission where it has 5 % of its power or more."""
    sky = Sky((), DongleModel(noise_dbfs=NOISE_DBFS), seed=31)
    for name, camera in cameras(seeds):
        reach_hz = 1.5e6 if camera.modulation == "AM" else camera.deviation_hz / 2 + 0.5e6
        for number, offset_hz in enumerate(np.linspace(-reach_hz, reach_hz, looks)):
            level = in_slice_power(camera, offset_hz)
            if level < 0.05:
                continue
            for seconds, snr_db in points:
                power_dbfs = NOISE_DBFS + snr_db - 10 * np.log10(level)
                sky.emissions = (camera.at(center_hz=CENTER_HZ - offset_hz, power_dbfs=power_dbfs),)
                samples = receive(sky, seconds, 1.0 + number * 0.37 + snr_db / 100)
                yield name, camera.system, camera.modulation, seconds, snr_db, samples


def trials_of_hacktv(
    directory: Path, points: Sequence[tuple[float, float]]
) -> Iterator[tuple[str, str, str, float, float, npt.NDArray[np.complex64]]]:
    """Every slice of every transmission."""
    rng = np.random.default_rng(99)
    for part in hacktv_slices(directory):
        system = "SECAM" if "secam" in part.name or "__l" in part.name else part.standard
        for seconds, snr_db in points:
            samples = part.noisy(snr_db, seconds, rng)
            yield f"hacktv {system} {part.modulation}", part.standard, part.modulation, seconds, snr_db, samples


def score_cameras(
    trials: Iterable[tuple[str, str, str, float, float, npt.NDArray[np.complex64]]], scores: Scores
) -> None:
    """Count what is found, and told wrong."""
    for name, standard, modulation, seconds, snr_db, samples in trials:
        report = report_of(samples, CENTER_HZ)
        alerts = video(report.alerts)
        found = scores.found.setdefault((name, seconds, snr_db), Tally())
        listed = scores.listed.setdefault((name, seconds, snr_db), Tally())
        found.trials += 1
        listed.trials += 1
        found.hits += len(alerts) == 1
        listed.hits += bool(alerts or video(report.inspect))
        found.wrong_standard += any(alert.standard != standard for alert in alerts)
        found.wrong_modulation += any(alert.modulation != modulation for alert in alerts)
        scores.stated += [(a.confidence, True) for a in (*alerts, *video(report.inspect))]


def score_negatives(
    seeds: Iterable[int], powers_dbfs: Sequence[float], seconds: Sequence[float], scores: Scores
) -> None:
    """Count alerts of any kind that stands for a camera on scenes that hold none."""
    sky = Sky((), DongleModel(noise_dbfs=NOISE_DBFS), seed=32)
    for seed in seeds:
        for power_dbfs in powers_dbfs:
            for name, emissions in hard_negatives(seed, CENTER_HZ, power_dbfs).items():
                sky.emissions = emissions
                for length_s in seconds:
                    report = report_of(receive(sky, length_s, seed % 50 + 0.31), CENTER_HZ)
                    alerts = video(report.alerts)
                    tally = scores.false.setdefault(name, Tally())
                    tally.trials += 1
                    tally.hits += bool(alerts)
                    scores.lines += [
                        f"{name} seed {seed} {power_dbfs} dBFS {length_s} s: {a.confidence:.3f}" for a in alerts
                    ]
                    scores.stated += [(a.confidence, False) for a in (*alerts, *video(report.inspect))]


def print_cameras(scores: Scores) -> None:
    """Tables by dwell."""
    for seconds in dict.fromkeys(key[1] for key in scores.found):
        levels = list(dict.fromkeys(key[2] for key in scores.found if key[1] == seconds))
        print(f"\nDwell {seconds * 1e3:g} ms: alerts by in-slice SNR (in brackets: listed)\n")
        print("| camera |", " | ".join(f"{level:g} dB" for level in levels), "| wrong standard | wrong modulation |")
        print("|---" * (len(levels) + 3) + "|")
        for name in dict.fromkeys(key[0] for key in scores.found):
            row = [scores.found[name, seconds, level] for level in levels if (name, seconds, level) in scores.found]
            listed = [scores.listed[name, seconds, level].hits for level in levels]
            cells = [f"{tally} ({hits})" for tally, hits in zip(row, listed, strict=True)]
            wrong = [sum(t.wrong_standard for t in row), sum(t.wrong_modulation for t in row)]
            print(f"| {name} |", " | ".join(cells), f"| {wrong[0]} | {wrong[1]} |")


def print_negatives(scores: Scores) -> None:
    """False alarms."""
    total = Tally(sum(t.hits for t in scores.false.values()), sum(t.trials for t in scores.false.values()))
    print(f"\nFalse alarms on {len(scores.false)} kinds of hard negatives: {total}\n")
    print("\n".join(f"- {line}" for line in scores.lines) or "- none")


def print_reliability(scores: Scores) -> None:
    """How often a stated confidence was right, cameras and negatives weighted evenly."""
    print("\n| stated | cases | mean stated | a camera was there |\n|---|---|---|---|")
    cameras_said = Counter(np.digitize([c for c, truth in scores.stated if truth], BINS).tolist())
    others_said = Counter(np.digitize([c for c, truth in scores.stated if not truth], BINS).tolist())
    for place in range(1, len(BINS)):
        hits, count = cameras_said[place], cameras_said[place] + others_said[place]
        if count:
            said = [c for c, _ in scores.stated if np.digitize(c, BINS) == place]
            low, high = wilson(hits, count)
            cells = f"{BINS[place - 1]:g}-{BINS[place]:g} | {count} | {np.mean(said):.3f}"
            print(f"| {cells} | {hits / count:.3f} [{low:.3f}, {high:.3f}] |")


def plot(scores: Scores, path: Path) -> None:
    """Pd against SNR by dwell, all classes together."""
    from matplotlib.figure import Figure  # only wanted here

    figure = Figure(figsize=(6, 3.5), layout="constrained")
    axes = figure.add_subplot(xlabel="in-slice SNR, dB", ylabel="alerts", ylim=(0, 1.02))
    for seconds in dict.fromkeys(key[1] for key in scores.found):
        levels = sorted({key[2] for key in scores.found if key[1] == seconds})
        sums = []
        for level in levels:
            tallies = [t for key, t in scores.found.items() if key[1:] == (seconds, level)]
            sums.append((sum(t.hits for t in tallies), sum(t.trials for t in tallies)))
        share = np.array([hits / trials for hits, trials in sums])
        bounds = np.array([wilson(*pair) for pair in sums])
        reach = np.clip(np.abs(bounds.T - share), 0, None)
        axes.errorbar(levels, share, reach, marker="o", capsize=3, label=f"{seconds * 1e3:g} ms")
    axes.grid(alpha=0.3)
    axes.legend(title="dwell")
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("draws", type=int)
    parser.add_argument("--hacktv", type=Path)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    points = [(seconds, level) for seconds, levels in POINTS.items() for level in levels]
    seeds, scores = range(700, 700 + arguments.draws), Scores()
    score_cameras(trials_of_synth(seeds, points, looks=7), scores)
    if arguments.hacktv:
        score_cameras(trials_of_hacktv(arguments.hacktv, points), scores)
    score_negatives(seeds, NEGATIVE_POWERS_DBFS, NEGATIVE_SECONDS, scores)
    print_cameras(scores)
    print_negatives(scores)
    print_reliability(scores)
    if arguments.plot:
        plot(scores, arguments.plot)


if __name__ == "__main__":
    main()
