"""Who earns a longer look, and who rests: the shortlist, and a back-off for what never confirms.

A candidate is looked at again until it confirms, or is gone, or was refuted `attempts` times; then it rests, twice as
long each further time, up to a limit. The cost is stated: a camera no plainer than what was refuted there waits until
the rest is over, `block_max_s` at worst; one that is plainer by `louder_db` breaks the rest at once.
"""

from dataclasses import dataclass

__all__ = ["Backoff", "Nameless", "Shortlist"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Attempts before a rest, its first and longest length in seconds, and what breaks it in dB."""

    attempts: int
    first_s: float
    longest_s: float
    louder_db: float


@dataclass(slots=True)
class _Candidate:
    attempts: int = 0
    queued: bool = False
    rests: int = 0
    rest_until_ns: int = -1
    score_db: float = float("-inf")


class Shortlist:
    """Candidates by the centre of their slice; those that failed least come first, the plainest of them.

    Parameters
    ----------
    backoff : Backoff
    """

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._candidates: dict[float, _Candidate] = {}
        self._queue: list[float] = []

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def rests(self) -> int:
        """How many slices were ever sent to rest and not confirmed since."""
        return sum(candidate.rests > 0 for candidate in self._candidates.values())

    def ask(self, center_hz: float, t_ns: int, score_db: float) -> bool:
        """Ask for a longer look at a slice; return whether it is granted (not resting, not queued yet)."""
        candidate = self._candidates.setdefault(center_hz, _Candidate())
        if candidate.queued:
            return False
        if t_ns < candidate.rest_until_ns and score_db < candidate.score_db + self._backoff.louder_db:
            return False
        if t_ns - candidate.rest_until_ns > self._backoff.longest_s * 1e9:
            candidate.rests = 0
        if candidate.attempts == 0:
            candidate.score_db = float("-inf")
        candidate.score_db = max(candidate.score_db, score_db)
        self._push(center_hz, candidate)
        return True

    def take(self) -> tuple[float, int] | None:
        """Return the next slice to look at and how often it was refuted since it was asked for, None without any."""
        if not self._queue:
            return None
        center_hz = min(self._queue, key=self._rank)
        self._queue.remove(center_hz)
        return center_hz, self._candidates[center_hz].attempts

    def confirmed(self, center_hz: float) -> None:
        """Note that a longer look found what the short one promised."""
        self._forget(center_hz)

    def gone(self, center_hz: float) -> None:
        """Note that a longer look found no rhythm at all: chance, or the transmitter is silent. No rest follows."""
        candidate = self._candidates.setdefault(center_hz, _Candidate())
        candidate.attempts, candidate.queued = 0, False

    def refuted(self, center_hz: float, t_ns: int) -> bool:
        """Note that the rhythm was there and did not pass; look again, or rest. Return whether it rests now."""
        candidate = self._candidates.setdefault(center_hz, _Candidate())
        candidate.attempts += 1
        candidate.queued = False
        if candidate.attempts < self._backoff.attempts:
            self._push(center_hz, candidate)
            return False
        rest_s = min(self._backoff.first_s * 2.0 ** min(candidate.rests, 30), self._backoff.longest_s)
        candidate.attempts = 0
        candidate.rests += 1
        candidate.rest_until_ns = t_ns + int(rest_s * 1e9)
        return True

    def dropped(self, center_hz: float) -> None:
        """Note that the look was lost, so that the slice may be asked for again."""
        if center_hz in self._candidates:
            self._candidates[center_hz].queued = False

    def clear(self) -> None:
        """Forget who is queued; rests stay."""
        self._queue.clear()
        for candidate in self._candidates.values():
            candidate.queued = False

    def _rank(self, center_hz: float) -> tuple[int, float]:
        candidate = self._candidates[center_hz]
        return candidate.rests, -candidate.score_db

    def _push(self, center_hz: float, candidate: _Candidate) -> None:
        candidate.queued = True
        if center_hz not in self._queue:
            self._queue.append(center_hz)

    def _forget(self, center_hz: float) -> None:
        self._candidates[center_hz] = _Candidate()
        if center_hz in self._queue:
            self._queue.remove(center_hz)


class Nameless:
    """Finds without a name: the strongest first, each tried once in a while, near ones with one look.

    Parameters
    ----------
    reach_hz : float
        How far from a look's middle finds are served by it.
    aside_hz : float
        How far below a find its look is tuned: the receiver's own spike lies in the middle.
    again_s : float
        Time after which one that stayed nameless is tried again.
    """

    def __init__(self, reach_hz: float, aside_hz: float, again_s: float) -> None:
        self._reach_hz, self._aside_hz, self._again_ns = reach_hz, aside_hz, int(again_s * 1e9)
        self._wanted: dict[float, float] = {}
        self._tried: dict[float, int] = {}

    def ask(self, freq_hz: float, snr_db: float, t_ns: int) -> None:
        """Ask for a look at a find."""
        self._tried = {at_hz: tried for at_hz, tried in self._tried.items() if t_ns - tried < self._again_ns}
        center_hz = freq_hz - self._aside_hz
        if any(abs(at_hz - center_hz) < self._reach_hz for at_hz in self._tried):
            return
        near = [at_hz for at_hz in self._wanted if abs(at_hz - center_hz) < self._reach_hz]
        for at_hz in near:
            self._wanted[at_hz] = max(self._wanted[at_hz], snr_db)
        if not near:
            self._wanted[center_hz] = snr_db

    def take(self, t_ns: int) -> float | None:
        """Return where to look next, None without anything to name."""
        if not self._wanted:
            return None
        center_hz = max(self._wanted, key=lambda at_hz: self._wanted[at_hz])
        del self._wanted[center_hz]
        self._tried[center_hz] = t_ns
        return center_hz

    def clear(self) -> None:
        """Forget who waits and who was tried."""
        self._wanted.clear()
        self._tried.clear()
