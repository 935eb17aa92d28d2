"""Server-Sent Events: the format, a cap on open streams, and an end when the server stops."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from web_ui.device import Device, Event

__all__ = ["StreamOptions", "Streams", "format_event"]

_POLL_S = 0.25  # how late a stream may notice that the server stops


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """Settings of the event streams.

    Attributes
    ----------
    limit : int
        Open streams at most; each holds a thread of the server.
    heartbeat_s : float
        A comment is sent after this long without an event. The page calls the device lost after 3 s of silence.
    life_s : float
        A stream ends after this long and the page resumes: expired sessions end, nothing stays open for ever.
    """

    limit: int = 12
    heartbeat_s: float = 1.0
    life_s: float = 600.0


class Streams:
    """All open event streams of one server."""

    def __init__(self, options: StreamOptions) -> None:
        self.options = options
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._open = 0

    @property
    def open_count(self) -> int:
        """Streams open now."""
        return self._open

    def close(self) -> None:
        """Make all streams end within a fraction of a second, and refuse new ones."""
        self._stopping.set()

    def acquire(self) -> bool:
        """Take a place; False when none is free."""
        with self._lock:
            if self._open >= self.options.limit or self._stopping.is_set():
                return False
            self._open += 1
            return True

    def release(self) -> None:
        """Give a place back."""
        with self._lock:
            self._open -= 1

    def lines(self, device: Device, last_event_id: int | None) -> Iterator[bytes]:
        """Yield the bytes of one stream until its life or the server ends."""
        end = time.monotonic() + self.options.life_s
        yield b"retry: 1000\n\n"
        last_sent = time.monotonic()
        with device.subscribe(last_event_id) as subscription:
            while not self._stopping.is_set() and time.monotonic() < end:
                event = subscription.get(min(_POLL_S, self.options.heartbeat_s))
                if event is not None:
                    yield format_event(event)
                elif time.monotonic() - last_sent >= self.options.heartbeat_s:
                    yield b": beat\n\n"
                else:
                    continue
                last_sent = time.monotonic()


def format_event(event: Event) -> bytes:
    """Return an event as Server-Sent Events write it; JSON without line breaks fits one ``data:`` line."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, event.kind.encode(), msgspec.json.encode(event.data))
