"""What the radio scorers share: one receiver, hacktv's slices, hits with intervals."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from detector.rf.convert import from_raw
from detector.rf.synth import AnalogVideoEmission, Sky, Tuning

__all__ = [
    "CENTER_HZ",
    "NOISE_DBFS",
    "RATE_HZ",
    "HacktvSlice",
    "Tally",
    "hacktv_slices",
    "in_slice_power",
    "receive",
    "wilson",
]

RATE_HZ, CENTER_HZ, NOISE_DBFS = 2.4e6, 1.2e9, -36.0


def receive(sky: Sky, seconds: float, t0_s: float) -> npt.NDArray[np.complex64]:
    """Record a slice through the dongle model."""
    tuning = Tuning(center_hz=CENTER_HZ, sample_rate_hz=RATE_HZ, sample_count=round(seconds * RATE_HZ))
    return from_raw(sky.receive(tuning, t0_s), "cu8")[0]


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
    n, z = max(trials, 1), 1.96
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


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
