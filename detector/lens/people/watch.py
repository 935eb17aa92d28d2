"""The pause: when it begins, how it is kept up while the search rests, and when it ends."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from detector.lens.glints import Glint
from detector.lens.options import LensOptions
from detector.lens.people.followed import FollowedPair, Shown
from detector.lens.people.pairs import Blobs, eye_pairs, merge_blobs
from detector.lens.tracking import SetMotion
from detector.types import PeopleState

__all__ = ["PersonWatch"]

_NS = 1e9
_REACH_DEG = 1.2  # how far an eye may move against the wall between two strobe sets
_REACH_PAUSED_DEG = 4.0  # and in a pause, when people walk and turn and nothing depends on which pair it is
_GAP_CHANGE, _GAP_CHANGE_PAUSED = 0.15, 0.4
_KNOWN_SLACK = 2.0  # a pair that is followed may differ in flux by this much more than a new one
_HIDE_HITS = 3  # sets that must show a pair before it hides the picture and holds back alerts
_MOST_MISSES = 4
_MOST_PAIRS = 24
_AT_AN_EYE_DEG = 0.8  # a glint this near to an eye is that eye
_RECENT_NS = 3e9  # motion older than this says nothing of who is there now
_WITNESSES = 0.5  # share of the usual number of glints that a set must show, or a missing pair proves no blink

_Floats = npt.NDArray[np.float64]


class PersonWatch:
    """Pauses the search while eyes or spectacles are in view.

    It begins when two glints that lie like eyes move as one against the wall, or blink as one. While it lasts nothing
    is tracked; a pair near the last place keeps it up. It ends when none was there for `person_leave_s`, or when what
    is there has not moved for `person_still_s`: no head holds that still.

    Parameters
    ----------
    options : LensOptions
    px_per_deg : float
        Full-resolution pixels per degree.
    """

    def __init__(self, options: LensOptions, px_per_deg: float) -> None:
        self._options = options
        self._px_per_deg = px_per_deg
        self._pairs: list[FollowedPair] = []
        self._suspected: tuple[FollowedPair, ...] = ()
        self._usual_glints = 0.0
        self._now_ns = 0
        self._since_ns: int | None = None
        self._earlier_ns = 0
        self._times = 0
        self.paused = False

    @property
    def state(self) -> PeopleState:
        """What to tell the page."""
        running_ns = self._now_ns - self._since_ns if self.paused and self._since_ns is not None else 0
        return PeopleState(
            paused=self.paused,
            withheld=self.paused or bool(self._suspected),
            paused_s=(self._earlier_ns + running_ns) / _NS,
            times=self._times,
            since_t_ns=self._since_ns,
        )

    def holds_back(self, yx: tuple[float, float]) -> bool:
        """Return whether a place may be an eye that has not been looked at for long enough to say it is none."""
        near_px = _AT_AN_EYE_DEG * self._px_per_deg
        return any(np.hypot(*(p.eyes_px - np.array(yx)).T).min() <= near_px for p in self._suspected)

    def look(self, glints: Sequence[Glint], motion: SetMotion, t_ns: int) -> None:
        """Take the glints of one strobe set; begins or ends the pause."""
        self._now_ns = t_ns
        blobs = merge_blobs(glints, self._px_per_deg)
        steady = len(glints) >= _WITNESSES * self._usual_glints and len(glints) > 2
        self._usual_glints += (len(glints) - self._usual_glints) / 8
        self._follow(blobs, motion, t_ns, steady)
        if self.paused:
            self._end_if_gone()
        elif any(self._is_a_person(p) for p in self._pairs):
            self._begin()
        self._suspected = () if self.paused else self._suspects()

    def restart(self, t_ns: int) -> None:
        """End the pause and forget who was there, after a gap."""
        self._now_ns = max(self._now_ns, t_ns)
        self._pairs, self._suspected = [], ()
        if self.paused:
            self._end()

    def _suspects(self) -> tuple[FollowedPair, ...]:
        hold_ns, rest_deg = self._options.pair_hold_s * _NS, self._options.pair_motion_deg / 2
        young = (p for p in self._pairs if p.hits >= _HIDE_HITS and p.known_ns < hold_ns)
        return tuple(p for p in young if not p.rests(rest_deg))

    def _is_a_person(self, pair: FollowedPair) -> bool:
        o = self._options
        if pair.misses or pair.hits < o.pair_sets:
            return False
        return pair.moves(o.pair_sets, o.pair_motion_deg, _RECENT_NS) or pair.blinked(o.blink_sets)

    def _begin(self) -> None:
        self.paused = True
        self._times += 1
        self._since_ns = self._now_ns
        # Whoever is there from now on keeps the pause up, and has to move again before it is long.
        self._pairs = [p for p in self._pairs if self._is_a_person(p)]
        for pair in self._pairs:
            pair.first_ns = self._now_ns

    def _end_if_gone(self) -> None:
        leave_ns = self._options.person_leave_s * _NS
        self._pairs = [p for p in self._pairs if not p.is_still(self._options)]
        if all(self._now_ns - p.last_ns > leave_ns for p in self._pairs):
            self._end()

    def _end(self) -> None:
        if self._since_ns is not None:
            self._earlier_ns += self._now_ns - self._since_ns
        self._since_ns = self._now_ns
        self.paused = False
        self._pairs = []

    def _follow(self, blobs: Blobs, motion: SetMotion, t_ns: int, steady: bool) -> None:
        found = eye_pairs(blobs, self._options, self._px_per_deg, _KNOWN_SLACK)
        free = np.ones(len(found), dtype=bool)
        for pair in sorted(self._pairs, key=lambda p: -p.hits):
            pair.carry(motion)
            at = self._nearest(pair, found, free)
            if at is None:
                pair.miss(self._what_shows(pair, blobs, steady))
            else:
                free[at] = False
                pair.see(found[at], motion, t_ns, self._px_per_deg)
        if not self.paused:
            self._pairs = [p for p in self._pairs if p.misses <= _MOST_MISSES]
            taken = [p.eyes_px for p in self._pairs if not p.misses]
            new = [eyes for eyes in eye_pairs(blobs, self._options, self._px_per_deg) if not _is_among(eyes, taken)]
            fresh = [FollowedPair(eyes_px=eyes, first_ns=t_ns, last_ns=t_ns) for eyes in new]
            self._pairs = (sorted(self._pairs, key=lambda p: -p.hits) + fresh)[:_MOST_PAIRS]

    def _nearest(self, pair: FollowedPair, found: _Floats, free: npt.NDArray[np.bool_]) -> int | None:
        """Return which of the pairs found continues this one: both eyes near, and about as far apart."""
        if not free.any():
            return None
        reach, change = (_REACH_PAUSED_DEG, _GAP_CHANGE_PAUSED) if self.paused else (_REACH_DEG, _GAP_CHANGE)
        away = np.linalg.norm(found - pair.eyes_px, axis=2).max(axis=1) / self._px_per_deg
        gap = np.linalg.norm(found[:, 1] - found[:, 0], axis=1) / pair.gap_px
        away[~free | (away > reach) | (np.abs(gap - 1) > change)] = np.inf
        best = int(np.argmin(away))
        return best if np.isfinite(away[best]) else None

    def _what_shows(self, pair: FollowedPair, blobs: Blobs, steady: bool) -> Shown:
        if not steady:
            return Shown.UNSURE
        near_px = _AT_AN_EYE_DEG * self._px_per_deg
        away = np.linalg.norm(blobs.yx_px[None] - pair.eyes_px[:, None], axis=2)
        there = int((away <= near_px).any(axis=1).sum())
        return (Shown.NEITHER, Shown.ONE, Shown.ONE)[there]


def _is_among(eyes_px: _Floats, taken: Sequence[_Floats]) -> bool:
    return any(np.array_equal(eyes_px, other) for other in taken)
