"""How many samples of an endless stream are still under way, from the arrival times of those that came."""

from collections import deque

__all__ = ["SampleClock"]

_WINDOW_S = 1.0
_KNOWN_AFTER_S = 0.3


class SampleClock:
    """Relates the place of a sample in the stream to the time when it was taken.

    A sample cannot arrive before it was taken, and some arrive soon after: of arrival time less place over rate, the
    least of the last second is the stream's origin, late by the least latency. Samples that the other side has lost
    make the origin seem too early for as long, which errs towards more under way. A link that gets slower and slower
    makes it seem too late; `StreamWatch.lost_in_stream` notices that.

    Parameters
    ----------
    rate_hz : float
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self._begun_s: float | None = None
        self._origins: deque[tuple[float, float]] = deque()  # rising in both: the first is the least of the window

    def note(self, t_s: float, received: int) -> None:
        """Note an arrival.

        Parameters
        ----------
        t_s : float
            Monotonic time.
        received : int
            Samples since the connection was made, those included.
        """
        self._begun_s = t_s if self._begun_s is None else self._begun_s
        origin_s = t_s - received / self.rate_hz
        while self._origins and self._origins[-1][1] >= origin_s:
            self._origins.pop()
        self._origins.append((t_s, origin_s))
        while self._origins[0][0] < t_s - _WINDOW_S:
            self._origins.popleft()

    def under_way(self, t_s: float, received: int) -> int | None:
        """Return how many samples were taken until `t_s` and have not arrived; None before that is known."""
        if self._begun_s is None or t_s - self._begun_s < _KNOWN_AFTER_S:
            return None
        return max(0, round((t_s - self._origins[0][1]) * self.rate_hz) - received)
