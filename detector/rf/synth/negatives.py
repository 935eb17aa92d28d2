"""Signals that a line-rate test must not take for video: periodic, keyed, pulsed, hopping, or merely wide.

`hard_negatives` lists them with parameters drawn from a seed, deliberately near 15 625 and 15 734 Hz where the real
thing can be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from detector.rf.synth.emissions import (
    CarrierEmission,
    Emission,
    FmBroadcastEmission,
    LoopEmission,
    LteDownlinkEmission,
    OokRemoteEmission,
)
from detector.rf.synth.loop import SpectralLoop, resampled
from detector.rf.synth.pictures import room

__all__ = [
    "DIGITAL_LINKS",
    "DvbtEmission",
    "HoppingEmission",
    "KeyedEmission",
    "MonitorLeakEmission",
    "PulsedEmission",
    "SwitchingEmission",
    "TdmaEmission",
    "hard_negatives",
]

Complex64Array = npt.NDArray[np.complex64]

DIGITAL_LINKS = frozenset({"dvbt_8", "dvbt_2"})
"""Scenes of `hard_negatives` that are digital links."""


@dataclass(frozen=True, kw_only=True, eq=False)
class KeyedEmission(LoopEmission):
    """A continuous stream of random symbols.

    Attributes
    ----------
    seed : int
    scheme : {"ook", "manchester", "fsk", "dqpsk", "pwm"}
        ``pwm`` is a bare rectangular switching of the carrier, one pulse a symbol.
    symbol_hz : float
    duty : float
        Of ``pwm``.
    duration_s : float
        Of the loop.
    """

    seed: int
    scheme: Literal["ook", "manchester", "fsk", "dqpsk", "pwm"] = "ook"
    symbol_hz: float = 15625.0
    duty: float = 0.2
    duration_s: float = 0.2

    @property
    def bandwidth_hz(self) -> float:
        """All that the loop's rate holds."""
        return 1.2e6

    def build(self) -> SpectralLoop:
        """Key a carrier at 2 MS/s with edges softened to 1 us."""
        rng = np.random.default_rng(self.seed)
        rate_hz, count = 2e6, round(self.duration_s * 2e6)
        symbols = round(count / rate_hz * self.symbol_hz)
        place = np.arange(count) * (symbols / count)
        index, part = place.astype(np.intp), place % 1.0
        bits = rng.integers(0, 2, symbols)[index]
        if self.scheme == "ook":
            level = bits.astype(np.float64)
        elif self.scheme == "manchester":
            level = np.where(part < 0.5, bits, 1 - bits).astype(np.float64)
        elif self.scheme == "pwm":
            level = (part < self.duty).astype(np.float64)
        elif self.scheme == "fsk":
            turns = np.cumsum(_soften(2.0 * bits - 1) * (2 * self.symbol_hz / rate_hz))
            turns -= np.linspace(0, turns[-1] - np.round(turns[-1]), count)
            return SpectralLoop(np.exp(2j * np.pi * (turns % 1.0)).astype(np.complex64), rate_hz)
        else:
            steps = np.cumsum(rng.choice([-3, -1, 1, 3], symbols))
            points = np.exp(0.25j * np.pi * (steps - np.linspace(0, steps[-1] % 8, symbols)))
            return SpectralLoop(resampled(points, count).astype(np.complex64), rate_hz)
        return SpectralLoop((0.02 + _soften(level)).astype(np.complex64), rate_hz)


@dataclass(frozen=True, kw_only=True, eq=False)
class TdmaEmission(LoopEmission):
    """Gaussian minimum-shift keying in time slots (GSM numerology: 270.833 kBd, slots of 577 us, frames of 4.6 ms)."""

    seed: int
    slots_in_use: int = 3
    symbol_hz: float = 270_833.3
    slot_s: float = 0.0005769
    slots: int = 8

    @property
    def bandwidth_hz(self) -> float:
        """Channel spacing plus the skirts of the power ramps."""
        return 400e3

    def build(self) -> SpectralLoop:
        """Make 26 frames at 1.2 MS/s."""
        rng = np.random.default_rng(self.seed)
        rate_hz = 1.2e6
        count = round(26 * self.slots * self.slot_s * rate_hz)
        time_s = np.arange(count) / rate_hz
        bits = rng.choice([-1.0, 1.0], int(time_s[-1] * self.symbol_hz) + 2)[(time_s * self.symbol_hz).astype(np.intp)]
        turns = np.cumsum(np.convolve(bits, np.hanning(9) / np.hanning(9).sum(), "same") * self.symbol_hz / 4 / rate_hz)
        slot = (time_s / self.slot_s).astype(np.intp) % self.slots
        used = rng.permutation(self.slots)[: self.slots_in_use]
        within_s = time_s % self.slot_s
        gate = np.isin(slot, used) & (within_s > 15e-6) & (within_s < self.slot_s - 15e-6)
        ramp = np.convolve(gate, np.hanning(13) / np.hanning(13).sum(), "same")
        return SpectralLoop((ramp * np.exp(2j * np.pi * (turns % 1.0))).astype(np.complex64), rate_hz)


