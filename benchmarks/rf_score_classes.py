"""What the radio sense names and alerts for, apart from analog video; markdown on stdout.

    python -m benchmarks.rf_score_classes [draws] [DIRECTORY of .cf32 from gnuradio_dvbt.py]

Every trial is one dwell of 100 ms on one 2.4 MS/s slice through the dongle model and the whole sense. In-slice SNR
counts the power that falls into the slice, averaged over the dwell. Intervals are Wilson's, 95 %. With 8 draws it takes
three minutes on one core.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.rf_sky import NOISE_DBFS, RATE_HZ, Tally, report_of
from detector.rf.convert import from_raw
from detector.rf.synth import (
    DIGITAL_LINKS,
    AdsbEmission,
    CarrierEmission,
    DabEmission,
    DmeEmission,
    DongleModel,
    DvbtEmission,
    Emission,
    FmBroadcastEmission,
    KeyedEmission,
    LteDownlinkEmission,
    LteUplinkEmission,
    NfmVoiceEmission,
    Sky,
    TdmaEmission,
    Tuning,
    hard_negatives,
)
from detector.types import SenseReport

SECONDS, FIRST_SEED = 0.1, 8100
SNRS_DB = (20.0, 3.0, 0.0, -6.0)
LINKS_2_TO_8 = ("COFDM link 2-3 MHz", "COFDM link 4-5 MHz", "COFDM link 6-8 MHz")
GUARDS = (1 / 4, 1 / 8, 1 / 16, 1 / 32)


@dataclass(frozen=True)
class Subject:
    """A class of transmitter: how to draw one, what it must be called, where it is."""

    make: Callable[[np.random.Generator], Emission]
    wanted: str
    region: str = "KR"
    reach_hz: float = 0.5e6


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(1, 1 << 30))


def _cofdm(low_hz: float, high_hz: float, widths_hz: tuple[float, ...]) -> Callable[[np.random.Generator], Emission]:
    def make(rng: np.random.Generator) -> Emission:
        return DvbtEmission(
            center_hz=rng.uniform(low_hz, high_hz),
            power_dbfs=0,
            seed=_seed(rng),
            channel_hz=float(rng.choice(widths_hz)),
            size=2048 if rng.random() < 0.5 else 8192,
            guard=float(rng.choice(GUARDS)),
        )

    return make


SUBJECTS = {
    "COFDM link 1.25-1.7 MHz": Subject(_cofdm(300e6, 450e6, (1.25e6, 1.5e6, 1.7e6)), "digital_video", reach_hz=0.3e6),
    "COFDM link 2-3 MHz": Subject(_cofdm(300e6, 450e6, (2e6, 2.5e6, 3e6)), "digital_video"),
    "COFDM link 4-5 MHz": Subject(_cofdm(1.0e9, 1.6e9, (4e6, 5e6)), "digital_video", reach_hz=1.5e6),
    "COFDM link 6-8 MHz": Subject(_cofdm(1.0e9, 1.6e9, (6e6, 7e6, 8e6)), "digital_video", reach_hz=2.5e6),
    "LTE uplink": Subject(
        lambda rng: LteUplinkEmission(
            center_hz=834e6,
            power_dbfs=0,
            seed=_seed(rng),
            blocks=int(rng.choice((6, 12, 25, 50))),
            granted=rng.uniform(0.3, 1.0),
        ),
        "cellular_uplink",
    ),
    "LTE downlink": Subject(
        lambda rng: LteDownlinkEmission(center_hz=879e6, power_dbfs=0, seed=_seed(rng), load=rng.uniform(0.05, 0.95)),
        "cellular_downlink",
        reach_hz=3e6,
    ),
    "DVB-T broadcast": Subject(_cofdm(500e6, 680e6, (8e6,)), "broadcast_tv", "EU", 2.5e6),
    "DAB": Subject(lambda rng: DabEmission(center_hz=205e6, power_dbfs=0, seed=_seed(rng)), "broadcast_dab"),
    "FM radio": Subject(
        lambda rng: FmBroadcastEmission(center_hz=97.7e6, power_dbfs=0, seed=_seed(rng)), "broadcast_fm"
    ),
    "DME": Subject(
        lambda rng: DmeEmission(center_hz=975e6, power_dbfs=0, seed=_seed(rng), pairs_hz=rng.uniform(800, 3600)),
        "pulsed",
    ),
    "ADS-B": Subject(
        lambda rng: AdsbEmission(center_hz=1090e6, power_dbfs=0, seed=_seed(rng), messages_hz=rng.uniform(60, 600)),
        "pulsed",
    ),
    "OOK remote": Subject(
        lambda rng: KeyedEmission(center_hz=433.9e6, power_dbfs=0, seed=_seed(rng), symbol_hz=rng.uniform(800, 5000)),
        "ook_fsk",
    ),
    "FM voice": Subject(
        lambda rng: NfmVoiceEmission(center_hz=385.4e6, power_dbfs=0, seed=_seed(rng)), "narrowband", reach_hz=0.7e6
    ),
    "TETRA slots": Subject(
        lambda rng: TdmaEmission(
            center_hz=392.4e6,
            power_dbfs=0,
            seed=_seed(rng),
            symbol_hz=18e3,
            slot_s=0.014167,
            slots=4,
            slots_in_use=int(rng.integers(1, 5)),
        ),
        "narrowband",
        reach_hz=0.7e6,
    ),
    "carrier": Subject(lambda rng: CarrierEmission(center_hz=1.3003e9, power_dbfs=0), "carrier"),
}


def heard(raw: np.ndarray, center_hz: float, region: str, rate_hz: float = RATE_HZ) -> SenseReport:
    """Let the whole sense judge the bytes of a dongle."""
    samples, clipped = from_raw(raw, "cu8")
    return report_of(samples, center_hz, rate_hz, region=region, clipped=clipped)


def called(report: SenseReport) -> str:
    """Return the one name that a reader takes away: the alert, else the strongest signal, else nothing."""
    if report.alerts:
        return str(max(report.alerts, key=lambda alert: alert.confidence).kind)
    return str(report.signals[0].kind) if report.signals else "nothing"


class Score:
    """Tallies, confusions and stated confidences of a run."""

    def __init__(self) -> None:
        self.tallies: dict[tuple[str, float], Tally] = {}
        self.confusion: dict[str, Counter[str]] = {}
        self.stated: list[tuple[float, bool]] = []

    def take(self, name: str, wanted: str, snr_db: float, report: SenseReport) -> None:
        """Count one trial."""
        said = called(report)
        tally = self.tallies.setdefault((name, snr_db), Tally())
        tally.trials += 1
        tally.hits += said == wanted
        if snr_db >= 0:
            self.confusion.setdefault(name, Counter())[said] += 1
        self.stated += [(a.confidence, str(a.kind) == wanted) for a in (*report.alerts, *report.inspect)]


def score_subjects(draws: int, score: Score, names: Sequence[str], snrs_db: Sequence[float]) -> None:
    """Draw every subject anew, put it anywhere in the slice, at every SNR."""
    sky = Sky((), DongleModel(noise_dbfs=NOISE_DBFS), seed=41)
    count = round(SECONDS * RATE_HZ)
    for order, name in enumerate(names):
        subject = SUBJECTS[name]
        for draw in range(draws):
            rng = np.random.default_rng([FIRST_SEED, len(names), order, draw])
            emission = subject.make(rng)
            center_hz = round(emission.center_hz + rng.uniform(-1, 1) * subject.reach_hz, -2)
            t0_s = 0.2 + draw * 0.37
            wave = emission.slice(t0_s, count, center_hz, RATE_HZ)
            level = float(np.mean(np.abs(wave) ** 2))
            tuning = Tuning(center_hz=center_hz, sample_rate_hz=RATE_HZ, sample_count=count)
            noise = sky.field(tuning, t0_s)
            for snr_db in snrs_db:
                scale = np.float32(10 ** ((NOISE_DBFS + snr_db) / 20) / np.sqrt(level + 1e-30))
                report = heard(sky.dongle.digitise(noise + scale * wave), center_hz, subject.region)
                score.take(name, subject.wanted, snr_db, report)


def score_negatives(draws: int, score: Score) -> list[str]:
    """Return a line for each alert that hard negatives raise; digital links among them are left out."""
    lines = []
    sky = Sky((), DongleModel(noise_dbfs=NOISE_DBFS), seed=42)
    for seed in range(FIRST_SEED, FIRST_SEED + max(1, draws // 4)):
        for power_dbfs in (-36.0, -24.0, -10.0):
            for name, emissions in hard_negatives(seed, 1.2e9, power_dbfs).items():
                if name in DIGITAL_LINKS:
                    continue
                sky.emissions = emissions
                for seconds in (0.02, SECONDS):
                    tuning = Tuning(center_hz=1.2e9, sample_rate_hz=RATE_HZ, sample_count=round(seconds * RATE_HZ))
                    report = heard(sky.receive(tuning, seed % 7 + 0.31), 1.2e9, "KR")
                    tally = score.tallies.setdefault(("negatives", seconds), Tally())
                    tally.trials += 1
                    tally.hits += bool(report.alerts)
                    score.stated += [(alert.confidence, False) for alert in (*report.alerts, *report.inspect)]
                    lines += [f"{name} seed {seed} {power_dbfs} dBFS {seconds} s: {a.kind}" for a in report.alerts]
    return lines


def score_gnuradio(folder: Path) -> dict[tuple[str, float], Tally]:
    """Score GNU Radio's DVB-T: replayed at 16/7 MS/s a link of 2 MHz, at 64/7 MS/s cut into slices one of 8 MHz."""
    out: dict[tuple[str, float], Tally] = {}
    rng = np.random.default_rng(FIRST_SEED)
    dongle = DongleModel(noise_dbfs=NOISE_DBFS)
    for path in sorted(folder.glob("*.cf32")):
        wave = np.fromfile(path, np.complex64)
        wave /= np.sqrt(np.mean(np.abs(wave) ** 2))
        for width_hz in (2e6, 8e6):
            rate_hz = width_hz * 8 / 7
            count = round(SECONDS * rate_hz)
            for snr_db in SNRS_DB:
                tally = out.setdefault((f"{path.stem} at {width_hz / 1e6:g} MHz", snr_db), Tally())
                for start in range(0, min(len(wave) - count, 6 * count), count):
                    noise = rng.standard_normal(2 * count, np.float32).view(np.complex64) * np.float32(np.sqrt(0.5))
                    mixed = noise + np.float32(10 ** (snr_db / 20)) * wave[start : start + count]
                    raw = dongle.digitise(mixed * np.float32(0.02 if snr_db > 10 else 0.05))
                    tally.trials += 1
                    tally.hits += called(heard(raw, 830e6, "EU", rate_hz)) == "digital_video"
    return out


