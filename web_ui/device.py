"""What the page needs of the device: a few calls, injected by the firmware."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

__all__ = ["Device", "Event", "JpegFrame", "Mark", "Refusal", "Subscription"]

Mark = Literal["false_alarm", "none"]


class Refusal(Exception):  # noqa: N818 (not an error of the device: its answer)
    """The device will not do what was asked.

    Attributes
    ----------
    code : str
        Words under ``error.<code>``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to tell the page.

    Attributes
    ----------
    id : int
        Increases from event to event. Ids of one run must never appear in another (start from a clock, say):
        a page that outlived a restart resumes with the last id it saw, and must then get a full state.
    kind : {'state', 'change'}
        ``state`` is the whole nunchi.state/1 document, ``change`` only the top-level keys that changed.
    data : mapping
        JSON-ready.
    """

    id: int
    kind: Literal["state", "change"]
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JpegFrame:
    """The newest annotated camera frame.

    Attributes
    ----------
    jpeg : bytes
    sequence : int
        Of the camera frame; the same number means the same picture.
    age_s : float
        Seconds since its exposure.
    """

    jpeg: bytes
    sequence: int
    age_s: float


class Subscription(Protocol):
    """A bounded queue of events for one page; a context manager that unsubscribes on exit.

    A reader that falls behind must not hold up the device: drop its backlog and queue a full state instead.
    """

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Unsubscribe."""

    def get(self, timeout_s: float) -> Event | None:
        """Return the next event, or None when there was none for `timeout_s`."""


class Device(Protocol):
    """The device as the page knows it. Every method may be called from many threads at once and returns quickly."""

    def snapshot(self) -> Mapping[str, object]:
        """Return the nunchi.state/1 document, JSON-ready (see ``docs/page.md``)."""

    def subscribe(self, last_event_id: int | None) -> Subscription:
        """Return a subscription.

        Parameters
        ----------
        last_event_id : int or None
            The last event the page saw; what followed comes next. None, or an id that is unknown or too old:
            the first event is a full ``state``.
        """

    def newest_frame(self) -> JpegFrame | None:
        """Return the newest picture, None when there is none; asking is what keeps the device encoding."""

    def mark_alert(self, alert_id: str, mark: Mark) -> None:
        """Mark an alert as a false alarm, or take the mark back.

        Raises
        ------
        KeyError
            No such alert.
        """

    def home(self, alert_id: str, *, renew: bool) -> None:
        """Stay on the transmitter of an alert for some seconds more; the page asks again while it shows the level.

        Parameters
        ----------
        alert_id : str
        renew : bool
            Only go on with what is under way: a page that comes late must not start anew what was stopped.

        Raises
        ------
        KeyError
            No such alert.
        Refusal
            ``not_radio``, ``not_homing``, ``sensor_down``.
        """

    def stop_homing(self) -> None:
        """Go back to sweeping; harmless when nothing is held."""

    def record_baseline(self, place: str) -> None:
        """Record the air here under a name.

        Raises
        ------
        Refusal
            ``bad_place``, ``baseline_full``, ``sensor_down``.
        """

    def compare_baseline(self, baseline_id: str) -> None:
        """Compare the air here with a baseline.

        Raises
        ------
        KeyError
            No such baseline.
        Refusal
            ``baseline_provenance``, ``sensor_down``.
        """

    def leave_baseline(self) -> None:
        """Stop recording or comparing; harmless when neither is under way."""

    def delete_baseline(self, baseline_id: str) -> None:
        """Delete a baseline.

        Raises
        ------
        KeyError
            No such baseline.
        Refusal
            ``not_written``.
        """
