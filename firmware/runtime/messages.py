"""What a sensor process and its parent say to each other over their pipe."""

from dataclasses import dataclass
from enum import StrEnum

from detector.types import SenseReport

__all__ = [
    "FrameMessage",
    "ProductMessage",
    "ReportMessage",
    "SensorStatus",
    "StatusMessage",
    "StopCommand",
    "WantFramesCommand",
]


class SensorStatus(StrEnum):
    """How a sensor stands, as the page shows it."""

    STARTING = "starting"
    OK = "ok"
    OFFLINE = "offline"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """The child's own word on its devices; `detail` is a one-line device error.

    `offline`: it worked and was lost. `fault`: it could not be opened at all.
    """

    status: SensorStatus
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class ReportMessage:
    """A report, with the number of messages that the child has had to drop so far."""

    report: SenseReport
    dropped_messages: int


@dataclass(frozen=True, slots=True)
class FrameMessage:
    """The newest annotated frame as JPEG; lives in memory only."""

    jpeg: bytes
    sequence: int
    t_ns: int


@dataclass(frozen=True, slots=True)
class ProductMessage:
    """Something that a sense has made and the parent is to keep, sent again until it says that it did."""

    product: object


@dataclass(frozen=True, slots=True)
class StopCommand:
    """End cleanly: lights off, devices closed."""


@dataclass(frozen=True, slots=True)
class WantFramesCommand:
    """Somebody looks at the picture: encode frames until this monotonic time."""

    until_t_ns: int