def print_rows(tallies: dict[tuple[str, float], Tally]) -> None:
    """Print tallies by name and SNR."""
    print("| class |", " | ".join(f"{snr:g} dB" for snr in SNRS_DB), "|")
    print("|---" * (len(SNRS_DB) + 1) + "|")
    for name in dict.fromkeys(name for name, _ in tallies):
        print(f"| {name} |", " | ".join(str(tallies[name, snr]) for snr in SNRS_DB), "|")


def print_confusion(confusion: dict[str, Counter[str]]) -> None:
    """Print what each class was called at 0 dB and above."""
    names = sorted({said for row in confusion.values() for said in row})
    print("| sent |", " | ".join(names), "|")
    print("|---" * (len(names) + 1) + "|")
    for name, row in confusion.items():
        print(f"| {name} |", " | ".join(str(row[said] or "") for said in names), "|")


def print_reliability(stated: list[tuple[float, bool]]) -> None:
    """Print stated confidence against how often it was right."""
    print("| stated | mean | right |\n|---|---|---|")
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.97), (0.97, 1.0)):
        part = [(confidence, right) for confidence, right in stated if low <= confidence < high]
        if part:
            tally = Tally(sum(right for _, right in part), len(part))
            print(f"| {low:g}-{high:g} | {np.mean([confidence for confidence, _ in part]):.3f} | {tally} |")


