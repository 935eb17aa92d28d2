"""What transmits: cameras and the ambient signals of a room, sliced at any time and tuning."""

import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol, Self

import numpy as np
import numpy.typing as npt

from detector.rf.synth.loop import SpectralLoop, oscillator
from detector.rf.synth.pictures import Picture
from detector.rf.synth.video import NTSC, PAL, SAMPLE_RATE_HZ, composite

__all__ = [
    "AnalogVideoEmission",
    "CarrierEmission",
    "Emission",
    "FmBroadcastEmission",
    "LoopEmission",
    "LteDownlinkEmission",
    "OokRemoteEmission",
]

Complex64Array = npt.NDArray[np.complex64]


class Emission(Protocol):
    """Something on the air.

    Its power is the mean at the antenna input while it transmits, in dB relative to the converter's full scale at
    the dongle's reference gain (a full-scale tone is 0).
    """

    @property
    def center_hz(self) -> float:
        """Middle of what it occupies."""

    @property
    def bandwidth_hz(self) -> float:
        """Width that holds nearly all of its power."""

    @property
    def power_dbfs(self) -> float:
        """Mean power while it transmits."""

    def slice(self, t0_s: float, sample_count: int, center_hz: float, sample_rate_hz: float) -> Complex64Array:
        """Return what a receiver tuned to `center_hz` takes in from absolute time `t0_s` on."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LoopEmission:
    """An emission whose waveform repeats; the loop is made once, when it is first heard.

    Subclasses say how their loop is made (`build`) and how wide it is (`bandwidth_hz`).
    """

    center_hz: float
    power_dbfs: float

    @property
    def bandwidth_hz(self) -> float:
        """Width that holds nearly all of the power."""
        raise NotImplementedError

    def build(self) -> SpectralLoop:
        """Make the loop."""
        raise NotImplementedError

    @cached_property
    def loop(self) -> SpectralLoop:
        """The waveform, mean power 1."""
        return self.build()

    def at(self, *, center_hz: float | None = None, power_dbfs: float | None = None) -> Self:
        """Return a cheap copy elsewhere in frequency or power that shares the loop."""
        _ = self.loop
        twin = copy.copy(self)
        object.__setattr__(twin, "center_hz", self.center_hz if center_hz is None else center_hz)
        object.__setattr__(twin, "power_dbfs", self.power_dbfs if power_dbfs is None else power_dbfs)
        return twin

    def slice(self, t0_s: float, sample_count: int, center_hz: float, sample_rate_hz: float) -> Complex64Array:
        """Return what a receiver tuned to `center_hz` takes in; see `SpectralLoop.slice`."""
        offset_hz = center_hz - self.center_hz
        if abs(offset_hz) > (self.bandwidth_hz + sample_rate_hz) / 2:
            return np.zeros(sample_count, np.complex64)
        return self.loop.slice(t0_s, sample_count, offset_hz, sample_rate_hz) * np.float32(10 ** (self.power_dbfs / 20))


@dataclass(frozen=True, kw_only=True, eq=False)
class AnalogVideoEmission(LoopEmission):
    """A wireless camera's picture.

    Attributes
    ----------
    pictures : tuple of ndarray of float32, shape (rows, columns)
        One a frame; four PAL frames cost 22 MB.
    system : {"PAL", "NTSC"}
    modulation : {"FM", "AM"}
        FM carries frequency as luminance; AM is double-sideband with sync at full carrier.
    deviation_hz : float
        FM: shift from sync tip to peak white (2.5–6 MHz in cameras).
    inverted : bool
        Sync at the other end of the range.
    burst : bool
    ppm : float
        Clock error of the camera: its line rate is off by this much.
    """

    pictures: tuple[Picture, ...]
    system: Literal["PAL", "NTSC"] = "PAL"
    modulation: Literal["FM", "AM"] = "FM"
    deviation_hz: float = 4e6
    inverted: bool = False
    burst: bool = True
    ppm: float = 0.0

    @property
    def bandwidth_hz(self) -> float:
        """FM: deviation plus the stronger sidebands; AM: twice the video bandwidth."""
        return min(self.deviation_hz + 4e6, 13e6) if self.modulation == "FM" else 10e6

    def build(self) -> SpectralLoop:
        """Modulate whole frames; the carrier shifts by less than 10 Hz so that the loop closes in phase."""
        video = composite(self.pictures, PAL if self.system == "PAL" else NTSC, burst=self.burst, ppm=self.ppm)
        if self.inverted:
            video = 1 - video
        if self.modulation == "AM":
            return SpectralLoop((1 - 0.85 * video).astype(np.complex64), SAMPLE_RATE_HZ)
        turns = np.cumsum((video - 0.5) * (self.deviation_hz / SAMPLE_RATE_HZ), dtype=np.float64)
        turns -= np.linspace(0, turns[-1] - np.round(turns[-1]), len(turns))
        return SpectralLoop(np.exp(2j * np.pi * (turns % 1.0)).astype(np.complex64), SAMPLE_RATE_HZ)


def lte_prefix(symbol: int, size: int) -> int:
    """Return the samples of a normal cyclic prefix (3GPP TS 36.211 6.12), for an FFT of `size`."""
    return size * (160 if symbol % 7 == 0 else 144) // 2048


@dataclass(frozen=True, kw_only=True, eq=False)
class LteDownlinkEmission(LoopEmission):
    """An LTE FDD downlink of 5, 10 or 20 MHz, 3GPP TS 36.211 numerology, normal cyclic prefix, 20 ms loop.

    Cell reference tones in symbols 0 and 4 of each slot, sync block every 5 ms, and a load that changes from
    sub-frame to sub-frame; the payload is random QPSK.
    """

    seed: int
    channel_hz: float = 10e6
    load: float = 0.6

    @property
    def bandwidth_hz(self) -> float:
        """Occupied width: nine tenths of the channel."""
        return 0.9 * self.channel_hz

    def build(self) -> SpectralLoop:
        """Make 20 sub-frames."""
        rng = np.random.default_rng(self.seed)
        size = {5e6: 512, 10e6: 1024, 20e6: 2048}[self.channel_hz]
        carriers = round(self.bandwidth_hz / 15e3)
        index = np.r_[-carriers // 2 : 0, 1 : carriers // 2 + 1] % size
        parts = []
        for subframe in range(20):
            in_use = np.repeat(rng.random(carriers // 12) < rng.uniform(0.1, 2 * self.load), 12)
            for symbol in range(14):
                tones = _qpsk(rng, carriers) * in_use * (symbol > 1 or 0.7)
                if symbol in (0, 4, 7, 11):
                    tones[(symbol % 7 // 4 * 3) :: 6] = 1.4 * _qpsk(rng, len(tones[(symbol % 7 // 4 * 3) :: 6]))
                if subframe % 5 == 0 and symbol in (5, 6):
                    tones[carriers // 2 - 36 : carriers // 2 + 36] = _qpsk(rng, 72)
                bins = np.zeros(size, np.complex64)
                bins[index] = tones
                wave = np.fft.ifft(bins)
                prefix = lte_prefix(symbol, size)
                parts.append(np.concatenate([wave[-prefix:], wave]))
        return SpectralLoop(np.concatenate(parts).astype(np.complex64), 15e3 * size)


@dataclass(frozen=True, kw_only=True, eq=False)
class FmBroadcastEmission(LoopEmission):
    """A stereo FM station: programme of tones and noise, 19 kHz pilot, 38 kHz difference, 57 kHz RDS; 1 s loop."""

    seed: int

    @property
    def bandwidth_hz(self) -> float:
        """Carson's width of a fully modulated station."""
        return 256e3

    def build(self) -> SpectralLoop:
        """Make one second at 480 kS/s, 75 kHz deviation."""
        rng = np.random.default_rng(self.seed)
        rate_hz, count = 480e3, 480_000
        time_s = np.arange(count) / rate_hz
        left, right = _programme(rng, count, rate_hz), _programme(rng, count, rate_hz)
        rds = np.repeat(rng.choice([-1.0, 1.0], 1200), 400) * np.sin(2 * np.pi * 57e3 * time_s)
        mpx = 0.45 * (left + right) + 0.45 * (left - right) * np.sin(2 * np.pi * 38e3 * time_s)
        mpx += 0.09 * np.sin(2 * np.pi * 19e3 * time_s) + 0.05 * rds
        turns = np.cumsum(mpx * 75e3 / rate_hz)
        turns -= np.linspace(0, turns[-1] - np.round(turns[-1]), count)
        return SpectralLoop(np.exp(2j * np.pi * (turns % 1.0)).astype(np.complex64), rate_hz)


