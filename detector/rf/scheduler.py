"""Which slice next: everything once, cameras first, then camera bands more often; candidates get longer looks.

Sweep, shortlist, confirm with a longer dwell, block what never confirms (the pattern of radiosonde_auto_rx). The
scheduler has no clock: time is that of the blocks. Tunings may be ahead of their blocks; a block that never comes
leaves its hop unvisited.
"""

from collections import deque
from dataclasses import dataclass

from detector.rf.hop_plan import Hop, HopPlan

__all__ = ["Look", "Scheduler"]


@dataclass(frozen=True, slots=True)
class Look:
    """One listening period: a hop, or a confirmation of a candidate there."""

    center_hz: float
    confirm: bool


@dataclass(slots=True)
class _Candidate:
    attempts: int = 0
    queued: bool = False
    blocked_until_ns: int = -1


class Scheduler:
    """Chooses looks and remembers which were done.

    Parameters
    ----------
    plan : HopPlan
        At least one hop.
    camera_share : int
        Camera-band hops for each other hop once all were visited.
    attempts : int
        Confirmations of a candidate before it is blocked.
    block_s : float

    Raises
    ------
    ValueError
        The plan has no hop.
    """

    def __init__(self, plan: HopPlan, camera_share: int, attempts: int, block_s: float) -> None:
        if not plan.hops:
            raise ValueError("a hop plan without hops")
        self._camera, self._rest = deque(plan.camera), deque(plan.rest)
        self._share, self._attempts, self._block_ns = camera_share, attempts, int(block_s * 1e9)
        self._all = frozenset(hop.center_hz for hop in plan.hops)
        self._first = deque([*plan.camera, *plan.rest])
        self._unvisited = set(self._all)
        self._confirm: deque[float] = deque()
        self._candidates: dict[float, _Candidate] = {}
        self._turn = 0
        self._again = False
        self._retries: deque[float] = deque()
        self.hops = len(self._all)
        self.rounds = 0

    @property
    def unvisited(self) -> frozenset[float]:
        """Centres that were not analysed since the start or the last `restart`."""
        return frozenset(self._unvisited)

    def restart(self) -> None:
        """Earn coverage again: every hop counts as not visited, camera bands come first."""
        self._unvisited = set(self._all)
        self._first = deque([*sorted(self._camera), *sorted(self._rest)])
        self._confirm.clear()
        for candidate in self._candidates.values():
            candidate.queued = False

    def next_look(self) -> Look:
        """Return what to listen to next; confirmations before hops."""
        if self._confirm:
            return Look(self._confirm.popleft(), True)
        if self._first:
            return Look(self._first.popleft().center_hz, False)
        # Blocks were lost or spoilt: their hops come round again, by turns with the rest so that they cannot stop it.
        self._again = not self._again
        if self._unvisited and self._again:
            return Look(self._retry(), False)
        return Look(self._revisit().center_hz, False)

    def visited(self, center_hz: float) -> None:
        """Note that a slice was analysed."""
        if self._unvisited:
            self._unvisited.discard(center_hz)
            if not self._unvisited:
                self.rounds += 1

    def spoilt(self, look: Look) -> None:
        """Note that a look was of no use: its slice counts as not visited, whether it was before or not."""
        self.dropped(look)
        if look.center_hz in self._all:
            self._unvisited.add(look.center_hz)

    def shortlist(self, center_hz: float, t_ns: int) -> bool:
        """Ask for a longer look at a slice; return whether it is granted (not blocked, not queued yet)."""
        candidate = self._candidates.setdefault(center_hz, _Candidate())
        if candidate.queued or t_ns < candidate.blocked_until_ns:
            return False
        candidate.queued = True
        self._confirm.append(center_hz)
        return True

    def confirmed(self, center_hz: float) -> None:
        """Note that a longer look found what the short one promised."""
        self._candidates[center_hz] = _Candidate()

    def refuted(self, center_hz: float, t_ns: int) -> bool:
        """Note that a longer look did not confirm; look again, or block. Return whether it is blocked now."""
        candidate = self._candidates.setdefault(center_hz, _Candidate())
        candidate.attempts += 1
        candidate.queued = False
        if candidate.attempts >= self._attempts:
            self._candidates[center_hz] = _Candidate(blocked_until_ns=t_ns + self._block_ns)
            return True
        candidate.queued = True
        self._confirm.append(center_hz)
        return False

    def dropped(self, look: Look) -> None:
        """Note that the block of a look was lost, so that a candidate may be asked for again."""
        if look.confirm and look.center_hz in self._candidates:
            self._candidates[look.center_hz].queued = False

    def _retry(self) -> float:
        """Return the next hop that was not visited, each in its turn."""
        while self._retries:
            center_hz = self._retries.popleft()
            if center_hz in self._unvisited:
                return center_hz
        hops = (*self._camera, *self._rest)
        self._retries = deque(hop.center_hz for hop in hops if hop.center_hz in self._unvisited)
        return self._retries.popleft()

    def _revisit(self) -> Hop:
        self._turn += 1
        rest = self._rest and (not self._camera or self._turn % (self._share + 1) == 0)
        queue = self._rest if rest else self._camera
        queue.rotate(-1)
        return queue[-1]
