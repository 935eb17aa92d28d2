"""Messages of several processes in one queue; one that stops in the middle of a message holds nobody else up."""

import threading
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection

__all__ = ["Inbox", "Received"]


@dataclass(frozen=True, slots=True)
class Received:
    """A message, or None where the sender's pipe has ended."""

    sender: object
    message: object | None


class Inbox:
    """A bounded queue that is fed by one reading thread a pipe.

    A read from a pipe blocks until the whole message is there. A process that is frozen halfway through a large one
    blocks its own thread only; once the process is killed its pipe ends, and the thread with it. When the queue is full
    the threads wait, and so, behind their pipes, do the senders.

    Parameters
    ----------
    length : int
        Messages held at most.
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._changed = threading.Condition()
        self._items: deque[Received] = deque()
        self._senders: set[object] = set()
        self._closed = False

    def listen(self, sender: object, connection: Connection) -> threading.Thread:
        """Read a pipe until it ends or its sender is forgotten; return the thread that does."""
        with self._changed:
            self._senders.add(sender)
        thread = threading.Thread(target=self._read, args=(sender, connection), name="inbox", daemon=True)
        thread.start()
        return thread

    def next(self, timeout_s: float) -> Received | None:
        """Return the oldest message, or None when the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self._items, timeout_s)
            received = self._items.popleft() if self._items else None
            self._changed.notify_all()
            return received

    def forget(self, sender: object) -> None:
        """Drop what a sender said and will say."""
        with self._changed:
            self._senders.discard(sender)
            self._items = deque(item for item in self._items if item.sender is not sender)
            self._changed.notify_all()

    def close(self) -> None:
        """Drop everything from now on; pipes are still read, so that whoever writes into one can end."""
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()

    def _read(self, sender: object, connection: Connection) -> None:
        message: object | None = b""
        while message is not None and sender in self._senders:
            try:
                message = connection.recv()
            except Exception:  # its end, or bytes that are no message: either way nothing more can be read
                message = None
            self._put(Received(sender, message))

    def _put(self, received: Received) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: len(self._items) < self._length or self._closed or received.sender not in self._senders
            )
            if not self._closed and received.sender in self._senders:
                self._items.append(received)
                self._changed.notify_all()
