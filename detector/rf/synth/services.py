"""Services of the air that classifiers must tell apart: mobile devices, digital radio, aircraft, voice."""

from dataclasses import dataclass

import numpy as np

from detector.rf.synth.emissions import LoopEmission, lte_prefix
from detector.rf.synth.loop import SpectralLoop, resampled

__all__ = ["AdsbEmission", "DabEmission", "DmeEmission", "LteUplinkEmission", "NfmVoiceEmission"]


@dataclass(frozen=True, kw_only=True, eq=False)
class LteUplinkEmission(LoopEmission):
    """A device on an LTE FDD uplink: SC-FDMA after 3GPP TS 36.211 5.6, granted sub-frame by sub-frame.

    Attributes
    ----------
    seed : int
    channel_hz : float
        5, 10 or 20 MHz.
    blocks : int
        Resource blocks (180 kHz) of a grant; where they lie changes from grant to grant unless they fill the channel.
    granted : float
        Part of the sub-frames in which it may send.
    """

    seed: int
    channel_hz: float = 10e6
    blocks: int = 25
    granted: float = 0.6

    @property
    def bandwidth_hz(self) -> float:
        """Occupied width of the channel."""
        return 0.9 * self.channel_hz

    def build(self) -> SpectralLoop:
        """Make 40 sub-frames."""
        rng = np.random.default_rng(self.seed)
        size = {5e6: 512, 10e6: 1024, 20e6: 2048}[self.channel_hz]
        every = round(self.bandwidth_hz / 180e3)
        blocks = min(self.blocks, every)
        parts = []
        for _ in range(40):
            first = int(rng.integers(0, every - blocks + 1)) * 12 - every * 6
            sends = rng.random() < self.granted
            for symbol in range(14):
                prefix = lte_prefix(symbol, size)
                if not sends:
                    parts.append(np.zeros(size + prefix, np.complex128))
                    continue
                data = np.exp(0.5j * np.pi * (rng.integers(0, 4, 12 * blocks) + 0.5))
                if symbol % 7 == 3:  # demodulation reference: a constant-amplitude sequence in frequency
                    tones = np.exp(-1j * np.pi * int(rng.integers(1, 30)) * np.arange(12 * blocks) ** 2 / (12 * blocks))
                else:
                    tones = np.fft.fft(data) / np.sqrt(12 * blocks)
                bins = np.zeros(size, np.complex128)
                bins[(first + np.arange(12 * blocks)) % size] = tones
                # 7.5 kHz shift: no sub-carrier falls on the middle
                wave = np.fft.ifft(bins)
                ramp = np.exp(1j * np.pi * np.arange(-prefix, size) / size)
                parts.append(np.concatenate([wave[size - prefix :], wave]) * ramp)
        return SpectralLoop(np.concatenate(parts).astype(np.complex64), 15e3 * size)


@dataclass(frozen=True, kw_only=True, eq=False)
class DabEmission(LoopEmission):
    """DAB or T-DMB mode I (ETSI EN 300 401 14): 96 ms frames of a null symbol and 76 symbols of 1536 carriers."""

    seed: int

    @property
    def bandwidth_hz(self) -> float:
        """Occupied width."""
        return 1.536e6

    def build(self) -> SpectralLoop:
        """Make one frame at 2.048 MS/s."""
        rng = np.random.default_rng(self.seed)
        index = np.r_[-768:0, 1:769] % 2048
        parts = [np.zeros(2656, np.complex128)]
        for _ in range(76):
            bins = np.zeros(2048, np.complex128)
            bins[index] = np.exp(0.5j * np.pi * rng.integers(0, 4, 1536))
            wave = np.fft.ifft(bins)
            parts += [wave[2048 - 504 :], wave]
        return SpectralLoop(np.concatenate(parts).astype(np.complex64), 2.048e6)


