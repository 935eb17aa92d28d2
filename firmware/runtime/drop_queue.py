"""A bounded queue that drops its oldest item and counts the drop."""

import threading
from collections import deque
from typing import Generic, TypeVar

__all__ = ["DropOldestQueue"]

Item = TypeVar("Item")


class DropOldestQueue(Generic[Item]):
    """Hand items from one thread to another without ever making the sender wait.

    Parameters
    ----------
    length : int
        Items held at most; one more pushes out the oldest.
    """

    def __init__(self, length: int) -> None:
        self._items: deque[Item] = deque()
        self._length = length
        self._changed = threading.Condition()
        self._dropped = 0
        self._closed = False

    def put(self, item: Item) -> None:
        """Add an item, dropping the oldest when full; ignored once closed."""
        with self._changed:
            if self._closed:
                return
            if len(self._items) >= self._length:
                self._items.popleft()
                self._dropped += 1
            self._items.append(item)
            self._changed.notify()

    def get(self, timeout_s: float | None = None) -> Item | None:
        """Return the oldest item, or None when the time is up or the queue is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, timeout_s)
            return self._items.popleft() if self._items else None

    def close(self) -> None:
        """Take no more items and wake whoever waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def dropped(self) -> int:
        """Items dropped since the start."""
        return self._dropped
