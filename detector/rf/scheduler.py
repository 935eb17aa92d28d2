"""Which slice next: everything once, cameras first, then each lane at its share of the time; candidates in between.

Sweep, shortlist, confirm with a longer dwell, let rest what never confirms (the pattern of radiosonde_auto_rx), under
one budget (`budget.py`). Lanes take turns by stride scheduling (Waldspurger and Weihl, 1995): the lane that has used
least of its share is next. Longer looks draw on a credit that fills with sweeping, so that doubtful rhythms slow the
sweep by a stated part at most. The scheduler has no clock: time is that of the blocks. Tunings may be ahead of their
blocks; a block that never comes leaves its hop unvisited.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from detector.rf.budget import Lane, RetuneMeter, SweepBudget, make_budget
from detector.rf.candidates import Backoff, Nameless, Shortlist
from detector.rf.hop_plan import HopPlan, interlaced
from detector.rf.options import RfOptions

__all__ = ["Look", "Scheduler"]

_LONGER_MEMORY_S = 30.0
_ASIDE, _REACH = 0.1, 0.25
"""Of a slice: how far below a find without a name it is tuned for one, and how far from there others are named too."""
_BESIDE = (0.0, 0.5, -0.5)
"""Where longer looks at a candidate lie, in slices: a comb's tooth may see only the edge of a picture."""


@dataclass(frozen=True, slots=True)
class Look:
    """One listening period: a hop, a confirmation of a candidate, or a measurement beside a find.

    Attributes
    ----------
    center_hz : float
    confirm : bool
    dwell_s : float
    extent : bool
        It measures how wide a find is.
    lane : Lane or None
        Of a hop.
    candidate_hz : float or None
        Of a confirmation: the hop that asked for it, which may lie beside `center_hz`.
    naming : bool
        It is for a find of the gapless pass that has no name yet.
    """

    center_hz: float
    confirm: bool
    dwell_s: float = 0.0
    extent: bool = False
    lane: Lane | None = None
    candidate_hz: float | None = None
    naming: bool = False