@dataclass(frozen=True, kw_only=True, eq=False)
class DmeEmission(LoopEmission):
    """A distance-measuring beacon (ICAO Annex 10): bell-shaped pulse pairs 12 us apart, random times.

    Attributes
    ----------
    seed : int
    pairs_hz : float
        Pairs a second.
    """

    seed: int
    pairs_hz: float = 2700.0

    @property
    def bandwidth_hz(self) -> float:
        """Channel spacing."""
        return 1e6

    def build(self) -> SpectralLoop:
        """Make 120 ms at 4 MS/s."""
        rng = np.random.default_rng(self.seed)
        out = np.zeros(480_000, np.complex64)
        bell = np.exp(-4 * np.log(2) * ((np.arange(32) / 4e6 - 4e-6) / 3.5e-6) ** 2 * 0.5).astype(np.complex64)
        for start in rng.integers(0, len(out) - 128, round(0.12 * self.pairs_hz)):
            turn = np.complex64(np.exp(2j * np.pi * rng.random()))
            for lag in (0, 48):
                out[start + lag : start + lag + len(bell)] += turn * bell
        return SpectralLoop(out, 4e6)


@dataclass(frozen=True, kw_only=True, eq=False)
class AdsbEmission(LoopEmission):
    """Aircraft transponders (ICAO Annex 10 IV, Mode S): 8 us preamble and 112 bits of 1 us by pulse position.

    Attributes
    ----------
    seed : int
    messages_hz : float
        Messages a second of all aircraft.
    """

    seed: int
    messages_hz: float = 300.0

    @property
    def bandwidth_hz(self) -> float:
        """Main lobe and half of the next."""
        return 3e6

    def build(self) -> SpectralLoop:
        """Make 120 ms at 4 MS/s, aircraft between full power and 20 dB less."""
        rng = np.random.default_rng(self.seed)
        out = np.zeros(480_000, np.complex64)
        for start in rng.integers(0, len(out) - 480, max(3, round(0.12 * self.messages_hz))):
            halves = np.zeros(240)
            halves[[0, 2, 7, 9]] = 1
            halves[16 + 2 * np.arange(112) + rng.integers(0, 2, 112)] = 1
            level = 10 ** (-rng.uniform(0, 1)) * np.exp(2j * np.pi * rng.random())
            out[start : start + 480] += (np.repeat(halves, 2) * level).astype(np.complex64)
        return SpectralLoop(out, 4e6)


@dataclass(frozen=True, kw_only=True, eq=False)
class NfmVoiceEmission(LoopEmission):
    """Narrow FM voice: speech-band noise in syllables, 2.5 kHz deviation, 12.5 kHz channel."""

    seed: int

    @property
    def bandwidth_hz(self) -> float:
        """Channel spacing."""
        return 12.5e3

    def build(self) -> SpectralLoop:
        """Make one second at 48 kS/s."""
        rng = np.random.default_rng(self.seed)
        tones = np.zeros(2400, np.complex128)
        tones[300:2400] = rng.standard_normal(2100) + 1j * rng.standard_normal(2100)
        voice = resampled(tones_to_wave(tones), 48_000).real
        syllables = np.clip(np.sin(2 * np.pi * 4 * np.arange(48_000) / 48_000), 0.15, 1)
        voice = np.clip(voice / (2 * voice.std()), -1, 1) * syllables
        turns = np.cumsum(voice * 2.5e3 / 48e3)
        turns -= np.linspace(0, turns[-1] - np.round(turns[-1]), len(turns))
        return SpectralLoop(np.exp(2j * np.pi * (turns % 1.0)).astype(np.complex64), 48e3)


def tones_to_wave(tones: np.typing.NDArray[np.complex128]) -> np.typing.NDArray[np.complex128]:
    """Return one second of the tones given for 0, 1, 2 ... Hz, real, at twice as many samples."""
    return np.fft.irfft(np.r_[tones, 0]).astype(np.complex128)
