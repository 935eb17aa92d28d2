"""Gain steps of homing: which is in force, and how far the tuner really goes with each."""

from collections.abc import Sequence

import numpy as np

__all__ = ["GainSteps", "gain_ladder_db"]

_LOOKS = 5
_MOST_ERROR_DB = 4.0


def gain_ladder_db(top_db: float, step_db: float) -> tuple[float, ...]:
    """Return the gains used, highest first, down to 0."""
    return (*np.arange(top_db, 0, -step_db).round(1).tolist(), 0.0)


class GainSteps:
    """Counts steps from the highest gain, 0, down.

    A tuner's steps are not what its table says, by a dB or two. The first time that a step is taken it is taken, taken
    back and taken again: the levels of the two gains, a tenth of a second apart and not across the change of level that
    caused the step, give its error.

    Parameters
    ----------
    ladder_db : sequence of float
        Gains, highest first.
    """

    def __init__(self, ladder_db: Sequence[float]) -> None:
        self.ladder_db = tuple(ladder_db)
        self._goal = 0
        self._errors_db: dict[int, float] = {}
        self._trial: dict[int, list[float]] | None = None

    @property
    def wanted(self) -> int:
        """The step to ask the receiver for."""
        if self._trial is None or len(self._trial[self._goal]) < _LOOKS:
            return self._goal
        return next(place for place in self._trial if place != self._goal)

    @property
    def busy(self) -> bool:
        """Whether a step is being measured."""
        return self._trial is not None

    def place(self, gain_db: float | None) -> int:
        """Return the step that a block was taken at; the one asked for where the receiver does not say."""
        if gain_db is None:
            return self.wanted
        return min(range(len(self.ladder_db)), key=lambda number: abs(self.ladder_db[number] - gain_db))

    def go(self, place: int) -> None:
        """Take the step to a neighbouring gain, measuring it if it never was."""
        if min(self._goal, place) not in self._errors_db:
            self._trial = {place: [], self._goal: []}
        self._goal = place

    def correction_db(self, place: int) -> float:
        """Return what levels at a step read too much."""
        return sum(self._errors_db.get(number, 0.0) for number in range(place))

    def note(self, place: int, level_db: float) -> None:
        """Take in an uncorrected, unclipped level."""
        if self._trial is None or place not in self._trial:
            return
        back = place != self._goal
        if not back or len(self._trial[self._goal]) >= _LOOKS:
            self._trial[place].append(level_db)
        if all(len(levels) >= _LOOKS for levels in self._trial.values()):
            low, high = sorted(self._trial)
            error_db = float(np.median(self._trial[high]) - np.median(self._trial[low]))
            self._errors_db[low] = float(np.clip(error_db, -_MOST_ERROR_DB, _MOST_ERROR_DB))
            self._trial = None

    def forget(self) -> None:
        """Give up measuring: the levels were clipped, or of another slice."""
        self._trial = None
