"""A pair of glints followed from set to set: does it move as one against the wall, does it blink, has it gone?"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from detector.lens.options import LensOptions
from detector.lens.registration import map_places
from detector.lens.scoring import unexplained_deg
from detector.lens.tracking import SetMotion

__all__ = ["FollowedPair", "Shown"]

_APART = 0.7  # of their common motion; two that have nothing to do with each other differ by twice as much as that
_LEAST_BEFORE_BLINK = 4  # sets in a row that must show both, before a blink is believed
_LEAST_STILL_ROWS = 10
_LEAST_REST_ROWS = 4
_REST_NS = 1e9
_LEAP_ROWS = 10  # with so many rows the two largest steps count for nothing, with fewer only the largest
_HISTORY = 200
_BLINK_HISTORY = 24

_Floats = npt.NDArray[np.float64]


class Shown(StrEnum):
    """What one set showed of a pair; `UNSURE` when the rest of the picture had gone too."""

    BOTH = "both"
    ONE = "one"
    NEITHER = "neither"
    UNSURE = "unsure"


@dataclass(slots=True, kw_only=True)
class FollowedPair:
    """Two glints that may be eyes.

    Attributes
    ----------
    eyes_px : ndarray of float64, shape (2, 2)
        (y, x) of each, full-resolution pixels, carried along with the hand's motion.
    first_ns, last_ns : int
        When both were seen first and last.
    drift_deg : ndarray of float64, shape (2, 2)
        How far each has moved against the wall.
    trail : deque of (t_ns, drift of each eye, viewpoint)
        As long as the hand's motion was known, at most `_HISTORY` sets.
    shown : deque of Shown
        Of the last couple of seconds.
    hits, misses : int
        Sets that showed both; sets in a row that did not.
    known_ns : int
        For how long the hand's motion was known while both were seen: what can be said of their staying in place.
    """

    eyes_px: _Floats
    first_ns: int
    last_ns: int
    drift_deg: _Floats = field(default_factory=lambda: np.zeros((2, 2)))
    trail: deque[tuple[float, ...]] = field(default_factory=lambda: deque(maxlen=_HISTORY))
    shown: deque[Shown] = field(default_factory=lambda: deque([Shown.BOTH], maxlen=_BLINK_HISTORY))
    hits: int = 1
    misses: int = 0
    known_ns: int = 0

    @property
    def gap_px(self) -> float:
        """Distance between the two."""
        return float(np.hypot(*(self.eyes_px[1] - self.eyes_px[0])))

    def carry(self, motion: SetMotion) -> None:
        """Move along with the hand; where that is not known, drift is measured from anew."""
        self.eyes_px = map_places(motion.matrix, self.eyes_px)
        if not motion.trusted:
            self.trail.clear()

    def see(self, eyes_px: _Floats, motion: SetMotion, t_ns: int, px_per_deg: float) -> None:
        """Take its place in one more set."""
        if motion.trusted:
            self.drift_deg = self.drift_deg + (eyes_px - self.eyes_px) / px_per_deg
            self.trail.append((float(t_ns), *self.drift_deg.ravel().tolist(), *motion.view_deg))
            self.known_ns += t_ns - self.last_ns
        self.eyes_px, self.last_ns = eyes_px, t_ns
        self.hits += 1
        self.misses = 0
        self.shown.append(Shown.BOTH)

    def miss(self, shown: Shown) -> None:
        """Note a set that did not show both."""
        self.misses += 1
        self.shown.append(shown)

    def moves(self, least_sets: int, least_deg: float, over_ns: float | None = None) -> bool:
        """Return whether both moved as one by more than `least_deg` root mean square, beyond what a depth explains.

        Parameters
        ----------
        least_sets : int
            Fewer say nothing.
        least_deg : float
        over_ns : float, optional
            Only what happened this long ago and later counts.
        """
        rows = self._since(over_ns)
        if len(rows) < least_sets or float(np.ptp(rows[:, 1:5], axis=0).max()) < least_deg:
            return False
        one, other, view = rows[:, 1:3], rows[:, 3:5], rows[:, 5:]
        together_deg = unexplained_deg(_without_leaps(np.column_stack([(one + other) / 2, view])))
        return together_deg > least_deg and self._apart_deg(rows[:, 0], other - one) < _APART * together_deg

    def rests(self, most_deg: float) -> bool:
        """Return whether one of the two, so no eye, has stayed in place for a second, within `most_deg` rms.

        In place is on the wall or at any one depth before it.
        """
        rows = self._since(_REST_NS)
        if len(rows) < _LEAST_REST_ROWS:
            return False
        view = rows[:, 5:]
        return min(unexplained_deg(np.column_stack([eye, view])) for eye in (rows[:, 1:3], rows[:, 3:5])) < most_deg

    def _since(self, over_ns: float | None) -> _Floats:
        """Return the rows of the trail, or of its last part, shape (n, 7)."""
        first_ns = self.trail[0][0] if over_ns is None and self.trail else self.last_ns - (over_ns or 0.0)
        return np.array([row for row in self.trail if row[0] >= first_ns]).reshape(-1, 7)

    def _apart_deg(self, t_ns: _Floats, step: _Floats) -> float:
        """Return how far the two moved against each other, root mean square.

        A steady change of the gap does not count: the hand comes nearer to a head than the wall behind it, in share.
        """
        along = (self.eyes_px[1] - self.eyes_px[0]) / self.gap_px
        gap, tilt = step @ along, step @ np.array([-along[1], along[0]])
        since = t_ns - t_ns.mean()
        gap = gap - gap.mean() - since * (since @ gap) / max(float(since @ since), 1.0)
        return float(np.sqrt((gap**2).mean() + tilt.var()))

    def blinked(self, least_sets: int) -> bool:
        """Return whether both went out together for `least_sets` sets or more, came back, and never differed else.

        The sets at either edge of a blink may catch one eye alone: eyelids do not keep to the strobe.
        """
        shown = list(self.shown)
        out = [k for k, s in enumerate(shown) if s is Shown.NEITHER]
        if len(out) < least_sets or shown[-1] is not Shown.BOTH or Shown.UNSURE in shown:
            return False
        first, last = out[0], out[-1]
        before, during, after = shown[: max(0, first - 1)], shown[first : last + 1], shown[last + 2 :]
        steady = all(s is Shown.BOTH for s in (*before, *after)) and len(before) >= _LEAST_BEFORE_BLINK
        return steady and all(s is Shown.NEITHER for s in during)

    def is_still(self, options: LensOptions) -> bool:
        """Return whether it has been seen for `person_still_s` and not moved against the wall in all that time."""
        long_ns = options.person_still_s * 1e9
        if self.last_ns - self.first_ns < long_ns or len(self.trail) < _LEAST_STILL_ROWS:
            return False
        return not self.moves(_LEAST_STILL_ROWS, options.pair_motion_deg, long_ns)


def _without_leaps(table: _Floats) -> _Floats:
    """Return rows (drift, viewpoint) without the largest steps of the drift, shape (n, 4) in and out.

    A head glides; a bead mistaken for the next one leaps once and back. The viewpoint's step of that moment goes too,
    or the rest would no longer fit a depth.
    """
    steps = np.diff(table, axis=0)
    leaps = 1 if len(table) < _LEAP_ROWS else 2
    steps[np.argsort(np.linalg.norm(steps[:, :2], axis=1))[-leaps:]] = 0.0
    return np.vstack([np.zeros((1, table.shape[1])), np.cumsum(steps, axis=0)])
