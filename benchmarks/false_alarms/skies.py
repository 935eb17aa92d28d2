"""The population of skies: what is on the air in `sim:city_flat`, drawn anew within each service.

A sky is drawn once a chapter (five minutes): which emitters are on, their frequencies, levels, fading, and for what a
household radiates by accident also the waveform: screens of real video modes with pictures and crystals of their own,
switching supplies of any rate. Broadcasts, masts and phones share a few long waveforms, which saves building them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from detector.rf.synth import (
    CarrierEmission,
    DabEmission,
    DmeEmission,
    Emission,
    FmBroadcastEmission,
    LoopEmission,
    LteDownlinkEmission,
    LteUplinkEmission,
    MonitorLeakEmission,
    OokRemoteEmission,
    PulsedEmission,
    SwitchingEmission,
    TdmaEmission,
)
from firmware.drivers.sim.rooms import room_named

__all__ = ["CHAPTER_S", "Faded", "SkyMaker", "service"]

CHAPTER_S = 300.0
"""How long a sky stays as it is, as in benchmarks/simulated_day.py."""

_ON, _SPREAD_DB = 0.85, 6.0
_CRYSTAL_HZ, _CRYSTAL_LINES = 28.8e6, 62
_SPAN_HZ = (30e6, 1.76e9)
_PATHS, _STEP_S = 8, 1e-3

VIDEO_MODES = (
    (31_469.0, 525),
    (31_250.0, 625),
    (33_750.0, 1125),
    (28_125.0, 1125),
    (37_879.0, 628),
    (45_000.0, 750),
    (37_500.0, 750),
    (48_363.0, 806),
    (56_250.0, 1125),
    (63_981.0, 1066),
    (67_500.0, 1125),
)
"""Line rate in Hz and lines a frame: VGA and 480p, 576p, 1080i, SVGA, 720p, XGA, 1080p50, SXGA, 1080p60."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Faded:
    """An emission that reaches the receiver over moving paths: Rician, sum of sinusoids (Clarke's model).

    Attributes
    ----------
    emission : Emission
    steady : float
        Power of the path that does not move over that of those which do (Rice's K).
    doppler_hz : float
        Largest shift; a person walking at 1 GHz is 5 Hz.
    seed : int
    """

    emission: Emission
    steady: float
    doppler_hz: float
    seed: int

    @property
    def center_hz(self) -> float:
        """Of the emission."""
        return self.emission.center_hz

    @property
    def bandwidth_hz(self) -> float:
        """Of the emission."""
        return self.emission.bandwidth_hz

    @property
    def power_dbfs(self) -> float:
        """Mean over the fading."""
        return self.emission.power_dbfs

    def slice(
        self, t0_s: float, sample_count: int, center_hz: float, sample_rate_hz: float
    ) -> npt.NDArray[np.complex64]:
        """Return what a receiver takes in; the fading is one for the whole slice (flat)."""
        wave = self.emission.slice(t0_s, sample_count, center_hz, sample_rate_hz)
        seconds = sample_count / sample_rate_hz
        times_s = np.linspace(0, seconds, max(2, int(seconds / _STEP_S) + 1))
        gain = self._gain(t0_s + times_s)
        at_s = np.arange(sample_count) / sample_rate_hz
        wave.real, wave.imag = _times(wave, np.interp(at_s, times_s, gain.real), np.interp(at_s, times_s, gain.imag))
        return wave

    def _gain(self, t_s: npt.NDArray[np.float64]) -> npt.NDArray[np.complex128]:
        rng = np.random.default_rng(self.seed)
        shifts_hz = self.doppler_hz * np.cos(2 * np.pi * rng.random(_PATHS))
        phases = rng.random(_PATHS)
        moving = np.exp(2j * np.pi * (np.outer(t_s, shifts_hz) + phases)).sum(axis=1) / np.sqrt(_PATHS)
        gain: npt.NDArray[np.complex128] = (np.sqrt(self.steady) + moving) / np.sqrt(1 + self.steady)
        return gain