def main() -> None:
    """Print the tables."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    score = Score()
    score_subjects(draws, score, list(SUBJECTS), SNRS_DB)
    print(f"Called by its name, 100 ms, by in-slice SNR, seeds {FIRST_SEED} and up, 95 % interval:\n")
    print_rows(score.tallies)
    print("\nWhat it was called at 0 dB and above:\n")
    print_confusion(score.confusion)
    required = Score()
    score_subjects(5 * draws, required, LINKS_2_TO_8, (0.0,))
    score_subjects(8 * draws, required, ["LTE uplink"], (3.0,))
    print("\nWhere the requirement is stated, more draws:\n")
    for (name, snr_db), tally in required.tallies.items():
        print(f"- {name} at {snr_db:g} dB: {tally}")
    negatives = Score()
    lines = score_negatives(draws, negatives)
    print("\nAlerts on hard negatives (digital links among them left out):\n")
    for (_, seconds), tally in negatives.tallies.items():
        print(f"- dwells of {seconds * 1e3:g} ms: {tally}")
    print("\n".join(f"- {line}" for line in lines) or "- none")
    print("\nStated confidence of alerts and of what is worth a look, all of the above:\n")
    print_reliability(score.stated + required.stated + negatives.stated)
    if len(sys.argv) > 2:
        print("\nGNU Radio's DVB-T, an independent modulator, outside any television band:\n")
        print_rows(score_gnuradio(Path(sys.argv[2])))


if __name__ == "__main__":
    main()
