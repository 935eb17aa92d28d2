"""When a find becomes an alert, and what may still be said against it afterwards (docs/decisions/0005).

Before: longer looks must agree, and video must show for its part of the time spent on its slices, so that a chance hit
never becomes an alert. After: it stays. A transmitter that falls silent is "not heard for N s"; one that goes on with
its rhythm and is refuted again and again loses confidence, in plain words, but not its place.
"""

from detector.rf.emitters import Emitter
from detector.rf.options import RfOptions
from detector.types import Phrase

__all__ = ["Persistence"]

_QUIET_STEP_S = 10


class Persistence:
    """Time spent on each slice, and how much of it showed video.

    Parameters
    ----------
    options : RfOptions
    looks : int
        Longer looks that must agree before an alert.
    """

    def __init__(self, options: RfOptions, looks: int) -> None:
        self._options, self._looks = options, looks
        self._watched: dict[float, list[float]] = {}

    def note(self, center_hz: float, seconds: float, *, video: bool) -> None:
        """Take in a longer look; slices that never showed video are not kept."""
        if video or center_hz in self._watched:
            watched = self._watched.setdefault(center_hz, [0.0, 0.0])
            watched[0] += seconds if video else 0.0
            watched[1] += seconds

    def alerts(self, emitter: Emitter) -> bool:
        """Return whether an emitter is an alert now; once it is, it stays one."""
        if not emitter.alerted and emitter.confirmations >= self._looks:
            known = (self._watched[center_hz] for center_hz in emitter.hits if center_hz in self._watched)
            shares = [hits_s / looks_s for hits_s, looks_s in known]
            emitter.alerted = max(shares, default=0.0) >= self._options.persistence
        return emitter.alerted

    def doubted(self, emitter: Emitter) -> bool:
        """Return whether looks at an alert refuted it so often that its confidence is taken down."""
        return emitter.alerted and emitter.doubts >= self._options.sweep.doubt_looks

    def confidence(self, emitter: Emitter) -> float:
        """Return the confidence to state: no more than the alert line's where later looks refuted it."""
        return min(emitter.confidence, self._options.alert_confidence) if self.doubted(emitter) else emitter.confidence

    def afterthoughts(self, emitter: Emitter, t_ns: int) -> tuple[Phrase, ...]:
        """Return what has to be added to the reasons of an alert at a time."""
        told = []
        quiet_s = (t_ns - emitter.last_t_ns) / 1e9
        if emitter.alerted and quiet_s >= self._options.sweep.quiet_s:
            # whole steps: the sentence changes only now and then
            told.append(Phrase("rf.reason.not_heard", {"seconds": int(quiet_s) // _QUIET_STEP_S * _QUIET_STEP_S}))
        if self.doubted(emitter):
            told.append(Phrase("rf.reason.doubted", {"looks": emitter.doubts}))
        return tuple(told)
