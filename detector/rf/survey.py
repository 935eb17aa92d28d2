"""Going through all hops several times, so that each has its looks spread over the walk."""

from collections import Counter, deque
from collections.abc import Sequence

__all__ = ["Survey"]

_TRIES = 3


class Survey:
    """Chooses the hops of a recording outside.

    Parameters
    ----------
    centers_hz : sequence of float
        All hops, in the order to visit them.
    looks : int
        Wanted at each hop.
    """

    def __init__(self, centers_hz: Sequence[float], looks: int) -> None:
        self._centers = tuple(centers_hz)
        self._looks = looks
        self._done: Counter[float] = Counter()
        self._asked: Counter[float] = Counter()
        self._queue: deque[float] = deque(center for _ in range(looks) for center in self._centers)

    def next_center_hz(self) -> float | None:
        """Return the next hop, None when no hop is left to ask for."""
        if not self._queue:
            # what was lost or overloaded comes round again, but not for ever
            self._queue.extend(
                center
                for center in self._centers
                if self._done[center] < self._looks and self._asked[center] < _TRIES * self._looks
            )
        if not self._queue:
            return None
        center = self._queue.popleft()
        self._asked[center] += 1
        return center

    def took(self, center_hz: float) -> None:
        """Note a good look."""
        self._done[center_hz] += 1

    @property
    def progress(self) -> float:
        """Part of the wanted looks that were taken, 0 to 1."""
        wanted = self._looks * len(self._centers)
        return sum(min(self._done[center], self._looks) for center in self._centers) / max(wanted, 1)

    @property
    def finished(self) -> bool:
        """Whether every hop has its looks or has been given up."""
        return all(
            self._done[center] >= self._looks or self._asked[center] >= _TRIES * self._looks for center in self._centers
        )