def _times(
    wave: npt.NDArray[np.complex64], real: npt.NDArray[np.float64], imag: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    return wave.real * real - wave.imag * imag, wave.real * imag + wave.imag * real


def service(emission: Emission) -> str:
    """Return the kind of an emission, for strata: the name of its class without the word that all share."""
    inner = emission.emission if isinstance(emission, Faded) else emission
    return type(inner).__name__.removesuffix("Emission")


class SkyMaker:
    """Draws skies.

    Parameters
    ----------
    seed : int
        Of the waveforms that all its skies share.
    """

    def __init__(self, seed: int) -> None:
        room = room_named("city_flat")
        self.dongle = room.dongle
        self._emissions = room.ambient()
        self._shared = {type(emission): emission for emission in _reseeded(self._emissions, seed)}

    def draw(self, rng: np.random.Generator) -> tuple[Emission, ...]:
        """Return the emissions of one chapter."""
        drawn = []
        for emission in self._emissions:
            power_dbfs = emission.power_dbfs + rng.uniform(-_SPREAD_DB, _SPREAD_DB)
            spur = isinstance(emission, CarrierEmission) and emission.center_hz % _CRYSTAL_HZ == 0
            if not spur and rng.random() > _ON:
                continue
            placed = self._placed(emission, power_dbfs, rng, spur=spur)
            if spur:
                drawn.append(placed)
                continue
            steady = 10 ** rng.uniform(-1, 1.5)
            drawn.append(
                Faded(
                    emission=placed,
                    steady=steady,
                    doppler_hz=rng.uniform(0.2, 5.0),
                    seed=int(rng.integers(1 << 30)),
                )
            )
        return tuple(drawn)

    def _placed(self, emission: Emission, power_dbfs: float, rng: np.random.Generator, *, spur: bool) -> Emission:
        seed, anywhere_hz = int(rng.integers(1, 1 << 30)), float(rng.uniform(*_SPAN_HZ))
        if isinstance(emission, MonitorLeakEmission):
            line_hz, lines = VIDEO_MODES[int(rng.integers(len(VIDEO_MODES)))]
            line_hz *= 1 + rng.uniform(-50e-6, 50e-6)
            return MonitorLeakEmission(
                center_hz=anywhere_hz, power_dbfs=power_dbfs, seed=seed, line_hz=line_hz, lines=lines
            )
        if isinstance(emission, SwitchingEmission):
            return SwitchingEmission(
                center_hz=anywhere_hz,
                power_dbfs=power_dbfs,
                seed=seed,
                switching_hz=rng.uniform(40e3, 150e3),
                wander=10 ** rng.uniform(-4, -2),
            )
        if isinstance(emission, CarrierEmission):
            center_hz = _CRYSTAL_HZ * rng.integers(2, _CRYSTAL_LINES) if spur else anywhere_hz
            return CarrierEmission(center_hz=float(center_hz), power_dbfs=power_dbfs)
        center_hz = _place_hz(emission, rng)
        if isinstance(emission, OokRemoteEmission):
            code, unit_us = int(rng.integers(1, 1 << 24)), rng.uniform(250, 600)
            phase_s = rng.uniform(0, emission.period_s)
            return OokRemoteEmission(
                center_hz=center_hz,
                power_dbfs=power_dbfs,
                code=code,
                unit_us=unit_us,
                period_s=emission.period_s,
                phase_s=phase_s,
            )
        if isinstance(emission, PulsedEmission):
            pulse_s, gated = emission.pulse_s, emission.gated
            repetition_hz = rng.uniform(250, 3000) if gated else emission.repetition_hz
            return PulsedEmission(
                center_hz=center_hz,
                power_dbfs=power_dbfs,
                seed=seed,
                repetition_hz=repetition_hz,
                pulse_s=pulse_s,
                gated=gated,
            )
        shared = self._shared[type(emission)]
        assert isinstance(shared, LoopEmission)
        return shared.at(center_hz=center_hz, power_dbfs=power_dbfs)


_RASTER_HZ: dict[type, Callable[[float, np.random.Generator], float]] = {
    FmBroadcastEmission: lambda _, rng: 88.1e6 + 200e3 * rng.integers(0, 100),
    DabEmission: lambda hz, rng: hz + 6e6 * rng.integers(-1, 2),
    LteDownlinkEmission: lambda hz, rng: hz + 100e3 * rng.integers(-20, 21),
    LteUplinkEmission: lambda hz, rng: hz + 100e3 * rng.integers(-20, 21),
    TdmaEmission: lambda hz, rng: hz + 25e3 * rng.integers(-40, 41),
    DmeEmission: lambda _, rng: 962e6 + 1e6 * rng.integers(0, 252),
    OokRemoteEmission: lambda hz, rng: hz + rng.uniform(-50e3, 50e3),
}


def _place_hz(emission: Emission, rng: np.random.Generator) -> float:
    """Another place of the same service."""
    if isinstance(emission, PulsedEmission) and emission.gated:
        return float(rng.uniform(1.22e9, 1.36e9))
    move = _RASTER_HZ.get(type(emission))
    return emission.center_hz if move is None else float(move(emission.center_hz, rng))


def _reseeded(emissions: tuple[Emission, ...], seed: int) -> list[Emission]:
    """One of each class whose waveform is long, with a waveform of its own for this seed."""
    first: dict[type, Emission] = {}
    for emission in emissions:
        if isinstance(emission, LoopEmission):
            first.setdefault(type(emission), replace(emission, seed=vars(emission)["seed"] + 1000 * seed))
    return list(first.values())