@dataclass(frozen=True, kw_only=True, eq=False)
class PulsedEmission(LoopEmission):
    """Radar or transponder pulses: `pulse_s` long, `repetition_hz` with `jitter` of an interval, seen in sweeps."""

    seed: int
    repetition_hz: float = 1500.0
    pulse_s: float = 2e-6
    jitter: float = 0.0
    gated: bool = False

    @property
    def bandwidth_hz(self) -> float:
        """Main and first side lobes."""
        return min(4e6, 4 / self.pulse_s)

    def build(self) -> SpectralLoop:
        """Make 120 ms at 4 MS/s."""
        rng = np.random.default_rng(self.seed)
        rate_hz, duration_s = 4e6, 0.12
        pulses = round(duration_s * self.repetition_hz)
        start_s = (np.arange(pulses) + 0.5 + self.jitter * rng.uniform(-0.5, 0.5, pulses)) / self.repetition_hz
        out = np.zeros(round(duration_s * rate_hz), np.complex64)
        length = max(1, round(self.pulse_s * rate_hz))
        for number, start in enumerate(np.round(start_s * rate_hz).astype(int)):
            beam = np.exp(-(((number / pulses - 0.5) / 0.15) ** 2)) if self.gated else 1.0
            out[start : start + length] = beam * np.exp(2j * np.pi * rng.random())
        return SpectralLoop(out, rate_hz)


@dataclass(frozen=True, kw_only=True, eq=False)
class SwitchingEmission(LoopEmission):
    """Hash of a switched-mode supply: damped ringing at every switching edge, swelling at 100 Hz.

    Attributes
    ----------
    switching_hz : float
    wander : float
        Slow relative change of the switching frequency over the loop (0 for a crystal-locked one).
    """

    seed: int
    switching_hz: float = 65e3
    wander: float = 0.002

    @property
    def bandwidth_hz(self) -> float:
        """A dongle's view of hash that goes on and on."""
        return 5e6

    def build(self) -> SpectralLoop:
        """Make 100 ms at 5 MS/s."""
        rng = np.random.default_rng(self.seed)
        rate_hz, duration_s = 5e6, 0.1
        time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
        turns = self.switching_hz * (time_s + self.wander * duration_s / (2 * np.pi) * np.cos(2 * np.pi * 10 * time_s))
        turns *= np.round(turns[-1] + self.switching_hz / rate_hz - turns[0]) / (turns[-1] - turns[0])
        edges = np.zeros(len(time_s), np.complex64)
        at = np.flatnonzero(np.diff(np.floor(turns)) > 0)
        edges[at] = np.exp(2j * np.pi * rng.uniform(0, 0.1, len(at)))
        off = np.minimum(at + round(rate_hz / self.switching_hz * rng.uniform(0.2, 0.45)), len(edges) - 1)
        edges[off] -= 0.7
        ring_s = np.arange(60) / rate_hz
        ring = np.exp(-ring_s / 2e-6) * np.exp(2j * np.pi * rng.uniform(-1e6, 1e6) * ring_s)
        swell = 1 + 0.6 * np.abs(np.sin(2 * np.pi * 50 * time_s))
        return SpectralLoop((np.convolve(edges, ring)[: len(edges)] * swell).astype(np.complex64), rate_hz)


