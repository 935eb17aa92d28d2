"""The wire between virtual dongles, the scene server and who controls it; ``scene.h`` holds the same layouts."""

import struct
from dataclasses import asdict, dataclass
from enum import IntEnum, IntFlag, StrEnum
from typing import Any

__all__ = ["REPLY", "REQUEST", "Fault", "Flag", "Operation", "Physics", "Request", "pack_reply"]

REQUEST = struct.Struct("=IIIIdddd")
REPLY = struct.Struct("=iIIIdd")


class Operation(IntEnum):
    """What is asked; `CONTROL` carries `count` bytes of JSON and comes from tests only."""

    COUNT = 1
    OPEN = 2
    ALIVE = 3
    SAMPLES = 4
    CLOSE = 5
    CONTROL = 6


class Flag(IntFlag):
    """How the dongle is set."""

    TUNER_AGC = 1
    DIGITAL_AGC = 2
    NO_TUNER = 4


class Fault(StrEnum):
    """What a dongle may do to its user."""

    NONE = "none"
    UNPLUG = "unplug"
    """Gone: reads and orders fail with ``amount`` (-1 or -4), opening fails with -3, none is counted."""
    STALL = "stall"
    """Reads never return; orders still work."""
    SHORT = "short"
    """Every transfer ends after the fraction ``amount`` of it, without an error."""
    LOSE = "lose"
    """The fraction ``amount`` of all samples is missing, in one gap in the middle of each piece."""
    GARBAGE = "garbage"
    """Random bytes instead of samples."""
    STUCK = "stuck"
    """One and the same byte instead of samples."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question of a dongle; see ``struct scene_request``."""

    operation: int
    count: int
    flags: int
    reserved: int
    start_s: float
    center_hz: float
    rate_hz: float
    gain_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Physics:
    """Times of the tuner: the caller waits `control_s`, then the old frequency is heard for `settle_s` more.

    The sum is the retune delay. Half and half is what rtl_power's own 5 ms of waiting after the call presumes.
    """

    control_s: float = 0.005
    settle_s: float = 0.005

    def document(self) -> dict[str, Any]:
        """Return the fields."""
        return asdict(self)


def pack_reply(status: int, payload: bytes = b"", *, lost: int = 0, physics: Physics | None = None) -> bytes:
    """Return an answer with its payload."""
    physics = physics or Physics()
    return REPLY.pack(status, len(payload), lost, 0, physics.control_s, physics.settle_s) + payload