class Scheduler:
    """Chooses looks and remembers which were done.

    Parameters
    ----------
    plan : HopPlan
        At least one hop, in the comb or in the fine pass.
    options : RfOptions

    Raises
    ------
    ValueError
        The plan has no hop.
    """

    def __init__(self, plan: HopPlan, options: RfOptions) -> None:
        if not plan.hops and not plan.fine_hz:
            raise ValueError("a hop plan without hops")
        self._options = options
        self._meter = RetuneMeter()
        lanes = {
            Lane.CAMERA: interlaced([hop.center_hz for hop in plan.camera]),
            Lane.WIDE: interlaced([hop.center_hz for hop in plan.rest]),
            Lane.FINE: plan.fine_hz,  # in rising order: each slice is judged beside its neighbours
        }
        self._counts = {lane: len(centers) for lane, centers in lanes.items()}
        self._lanes = {lane: deque(centers) for lane, centers in lanes.items()}
        comb = (*lanes[Lane.CAMERA], *lanes[Lane.WIDE])
        self._all = comb or lanes[Lane.FINE]
        self._required = frozenset(self._all)
        # a centre of two lanes belongs to the one listened to longest
        lengthening = (Lane.FINE, Lane.WIDE, Lane.CAMERA)
        self._lane_of = {center: lane for lane in lengthening for center in lanes[lane]}
        self._shortlist = Shortlist(
            Backoff(
                attempts=options.confirm_attempts,
                first_s=options.block_s,
                longest_s=max(options.sweep.block_max_s, options.block_s),
                louder_db=options.sweep.louder_db,
            )
        )
        self._again: deque[Look] = deque()
        self._surveys: deque[Look] = deque()
        self._retry = False
        self._retries: deque[float] = deque()
        rate_hz = options.sample_rate_hz
        self._nameless = Nameless(_REACH * rate_hz, _ASIDE * rate_hz, options.signal_hold_s)
        self._heard_ns = 0
        self._longer_s = self._all_s = 0.0
        self._budget = self._make_budget()
        self._used_s = dict.fromkeys(self._budget.lanes, 0.0)
        self.hops = len(self._all)
        self.rounds = 0
        self.restart()

    @property
    def unvisited(self) -> frozenset[float]:
        """Centres of the comb that were not analysed since the start or the last `restart`."""
        return frozenset(self._unvisited)

    @property
    def budget(self) -> SweepBudget:
        """What the sweep costs, by what retuning and longer looks took up to the last time the comb came round."""
        return self._budget

    @property
    def resting(self) -> int:
        """Slices whose rhythm never confirmed."""
        return self._shortlist.rests

    def restart(self) -> None:
        """Earn coverage again: every hop counts as not visited, camera bands come first."""
        options = self._options
        self._unvisited = set(self._all)
        self._first = deque(self._all)
        self._retries.clear()
        self._shortlist.clear()
        self._again.clear()
        self._surveys.clear()
        self._nameless.clear()
        self._credit_s = options.sweep.confirm_burst_s if options.sweep.passes == "all" else 0.0
        self._meter.pause()
        self._used_s = dict.fromkeys(self._used_s, 0.0)

    def next_look(self) -> Look:
        """Return what to listen to next: longer looks while their credit lasts, then hops."""
        look = self._longer() if self._credit_s > 0 else None
        look = look or self._hop()
        cost_s = look.dwell_s + self._meter.retune_s
        longer = look.confirm or look.extent or look.naming
        share = self._longer_share
        earned_s = -cost_s if longer else cost_s * share / (1 - share)
        self._credit_s = min(self._credit_s + earned_s, self._options.sweep.confirm_burst_s)
        fade = float(np.exp(-cost_s / _LONGER_MEMORY_S))
        self._longer_s = self._longer_s * fade + cost_s * longer
        self._all_s = self._all_s * fade + cost_s
        return look

    @property
    def _longer_share(self) -> float:
        """Most of the time that longer looks may take: less until a quick pass has listened to everything once."""
        sweep = self._options.sweep
        if not self._first or sweep.passes == "all":
            return sweep.confirm_share
        return sweep.quick_longer_share if sweep.passes == "wide" else sweep.quick_fine_longer_share

    def heard(self, t_ns: int, t_end_ns: int) -> None:
        """Take in the times of a dwell, which tell what retuning costs."""
        self._heard_ns = t_end_ns
        self._meter.update(t_ns, t_end_ns)

    def visited(self, center_hz: float) -> None:
        """Note that a slice was analysed."""
        if self._unvisited:
            self._unvisited.discard(center_hz)
            if not self._unvisited:
                self.rounds += 1
                self._budget = self._make_budget()

    def spoilt(self, look: Look) -> None:
        """Note that a look was of no use: its slice counts as not visited, whether it was before or not."""
        self.dropped(look)
        if look.center_hz in self._required:
            self._unvisited.add(look.center_hz)

    def shortlist(self, center_hz: float, t_ns: int, score_db: float = 0.0) -> bool:
        """Ask for a longer look at a slice; return whether it is granted (not resting, not queued yet)."""
        return self._shortlist.ask(center_hz, t_ns, score_db)

    def confirmed(self, center_hz: float) -> None:
        """Note that a longer look found what the short one promised."""
        self._shortlist.confirmed(center_hz)

    def gone(self, center_hz: float) -> None:
        """Note that a longer look found no rhythm at all."""
        self._shortlist.gone(center_hz)

    def refuted(self, center_hz: float, t_ns: int) -> bool:
        """Note that a longer look did not confirm; look again, or rest. Return whether it rests now."""
        return self._shortlist.refuted(center_hz, t_ns)

    def dropped(self, look: Look) -> None:
        """Note that the block of a look was lost, so that a candidate may be asked for again."""
        if look.confirm and look.candidate_hz is not None:
            self._shortlist.dropped(look.candidate_hz)

    def survey(self, centers_hz: Iterable[float]) -> None:
        """Ask for looks beside a find, to measure its width; as long as a confirmation, so that crystals compare."""
        for center_hz in centers_hz:
            self._surveys.append(Look(center_hz, False, self._options.confirm_dwell_s, extent=True))

    def name(self, freq_hz: float, snr_db: float) -> None:
        """Ask for a look at a find of the gapless pass that has no name."""
        self._nameless.ask(freq_hz, snr_db, self._heard_ns)

    def again(self, center_hz: float) -> None:
        """Ask for a hop once more (its gain was wrong)."""
        lane = self._lane_of.get(center_hz)
        if lane is not None and lane in self._budget.lanes and len(self._again) < self.hops:
            self._again.append(Look(center_hz, False, self._budget.lanes[lane].dwell_s, lane=lane))

    def _longer(self) -> Look | None:
        if self._again:
            return self._again.popleft()
        taken = self._shortlist.take()
        if taken is None:
            return self._naming() or self._surveyed()
        candidate_hz, refuted = taken
        beside_hz = _BESIDE[refuted % len(_BESIDE)] * self._options.sample_rate_hz
        low_hz, high_hz = min(self._all), max(self._all)
        center_hz = min(max(candidate_hz + beside_hz, min(low_hz, candidate_hz)), max(high_hz, candidate_hz))
        dwell_s = self._options.long_dwell_s if refuted else self._options.confirm_dwell_s
        return Look(center_hz, True, dwell_s, candidate_hz=candidate_hz)

    def _naming(self) -> Look | None:
        center_hz = self._nameless.take(self._heard_ns)
        if center_hz is None:
            return None
        center_hz = max(center_hz, min(self._all))
        return Look(center_hz, False, self._options.sweep.name_dwell_s, naming=True)

    def _surveyed(self) -> Look | None:
        """How wide a find is can wait until everything was listened to once."""
        return self._surveys.popleft() if self._surveys and not self._first else None

    def _hop(self) -> Look:
        if self._first:
            center_hz = self._first.popleft()
            if not self._first and self._options.sweep.passes != "all":
                self._credit_s = self._options.sweep.confirm_burst_s  # now for what had to wait
            return self._lane_look(center_hz, self._lane_of[center_hz])
        # blocks were lost or spoilt: their hops come round again, by turns with the rest so that they cannot stop it
        self._retry = not self._retry
        if self._unvisited and self._retry:
            center_hz = self._retried()
            return self._lane_look(center_hz, self._lane_of[center_hz])
        lane = min(self._used_s, key=lambda lane: self._used_s[lane])
        queue = self._lanes[lane]
        queue.rotate(-1)
        look = self._lane_look(queue[-1], lane)
        self._used_s[lane] += (look.dwell_s + self._meter.retune_s) / self._budget.lanes[lane].share
        if queue[-1] == self._all[-1]:
            # the comb has come round: share out the time anew
            self._budget = self._make_budget()
        return look

    def _retried(self) -> float:
        """Return the next hop that was not visited, each in its turn."""
        while True:
            if not self._retries:
                self._retries = deque(center_hz for center_hz in self._all if center_hz in self._unvisited)
            center_hz = self._retries.popleft()
            if center_hz in self._unvisited:
                return center_hz

    def _lane_look(self, center_hz: float, lane: Lane) -> Look:
        # a lane without a share is still heard once, for coverage
        held = self._budget.lanes.get(lane)
        return Look(center_hz, False, held.dwell_s if held else self._options.dwell_s, lane=lane)

    def _make_budget(self) -> SweepBudget:
        longer = self._longer_s / self._all_s if self._all_s > 0 else 0.0
        return make_budget(self._counts, self._options.sweep, self._options.dwell_s, self._meter.retune_s, longer)