@dataclass(frozen=True, kw_only=True, eq=False)
class DvbtEmission(LoopEmission):
    """COFDM after ETSI EN 300 744, 2k or 8k, with boosted pilots; payload random QPSK; channels of 1.25 to 8 MHz.

    Television inside a television band; anywhere else, and at other widths, what digital camera links send.
    """

    seed: int
    channel_hz: float = 8e6
    size: Literal[2048, 8192] = 2048
    guard: float = 1 / 32

    @property
    def bandwidth_hz(self) -> float:
        """Occupied width."""
        return 0.951 * self.channel_hz

    def build(self) -> SpectralLoop:
        """Make some 60 ms at 5/4 of the channel width."""
        rng = np.random.default_rng(self.seed)
        elementary_hz = self.channel_hz * 8 / 7
        carriers = 1705 * self.size // 2048
        index = (np.arange(carriers) - carriers // 2) % self.size
        prefix = round(self.size * self.guard)
        symbols = max(8, int(0.06 * elementary_hz / (self.size + prefix)) // 4 * 4)
        parts = []
        for number in range(symbols):
            tones = np.exp(0.5j * np.pi * (rng.integers(0, 4, carriers) + 0.5))
            tones[3 * (number % 4) :: 12] = 4 / 3 * rng.choice([-1, 1], len(tones[3 * (number % 4) :: 12]))
            bins = np.zeros(self.size, np.complex128)
            bins[index] = tones
            wave = np.fft.ifft(bins)
            parts += [wave[len(wave) - prefix :], wave]
        wave = np.concatenate(parts)
        rate_hz = 200 * np.ceil(1.25 * self.channel_hz / 200)
        count = round(len(wave) * rate_hz / elementary_hz)
        return SpectralLoop(resampled(wave, count).astype(np.complex64), rate_hz)


@dataclass(frozen=True, kw_only=True, eq=False)
class HoppingEmission(LoopEmission):
    """A narrow frequency-hopping link: a new frequency every `hop_s` within `span_hz`, keyed off between hops."""

    seed: int
    hop_s: float = 0.000625
    span_hz: float = 8e6
    on: float = 0.6

    @property
    def bandwidth_hz(self) -> float:
        """The hopping range and a channel."""
        return self.span_hz + 1e6

    def build(self) -> SpectralLoop:
        """Make at least 96 hops and 70 ms at 10 MS/s."""
        rng = np.random.default_rng(self.seed)
        rate_hz, length = 10e6, round(self.hop_s * 10e6)
        count = max(96, int(np.ceil(0.07 / self.hop_s)))
        hop = rng.uniform(-0.5, 0.5, count) * self.span_hz
        frequency = (
            np.repeat(hop, length)
            + np.repeat(rng.choice([-1.0, 1.0], count * length // 10 + 1), 10)[: count * length] * 160e3
        )
        gate = np.tile(np.arange(length) < self.on * length, count)
        turns = np.cumsum(frequency / rate_hz)
        return SpectralLoop((gate * np.exp(2j * np.pi * (turns % 1.0))).astype(np.complex64), rate_hz)


@dataclass(frozen=True, kw_only=True, eq=False)
class MonitorLeakEmission(LoopEmission):
    """A progressive computer raster leaking from a cable; amplitude follows the edges of the picture."""

    seed: int
    line_hz: float = 31_469.0
    lines: int = 525

    @property
    def bandwidth_hz(self) -> float:
        """All that the loop's rate holds."""
        return 6e6

    def build(self) -> SpectralLoop:
        """Make four frames at 8 MS/s."""
        rate_hz = 8e6
        picture = np.abs(np.diff(room(self.seed, rows=int(self.lines * 0.91), columns=400), axis=1))
        raster = np.zeros((self.lines, 500), np.float32)
        raster[: len(picture), : picture.shape[1]] = 0.1 + picture
        count = round(4 * self.lines / self.line_hz * rate_hz)
        place = np.arange(count) * (4 * self.lines / count)
        wave = raster[place.astype(np.intp) % self.lines, (place % 1.0 * 500).astype(np.intp)]
        return SpectralLoop(wave.astype(np.complex64), rate_hz)


def _soften(level: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    return np.convolve(level, [0.25, 0.5, 0.25], "same").astype(np.float64)


def hard_negatives(seed: int, center_hz: float, power_dbfs: float) -> dict[str, tuple[Emission, ...]]:
    """Return one scene a name, none of which is an analog camera, with its parameters drawn from `seed`.

    Those named in `DIGITAL_LINKS` are what a digital camera sends unless a television band explains them.

    Parameters
    ----------
    seed : int
    center_hz : float
        Middle of the slice that looks at them; the emitters sit up to 0.7 MHz off.
    power_dbfs : float
        Of each emission.
    """
    rng = np.random.default_rng(seed)

    def make(kind: Callable[..., Emission], **settings: object) -> Emission:
        if kind not in (CarrierEmission, OokRemoteEmission):
            settings["seed"] = int(rng.integers(1, 1 << 30))
        return kind(center_hz=center_hz + rng.uniform(-0.7e6, 0.7e6), power_dbfs=power_dbfs, **settings)

    scenes: dict[str, Emission] = {
        "ook_15625": make(KeyedEmission, scheme="ook", symbol_hz=15625),
        "ook_15734": make(KeyedEmission, scheme="ook", symbol_hz=15734),
        "ook_31250": make(KeyedEmission, scheme="ook", symbol_hz=31250),
        "ook_3k9": make(KeyedEmission, scheme="ook", symbol_hz=3906.25),
        "manchester_15625": make(KeyedEmission, scheme="manchester", symbol_hz=15625),
        "manchester_7812": make(KeyedEmission, scheme="manchester", symbol_hz=7812.5),
        "fsk_15625": make(KeyedEmission, scheme="fsk", symbol_hz=15625),
        "fsk_38400": make(KeyedEmission, scheme="fsk", symbol_hz=38400),
        "dqpsk_18k": make(KeyedEmission, scheme="dqpsk", symbol_hz=18000),
        "dqpsk_15625": make(KeyedEmission, scheme="dqpsk", symbol_hz=15625),
        "pwm_15625": make(KeyedEmission, scheme="pwm", duty=rng.uniform(0.05, 0.4)),
        "pwm_15734": make(KeyedEmission, scheme="pwm", symbol_hz=15734.264, duty=rng.uniform(0.05, 0.4)),
        "pwm_7812": make(KeyedEmission, scheme="pwm", symbol_hz=7812.5, duty=0.13),
        "pwm_31250": make(KeyedEmission, scheme="pwm", symbol_hz=31250, duty=0.13),
        "pwm_near": make(KeyedEmission, scheme="pwm", symbol_hz=rng.uniform(15.5e3, 15.8e3), duty=0.1),
        "tdma_gsm": make(TdmaEmission, slots_in_use=int(rng.integers(1, 8))),
        "tdma_tetra": make(TdmaEmission, symbol_hz=36e3, slot_s=0.014167, slots=4, slots_in_use=2),
        "tdma_dect": make(TdmaEmission, symbol_hz=380e3, slot_s=0.0004167, slots=24, slots_in_use=2),
        "radar_1k5": make(PulsedEmission, repetition_hz=rng.uniform(300, 3000)),
        "radar_gated": make(PulsedEmission, repetition_hz=1562.5, gated=True),
        "radar_15625": make(PulsedEmission, repetition_hz=15625, pulse_s=3e-6),
        "dme": make(PulsedEmission, repetition_hz=2700, pulse_s=3.5e-6, jitter=0.8),
        "smps_65k": make(SwitchingEmission, switching_hz=rng.uniform(40e3, 130e3)),
        "smps_15k6": make(SwitchingEmission, switching_hz=15625, wander=3e-5),
        "smps_locked": make(SwitchingEmission, switching_hz=31250, wander=0),
        "monitor_vga": make(MonitorLeakEmission),
        "monitor_svga": make(MonitorLeakEmission, line_hz=37_879.0, lines=628),
        "dvbt_8": make(DvbtEmission),
        "dvbt_2": make(DvbtEmission, channel_hz=2e6),
        "lte_10": make(LteDownlinkEmission, load=rng.uniform(0.05, 0.9)),
        "lte_20": make(LteDownlinkEmission, channel_hz=20e6, load=rng.uniform(0.05, 0.9)),
        "fm_broadcast": make(FmBroadcastEmission),
        "hopping": make(HoppingEmission),
        "hopping_64us": make(HoppingEmission, hop_s=64e-6, on=0.8),
        "remote": make(OokRemoteEmission, code=int(rng.integers(1, 1 << 24)), period_s=0.3, phase_s=0.0),
        "carrier": make(CarrierEmission),
    }
    out: dict[str, tuple[Emission, ...]] = {name: (emission,) for name, emission in scenes.items()}
    out["noise"] = ()
    out["two_fm"] = (make(FmBroadcastEmission), make(FmBroadcastEmission))
    out["carrier_and_pwm"] = (*out["carrier"], *out["pwm_near"])
    out["remote_and_lte"] = (*out["remote"], *out["lte_10"])
    return out
