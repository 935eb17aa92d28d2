"""The verdict: what may be said of the room, and because of what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detector.fusion.options import FusionOptions
from detector.types import Alert, AlertKind, Phrase, SenseCoverage, Verdict

__all__ = ["Judgement", "SenseStanding", "judge"]

_NEVER_STRONG = frozenset({AlertKind.CELLULAR_UPLINK})
"""However sure it is that a device sends over the mobile network, it usually is the reader's own telephone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseStanding:
    """How one sense stands when the verdict is taken.

    Attributes
    ----------
    working : bool
        The sensor delivers now.
    coverage : SenseCoverage or None
        None until the sense has said anything.
    """

    working: bool
    coverage: SenseCoverage | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and the phrases that justify it."""

    verdict: Verdict
    because: tuple[Phrase, ...]


def judge(
    alerts: Sequence[Alert], standings: Mapping[str, SenseStanding], options: FusionOptions, *, marked_count: int = 0
) -> Judgement:
    """Take the verdict.

    An alert outranks short coverage: what was found stays found when a sensor fails. Without an alert, every sense
    has to work and to have covered its share before "nothing detected" may be said.

    Parameters
    ----------
    alerts : sequence of Alert
        Alerts that stand; those marked as false by the operator left out.
    standings : mapping of str to SenseStanding
        By name of sense; a sense that was switched off on purpose is here too, as not working.
    options : FusionOptions
    marked_count : int
        How many alerts the operator marked as false; the verdict says so.
    """
    marked = (Phrase("verdict.because.marked", {"count": marked_count}),) if marked_count else ()
    shortfalls = _shortfalls(standings)
    if alerts:
        strong = any(
            alert.confidence >= options.strong_confidence and alert.kind not in _NEVER_STRONG for alert in alerts
        )
        because = Phrase("verdict.because.alert", {"count": len(alerts)})
        return Judgement(Verdict.STRONG_SIGN if strong else Verdict.CHECK_THIS_SPOT, (because, *shortfalls, *marked))
    if shortfalls or not standings:
        return Judgement(Verdict.INCOMPLETE, (*shortfalls, *marked))
    return Judgement(Verdict.NOTHING_DETECTED, (Phrase("verdict.because.nothing"), *marked))


def _shortfalls(standings: Mapping[str, SenseStanding]) -> tuple[Phrase, ...]:
    phrases = []
    for sense, standing in standings.items():
        if not standing.working:
            phrases.append(Phrase("verdict.because.sensor_not_ok", {"sense": sense}))
        elif standing.coverage is None or not standing.coverage.complete:
            phrases.append(Phrase("verdict.because.coverage_short", {"sense": sense}))
    return tuple(phrases)
