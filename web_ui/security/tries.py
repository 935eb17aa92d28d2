"""A limit on tries within a sliding window."""

import threading
import time
from collections import deque
from collections.abc import Callable

__all__ = ["TryLimit"]


class TryLimit:
    """Allows `limit` tries in any `window_s` seconds, by all callers together.

    Counting all phones together means that someone in reach can keep the owner from pairing, but can never guess
    faster by pretending to be many: 5 tries a minute at a million codes take 139 days on average to half of them.
    """

    def __init__(self, limit: int, window_s: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._window_s = window_s
        self._clock = clock
        self._lock = threading.Lock()
        self._times: deque[float] = deque()

    def take(self) -> float:
        """Use one try; return 0, or the seconds to wait when none is left (that try does not count)."""
        with self._lock:
            now = self._clock()
            while self._times and self._times[0] <= now - self._window_s:
                self._times.popleft()
            if len(self._times) >= self._limit:
                return self._times[0] + self._window_s - now
            self._times.append(now)
            return 0.0
