"""Scenes of the tests and benchmarks: functions that return the transmitters by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detector.rf.synth import (
    AnalogVideoEmission,
    CarrierEmission,
    Emission,
    FmBroadcastEmission,
    LoopEmission,
    LteDownlinkEmission,
    OokRemoteEmission,
    moving_room,
)
from detector.rf.synth.loop import SpectralLoop

__all__ = ["IqFileEmission", "city", "peers", "two_tones"]


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
