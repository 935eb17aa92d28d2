"""Who earns a longer look, and who rests: the shortlist, and a back-off for what never confirms.

A candidate is looked at again until it confirms, or is gone, or was refuted `attempts` times; then it rests, twice as
long each further time, up to a limit. The cost is stated: a camera no plainer than what was refuted there waits until
the rest is over, `block_max_s` at worst; one that is plainer by `louder_db` breaks the rest at once.
"""

from dataclasses import dataclass

__all__ = ["Backoff", "Shortlist"]


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
    """Candidates by the centre of their slice; those that failed least come first.

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
        center_hz = min(self._queue, key=lambda center_hz: self._candidates[center_hz].rests)
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

    def _push(self, center_hz: float, candidate: _Candidate) -> None:
        candidate.queued = True
        if center_hz not in self._queue:
            self._queue.append(center_hz)

    def _forget(self, center_hz: float) -> None:
        self._candidates[center_hz] = _Candidate()
        if center_hz in self._queue:
            self._queue.remove(center_hz)
