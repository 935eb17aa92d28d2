"""Gain steps of homing: which is in force, and how far the tuner really goes with each."""

from collections import deque
from collections.abc import Sequence

import numpy as np

__all__ = ["GainSteps", "gain_ladder_db"]

_STEP_LOOKS = 5
_STEPS_KEPT = 8
_STEP_ERROR_DB = 4.0


def gain_ladder_db(top_db: float, step_db: float) -> tuple[float, ...]:
    """Return the gains used, highest first, down to 0."""
    return (*np.arange(top_db, 0, -step_db).round(1).tolist(), 0.0)


class GainSteps:
    """Counts steps from the highest gain, 0, down.

    Parameters
    ----------
    ladder_db : sequence of float
        Gains, highest first.
    """

    def __init__(self, ladder_db: Sequence[float]) -> None:
        self.ladder_db = tuple(ladder_db)
        self.wanted = 0
        self._errors: dict[int, list[float]] = {}
        self._last: deque[float] = deque(maxlen=_STEP_LOOKS)
        self._next: list[float] = []
        self._stepped: tuple[int, int] | None = None
        self._at: int | None = None

    def place(self, gain_db: float | None) -> int:
        """Return the step that a block was taken at; the one asked for where the receiver does not say."""
        if gain_db is None:
            return self.wanted
        return min(range(len(self.ladder_db)), key=lambda number: abs(self.ladder_db[number] - gain_db))

    def correction_db(self, place: int) -> float:
        """Return what levels at a step read too much."""
        return sum(float(np.mean(self._errors[number])) for number in range(place) if self._errors.get(number))

    def note(self, place: int, level_db: float) -> None:
        """Take in an uncorrected, unclipped level; after a step, compare it with those before."""
        if self._at is not None and place != self._at:
            neighbours = abs(place - self._at) == 1 and len(self._last) == _STEP_LOOKS
            self._stepped = (self._at, place) if neighbours else None
            self._next = []
            if not neighbours:
                self._last.clear()
        self._at = place
        if self._stepped is None:
            self._last.append(level_db)
            return
        self._next.append(level_db)
        if len(self._next) == _STEP_LOOKS:
            before, after = self._stepped
            error_db = float(np.median(self._next) - np.median(self._last)) * (1 if after > before else -1)
            kept = self._errors.setdefault(min(before, after), [])
            kept.append(float(np.clip(error_db, -_STEP_ERROR_DB, _STEP_ERROR_DB)))
            del kept[:-_STEPS_KEPT]
            self._stepped = None
            self._last = deque(self._next, maxlen=_STEP_LOOKS)

    def forget(self) -> None:
        """Take nothing from the levels before: they were clipped, or of another slice."""
        self._last.clear()
        self._stepped = None
