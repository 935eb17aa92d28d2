"""What the radio scorers share: receivers, a judged recording, hacktv's slices, hits with intervals."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from detector.rf.band_plan import shipped_band_plan
from detector.rf.convert import from_raw
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import AnalogVideoEmission, Sky, Tuning
from detector.types import IqBlock, Provenance, SenseReport
from firmware.drivers.sim.iq import SETTLE_NS

__all__ = [
    "CENTER_HZ",
    "NOISE_DBFS",
    "RATE_HZ",
    "FastReceiver",
    "HacktvSlice",
    "Tally",
    "hacktv_slices",
    "in_slice_power",
    "receive",
    "report_of",
    "wilson",
]

RATE_HZ, CENTER_HZ, NOISE_DBFS = 2.4e6, 1.2e9, -36.0
PLANS = {region: shipped_band_plan(region) for region in ("KR", "EU", "US")}


def receive(sky: Sky, seconds: float, t0_s: float) -> npt.NDArray[np.complex64]:
    """Record a slice through the dongle model."""
    tuning = Tuning(center_hz=CENTER_HZ, sample_rate_hz=RATE_HZ, sample_count=round(seconds * RATE_HZ))
    return from_raw(sky.receive(tuning, t0_s), "cu8")[0]


def report_of(
    samples: npt.NDArray[np.complex64],
    center_hz: float,
    rate_hz: float = RATE_HZ,
    *,
    region: str = "KR",
    clipped: float = 0.0,
    provenance: Provenance = Provenance.SIMULATED,
) -> SenseReport:
    """Let the whole sense judge one recording."""
    sense = RfSense.for_recording(RfOptions(region=region), PLANS[region])
    sense.step(
        IqBlock(
            samples=samples,
            center_hz=center_hz,
            sample_rate_hz=rate_hz,
            sequence=0,
            t_ns=0,
            provenance=provenance,
            clipped_fraction=clipped,
        )
    )
    return sense.report()


class FastReceiver:
    """Dwells one after the other, each after a retune; only the time of the samples passes."""

    def __init__(self, sky: Sky) -> None:
        self.sky, self.t_ns, self._sequence = sky, 0, 0

    def read(self, tuning: Tuning) -> IqBlock:
        self.t_ns += SETTLE_NS
        samples, clipped = from_raw(self.sky.receive(tuning, self.t_ns / 1e9), "cu8")
        block = IqBlock(
            samples=samples,
            center_hz=tuning.center_hz,
            sample_rate_hz=tuning.sample_rate_hz,
            sequence=self._sequence,
            t_ns=self.t_ns,
            provenance=Provenance.SIMULATED,
            clipped_fraction=clipped,
            gain_db=tuning.gain_db,
        )
        self._sequence += 1
        self.t_ns += round(block.duration_s * 1e9)
        return block


def in_slice_power(camera: AnalogVideoEmission, offset_hz: float) -> float:
    """Power of a camera of unit power in the slice `offset_hz` from its centre."""
    return float(np.mean(np.abs(camera.slice(0.3, 24_000, CENTER_HZ + offset_hz, RATE_HZ)) ** 2))


@dataclass(frozen=True)
class HacktvSlice:
    """One slice of a transmission made by benchmarks/hacktv_slices.py.

    Attributes
    ----------
    name, standard, modulation : str
    offset_hz : float
    iq : ndarray of int16, shape (2 n,)
    """

    name: str
    standard: str
    modulation: str
    offset_hz: float
    iq: npt.NDArray[np.int16]

    def noisy(self, snr_db: float, seconds: float, rng: np.random.Generator) -> npt.NDArray[np.complex64]:
        """A stretch at random in white noise of -26 dBFS, by in-slice SNR."""
        count = round(seconds * RATE_HZ)
        start = int(rng.integers(0, len(self.iq) // 2 - count + 1))
        wave = self.iq[2 * start : 2 * (start + count)].astype(np.float32).view(np.complex64)
        wave *= np.float32(10 ** (snr_db / 20) / np.sqrt(np.mean(np.abs(wave) ** 2)))
        noise = rng.standard_normal(2 * count, np.float32).view(np.complex64) * np.float32(np.sqrt(0.5))
        return (wave + noise) * np.float32(0.05)


def hacktv_slices(directory: Path, every: int = 1) -> Iterator[HacktvSlice]:
    """Read the slices of a directory, every so many of each transmission."""
    for number, path in enumerate(sorted(directory.glob("*.npz"))):
        with np.load(path) as held:
            iq, offsets_hz = held["iq"], held["offset_hz"]
            for place in range(number % every, len(offsets_hz), every):
                yield HacktvSlice(
                    name=path.stem,
                    standard=str(held["standard"]),
                    modulation=str(held["modulation"]),
                    offset_hz=float(offsets_hz[place]),
                    iq=iq[place].copy(),
                )


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Return the Wilson score interval, 95 %."""
    share = binomtest(hits, max(trials, 1)).proportion_ci(method="wilson")
    return float(share.low), float(share.high)


@dataclass
class Tally:
    """Hits of a number of trials, and what was told wrong among the hits."""

    hits: int = 0
    trials: int = 0
    wrong_standard: int = 0
    wrong_modulation: int = 0

    def __str__(self) -> str:
        low, high = wilson(self.hits, self.trials)
        digits = 3 if self.trials < 1000 else 4
        return f"{self.hits}/{self.trials} [{low:.{digits}f}, {high:.{digits}f}]"