@dataclass(frozen=True, kw_only=True, eq=False)
class CarrierEmission:
    """An unmodulated carrier."""

    center_hz: float
    power_dbfs: float
    bandwidth_hz: float = 1.0

    def slice(self, t0_s: float, sample_count: int, center_hz: float, sample_rate_hz: float) -> Complex64Array:
        """Return the carrier; zeros where the channel filter would not pass it."""
        offset_hz = self.center_hz - center_hz
        if abs(offset_hz) > sample_rate_hz / 2:
            return np.zeros(sample_count, np.complex64)
        tone = oscillator(offset_hz / sample_rate_hz, sample_count, (offset_hz * t0_s) % 1.0)
        return tone * np.float32(10 ** (self.power_dbfs / 20))


@dataclass(frozen=True, kw_only=True, eq=False)
class OokRemoteEmission:
    """A doorbell or remote: on-off keyed pulse-width code (EV1527/PT2262 timing: 1:3 and 3:1, sync 1:31).

    Attributes
    ----------
    code : int
        24 bits, most significant first.
    unit_us : float
        Short pulse.
    period_s, phase_s : float
        A button press starts every `period_s`, first at `phase_s`.
    repeats : int
        Times the word is sent a press.
    """

    center_hz: float
    power_dbfs: float
    code: int = 0x5A3C91
    unit_us: float = 350.0
    period_s: float = 4.0
    phase_s: float = 0.5
    repeats: int = 6
    bandwidth_hz: float = field(default=50e3)

    @cached_property
    def _edges(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Times within a press (seconds) and the envelope there, with 10 us ramps."""
        times, levels, now_us = [0.0], [0.0], 20.0
        for _ in range(self.repeats):
            units = [(1, 31)] + [(3, 1) if self.code >> bit & 1 else (1, 3) for bit in range(23, -1, -1)]
            for high, low in units:
                stop_us = now_us + high * self.unit_us
                times += [now_us - 5, now_us + 5, stop_us - 5, stop_us + 5]
                levels += [0.0, 1.0, 1.0, 0.0]
                now_us = stop_us + low * self.unit_us
        return np.array(times) * 1e-6, np.array(levels)

    def slice(self, t0_s: float, sample_count: int, center_hz: float, sample_rate_hz: float) -> Complex64Array:
        """Return the keyed carrier; zeros between presses."""
        offset_hz = self.center_hz - center_hz
        out = np.zeros(sample_count, np.complex64)
        if abs(offset_hz) > sample_rate_hz / 2:
            return out
        times_s, levels = self._edges
        first = int(np.floor((t0_s - self.phase_s - times_s[-1]) / self.period_s))
        last = int(np.floor((t0_s + sample_count / sample_rate_hz - self.phase_s) / self.period_s))
        for press in range(max(first, 0), last + 1):
            start_s = self.phase_s + press * self.period_s - t0_s
            low = int(np.clip(np.ceil(start_s * sample_rate_hz), 0, sample_count))
            high = int(np.clip(np.ceil((start_s + times_s[-1]) * sample_rate_hz), 0, sample_count))
            if low < high:
                at_s = np.arange(low, high) / sample_rate_hz - start_s
                phase = (offset_hz * (t0_s + low / sample_rate_hz)) % 1.0
                tone = oscillator(offset_hz / sample_rate_hz, high - low, phase)
                out[low:high] = tone * np.interp(at_s, times_s, levels).astype(np.float32)
        return out * np.float32(10 ** (self.power_dbfs / 20))


def _qpsk(rng: np.random.Generator, count: int) -> Complex64Array:
    return ((rng.integers(0, 2, count) * 2 - 1) + 1j * (rng.integers(0, 2, count) * 2 - 1)).astype(np.complex64)


def _programme(rng: np.random.Generator, count: int, rate_hz: float) -> npt.NDArray[np.float64]:
    """Music-like noise below 15 kHz with a slow swell, peak 1."""
    spectrum = np.zeros(count // 2 + 1, np.complex128)
    top = int(15e3 / rate_hz * count)
    spectrum[30:top] = (rng.standard_normal(top - 30) + 1j * rng.standard_normal(top - 30)) / np.arange(30, top) ** 0.7
    wave = np.fft.irfft(spectrum, count) * (1 + 0.6 * np.sin(2 * np.pi * 3 * np.arange(count) / count))
    return wave / np.abs(wave).max()  # type: ignore[no-any-return]
