"""What may be asked of the radio sense while it runs; each is answered through the report."""

from dataclasses import dataclass

from detector.types import Baseline

__all__ = ["Compare", "Home", "Kept", "Leave", "RadioCommand", "Record", "StopHoming"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Stay on an emitter until `until_t_ns`; sent again for the same alert it only moves that time.

    `until_t_ns` is on the clock of the blocks (monotonic).
    """

    alert_id: str
    freq_hz: float
    bandwidth_hz: float
    until_t_ns: int


@dataclass(frozen=True, slots=True)
class StopHoming:
    """Go back to sweeping."""


@dataclass(frozen=True, slots=True)
class Record:
    """Record a baseline here, under this name."""

    place: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The recorded baseline is on the disk: it need not be held any longer."""


@dataclass(frozen=True, slots=True)
class Compare:
    """Compare with a baseline from now on."""

    baseline: Baseline


@dataclass(frozen=True, slots=True)
class Leave:
    """Stop recording or comparing; what was half done, or could not be kept, is forgotten."""


RadioCommand = Home | StopHoming | Record | Kept | Compare | Leave
