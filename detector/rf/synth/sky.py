"""Everything on the air at one place, and the dongle that listens to it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from detector.rf.resampler import decimation_taps
from detector.rf.synth.dongle import DongleModel
from detector.rf.synth.emissions import Emission
from detector.types import Tuning

__all__ = ["FreshNoise", "Noise", "NoiseBank", "Sky"]

_LEAST_RESAMPLED_HZ = 2e6


class Noise(Protocol):
    """White complex Gaussian noise of power 1."""

    def draw(self, count: int, *key: int) -> npt.NDArray[np.complex64]:
        """Return `count` samples, the same for the same `key`."""


class NoiseBank:
    """White complex Gaussian noise of power 1, drawn once and read at random offsets.

    Cheap, and enough to show what a dwell looks like; its dwells are not independent: a million samples hold four of
    100 ms. Where tails are counted, use `FreshNoise`.

    Parameters
    ----------
    seed : int
    size : int
        Samples kept (8 bytes each).
    """

    def __init__(self, seed: int, size: int = 1 << 20) -> None:
        rng = np.random.default_rng(seed)
        self._bank = (rng.standard_normal(2 * size, np.float32) * np.float32(np.sqrt(0.5))).view(np.complex64)
        self._seed = seed

    def draw(self, count: int, *key: int) -> npt.NDArray[np.complex64]:
        """Return `count` samples, the same for the same `key`."""
        rng = np.random.default_rng([self._seed, *(abs(part) for part in key)])
        out = np.empty(count, np.complex64)
        size = len(self._bank)
        done = 0
        while done < count:
            start = int(rng.integers(0, size - 1))
            taken = min(size - start, count - done)
            turn = np.complex64(np.exp(2j * np.pi * rng.random()))
            np.multiply(self._bank[start : start + taken], turn, out=out[done : done + taken])
            done += taken
        return out


class FreshNoise:
    """White complex Gaussian noise of power 1, drawn anew for each dwell (ten times the cost of `NoiseBank`).

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def draw(self, count: int, *key: int) -> npt.NDArray[np.complex64]:
        """Return `count` samples, the same for the same `key`."""
        bits = np.random.SFC64(np.random.SeedSequence([self._seed, *(abs(part) for part in key)]))
        out = np.random.Generator(bits).standard_normal(2 * count, np.float32)
        out *= np.float32(np.sqrt(0.5))
        return out.view(np.complex64)


class Sky:
    """Emissions seen through a dongle; pure: the same question gets the same answer.

    Parameters
    ----------
    emissions : sequence of Emission
    dongle : DongleModel
    seed : int
        Of the receiver's noise.
    noise : Noise, optional
        Instead of a `NoiseBank` of that seed.
    """

    def __init__(
        self,
        emissions: Sequence[Emission],
        dongle: DongleModel | None = None,
        seed: int = 0,
        noise: Noise | None = None,
    ) -> None:
        self.emissions = tuple(emissions)
        self.dongle = dongle or DongleModel()
        self._noise: Noise = noise or NoiseBank(seed)

    def receive(self, tuning: Tuning, t0_s: float) -> npt.NDArray[np.uint8]:
        """Return the raw samples of a dwell that starts at absolute time `t0_s`.

        Returns
        -------
        ndarray of uint8, shape (2 * tuning.sample_count,)
            Interleaved I and Q as a dongle delivers them (``cu8``).

        Raises
        ------
        ValueError
            The sample rate is not a multiple of 200 Hz.
        """
        return self.dongle.digitise(self.field(tuning, t0_s))

    def field(self, tuning: Tuning, t0_s: float) -> npt.NDArray[np.complex64]:
        """Return the amplified signal and noise before the converter, complex64, magnitude 1 at full scale."""
        if self.dongle.resampler and tuning.sample_rate_hz >= _LEAST_RESAMPLED_HZ:
            return self._resampled(tuning, t0_s)
        return self._ideal(tuning, t0_s)

    def _resampled(self, tuning: Tuning, t0_s: float) -> npt.NDArray[np.complex64]:
        """The field at twice the rate, through the chip's filter, every other sample: what lies beyond folds back."""
        taps = decimation_taps(tuning.sample_rate_hz / self.dongle.resampler_width)
        rate_hz = 2 * tuning.sample_rate_hz
        wide = replace(tuning, sample_rate_hz=rate_hz, sample_count=2 * tuning.sample_count + len(taps) - 1)
        field = self._ideal(wide, t0_s - (len(taps) // 2) / rate_hz)
        total = np.zeros(tuning.sample_count, np.complex64)
        for place, tap in enumerate(taps):
            total += tap * field[place : place + 2 * tuning.sample_count : 2]
        return total

    def _ideal(self, tuning: Tuning, t0_s: float) -> npt.NDArray[np.complex64]:
        """The field within half a rate of the tuned frequency, as if by a perfect filter."""
        count, rate_hz = tuning.sample_count, tuning.sample_rate_hz
        center_hz = self.dongle.tuned_hz(tuning.center_hz)
        total = self._noise.draw(count, round(t0_s * 1e9), round(tuning.center_hz))
        total *= np.float32(self.dongle.noise_amplitude(rate_hz))
        for emission in self.emissions:
            if abs(emission.center_hz - center_hz) <= (emission.bandwidth_hz + rate_hz) / 2:
                total += emission.slice(t0_s, count, center_hz, rate_hz)
        total *= np.float32(self.dongle.gain(tuning.gain_db))
        return total
