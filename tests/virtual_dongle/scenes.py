"""Scenes of the tests and benchmarks: functions that return the transmitters by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detector.rf.band_plan import shipped_band_plan
from detector.rf.hop_plan import sweep_plan
from detector.rf.options import RfOptions
from detector.rf.sweep_options import SweepOptions
from detector.rf.synth import (
    AnalogVideoEmission,
    CarrierEmission,
    Emission,
    FmBroadcastEmission,
    LoopEmission,
    LteDownlinkEmission,
    NfmVoiceEmission,
    OokRemoteEmission,
    moving_room,
)
from detector.rf.synth.loop import SpectralLoop

__all__ = ["IqFileEmission", "city", "fine_options", "narrow", "narrow_city", "peers", "two_tones"]

_SPAN_HZ = (24e6, 1766e6)
_SEAMS_HZ = (0.0, 4e3, -9e3, 17e3, -40e3, 90e3, -250e3, 600e3)
_APART_HZ = 0.7e6
_SPUR_HZ, _SPUR_REACH_HZ = 28.8e6, 50e3


@dataclass(frozen=True, kw_only=True, eq=False)
class IqFileEmission(LoopEmission):
    """A recording on the air, over and over.

    Attributes
    ----------
    path : Path
        complex64 (``.cf32``) at `rate_hz`, which is a multiple of 200 Hz; at least 5 ms long.
    rate_hz : float
    """

    path: Path
    rate_hz: float

    @property
    def bandwidth_hz(self) -> float:
        """All of the recording."""
        return self.rate_hz

    def build(self) -> SpectralLoop:
        """Read it."""
        return SpectralLoop(np.fromfile(self.path, np.complex64), self.rate_hz)


def two_tones() -> Mapping[str, Emission]:
    """Return a loud carrier and, in an otherwise empty band, a weak one."""
    return {
        "loud": CarrierEmission(center_hz=100.05e6, power_dbfs=-8.0),
        "weak": CarrierEmission(center_hz=200.1e6, power_dbfs=-30.0),
    }


def peers(path: Path, rate_hz: float) -> Mapping[str, Emission]:
    """Return a remote, a recording at 434.5 MHz and a carrier: what other programs are asked to find."""
    return {
        "remote": OokRemoteEmission(center_hz=433.92e6, power_dbfs=-12.0, unit_us=464.0, period_s=1.0),
        "recording": IqFileEmission(center_hz=434.5e6, power_dbfs=-20.0, path=path, rate_hz=rate_hz),
        "carrier": CarrierEmission(center_hz=160.2e6, power_dbfs=-28.0),
    }


def city() -> Mapping[str, Emission]:
    """Return a busy place with one camera: broadcast, cellular, remotes, carriers, PAL at 1240 MHz."""
    station = FmBroadcastEmission(center_hz=91.9e6, power_dbfs=-14.0, seed=11)
    cell = LteDownlinkEmission(center_hz=763e6, power_dbfs=-18.0, seed=21)
    return {
        "camera": AnalogVideoEmission(center_hz=1240e6, power_dbfs=-20.0, pictures=moving_room(5, 2)),
        **{f"fm {mhz}": station.at(center_hz=mhz * 1e6, power_dbfs=-14.0 - mhz % 7) for mhz in (89.1, 91.9, 95.9, 103)},
        "lte 763": cell,
        "lte 879": cell.at(center_hz=879e6, power_dbfs=-22.0),
        "remote": OokRemoteEmission(center_hz=433.92e6, power_dbfs=-12.0, unit_us=464.0, period_s=2.0),
        **{f"carrier {mhz}": CarrierEmission(center_hz=mhz * 1e6, power_dbfs=-28.0) for mhz in (160.2, 402.7, 1561.3)},
    }


def narrow(seed: int, count: int = 16) -> Mapping[str, Emission]:
    """Return narrow transmitters: half of them carriers and half FM voice, at random frequencies and on seams.

    Eight more lie on seams of the gapless pass or up to 600 kHz beside one, where images are strongest.

    Parameters
    ----------
    seed : int
    count : int
        At random frequencies.
    """
    rng = np.random.default_rng(seed)
    plan = sweep_plan(shipped_band_plan("KR"), _SPAN_HZ, fine_options())
    seams_hz = (np.array(plan.fine_hz[1:]) + np.array(plan.fine_hz[:-1])) / 2
    taken = [(item.center_hz, item.bandwidth_hz / 2 + 3e6) for item in city().values()]
    made: dict[str, Emission] = {}
    voice = NfmVoiceEmission(center_hz=100e6, power_dbfs=-30.0, seed=seed)
    while len(made) < count + len(_SEAMS_HZ):
        on_seam = len(made) >= count
        beside_hz = _SEAMS_HZ[len(made) - count] if on_seam else 0.0
        center_hz = float(rng.choice(seams_hz)) + beside_hz if on_seam else float(rng.uniform(26e6, 1764e6))
        from_spur_hz = abs(center_hz - _SPUR_HZ * round(center_hz / _SPUR_HZ))
        if from_spur_hz < _SPUR_REACH_HZ or any(abs(center_hz - at) < space for at, space in taken):
            continue
        taken.append((center_hz, _APART_HZ))
        power_dbfs = float(rng.uniform(-40, -22))
        place = "seam" if on_seam else "free"
        name = f"{place} {center_hz / 1e6:.3f}"
        carrier = CarrierEmission(center_hz=center_hz, power_dbfs=power_dbfs)
        made[name] = carrier if len(made) % 2 else voice.at(center_hz=center_hz, power_dbfs=power_dbfs)
    return made


def fine_options() -> RfOptions:
    """Return the options of the gapless pass alone, at its own rate."""
    sweep = SweepOptions(passes="fine")
    return RfOptions(sweep=sweep, sample_rate_hz=sweep.fine_rate_hz)


def narrow_city(seed: int) -> Mapping[str, Emission]:
    """Return `city` with the transmitters of `narrow`."""
    return {**city(), **narrow(seed)}
