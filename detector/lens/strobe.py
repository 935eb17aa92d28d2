"""Frames of on-axis, off-axis, no and dimmed light, brought together whatever order they come in."""

from collections import deque
from dataclasses import dataclass

from detector.lens.working import WorkingFrame
from detector.types import LedState

__all__ = ["StrobeGrouper", "StrobeSet"]

_REMEMBERED = 8  # frames per state; sets never reach further back


@dataclass(frozen=True, slots=True)
class StrobeSet:
    """One on-axis frame with the others nearest to it in time; `dark` and `dim` may be missing.

    `dim` is under the on-axis ring at a small share of its light; see `detector.lens.bracket`.
    """

    on: WorkingFrame
    off: WorkingFrame
    dark: WorkingFrame | None
    dim: WorkingFrame | None = None


class StrobeGrouper:
    """Forms one set per on-axis frame, as soon as no later frame could fit it better.

    Parameters
    ----------
    span_ns : int
        Frames of a set begin within this of its on-axis frame.

    Attributes
    ----------
    late : int
        Frames that came out of order and were dropped.
    incomplete : int
        On-axis frames for which no off-axis frame came.
    """

    def __init__(self, span_ns: int) -> None:
        self._span_ns = span_ns
        self._seen: dict[LedState, deque[WorkingFrame]] = {s: deque(maxlen=_REMEMBERED) for s in LedState}
        self._pending: WorkingFrame | None = None
        self._newest_ns: int | None = None
        self.late = 0
        self.incomplete = 0

    def add(self, item: WorkingFrame) -> tuple[StrobeSet, ...]:
        """Take the next frame and return the sets it completes (none, one, or two)."""
        t_ns = item.frame.t_ns
        if self.is_late(t_ns):
            self.late += 1
            return ()
        self._newest_ns = t_ns
        done: list[StrobeSet] = []
        if item.led is LedState.ON_AXIS:
            done += self._close()
            self._pending = item
        self._seen[item.led].append(item)
        if self._pending is not None and self._settled(t_ns):
            done += self._close()
        return tuple(done)

    def is_late(self, t_ns: int) -> bool:
        """Return whether a frame that began then comes out of order."""
        return self._newest_ns is not None and t_ns <= self._newest_ns

    def restart(self) -> None:
        """Forget every frame, after a gap."""
        for frames in self._seen.values():
            frames.clear()
        self.incomplete += self._pending is not None
        self._pending = None

    def _settled(self, now_ns: int) -> bool:
        """Return whether the partners are there and any later frame would be further away.

        Dimmed frames are waited for once one was seen: a sweep has them from its first cycle on, or never.
        """
        assert self._pending is not None  # noqa: S101 - the caller checked
        waited_ns = now_ns - self._pending.frame.t_ns
        wanted = [LedState.OFF_AXIS, LedState.DARK] + [LedState.ON_AXIS_DIM] * bool(self._seen[LedState.ON_AXIS_DIM])
        partners = [self._nearest(state) for state in wanted]
        return all(p is not None and self._distance_ns(p) <= waited_ns for p in partners)

    def _close(self) -> list[StrobeSet]:
        if self._pending is None:
            return []
        off, dark, dim = (self._nearest(s) for s in (LedState.OFF_AXIS, LedState.DARK, LedState.ON_AXIS_DIM))
        on, self._pending = self._pending, None
        if off is None:
            self.incomplete += 1
            return []
        return [StrobeSet(on, off, dark, dim)]

    def _distance_ns(self, item: WorkingFrame) -> int:
        assert self._pending is not None  # noqa: S101 - the callers checked
        return abs(item.frame.t_ns - self._pending.frame.t_ns)

    def _nearest(self, state: LedState) -> WorkingFrame | None:
        near = [f for f in self._seen[state] if self._distance_ns(f) <= self._span_ns]
        return min(near, key=self._distance_ns, default=None)
