"""The stream of states that pages follow: numbered changes that can be resumed."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from web_ui.device import Event

__all__ = ["EventLog", "LogSubscription"]

_EVENTS_KEPT = 256


class EventLog:
    """Numbered changes of one document; any number of readers, none of which can hold up the writer.

    Ids start at the wall clock in milliseconds plus a random number (a Pi has no clock chip), so that a page that
    outlives a restart of the device never mistakes an old id for a new one.
    """

    def __init__(self) -> None:
        self._document: dict[str, Any] = {}
        self._changes: deque[Event] = deque(maxlen=_EVENTS_KEPT)
        self._newest_id = time.time_ns() // 1_000_000 + secrets.randbelow(1 << 40)
        self._changed = threading.Condition()
        self._closed = False

    def publish(self, document: Mapping[str, Any]) -> None:
        """Take the newest state; what differs at the top level becomes one change."""
        with self._changed:
            change = {key: value for key, value in document.items() if self._document.get(key) != value}
            if not change:
                return
            self._document = dict(document)
            self._newest_id += 1
            self._changes.append(Event(id=self._newest_id, kind="change", data=change))
            self._changed.notify_all()

    def document(self) -> Mapping[str, Any]:
        """Return the newest state."""
        with self._changed:
            return self._document

    def subscribe(self, last_event_id: int | None) -> "LogSubscription":
        """Follow the changes after an event, or from a full state where that event is no longer held."""
        return LogSubscription(self, last_event_id)

    def close(self) -> None:
        """Wake every reader for the last time."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def after(self, event_id: int | None, timeout_s: float) -> Event | None:
        """Return the event that follows `event_id`, waiting for it; None when the time is up or the log is closed."""
        with self._changed:
            if event_id is None or not self._holds(event_id):
                return Event(id=self._newest_id, kind="state", data=self._document)
            self._changed.wait_for(lambda: self._closed or self._newest_id > event_id, timeout_s)
            if self._closed or self._newest_id == event_id:
                return None
            if not self._holds(event_id):
                return Event(id=self._newest_id, kind="state", data=self._document)
            return self._changes[event_id - self._newest_id]

    def _holds(self, event_id: int) -> bool:
        """Whether all changes after this event are still there."""
        return self._newest_id - len(self._changes) <= event_id <= self._newest_id


class LogSubscription:
    """One reader's place in the log."""

    def __init__(self, log: EventLog, last_event_id: int | None) -> None:
        self._log = log
        self._position = last_event_id

    def get(self, timeout_s: float) -> Event | None:
        """Return the next event, or None when the time is up."""
        event = self._log.after(self._position, timeout_s)
        if event is not None:
            self._position = event.id
        return event

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to release: the log keeps no list of readers."""
