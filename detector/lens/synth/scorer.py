"""What a report got right, by class of object, with honest intervals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from detector.types import Alert, GlintAlert

__all__ = ["Outcome", "Tally", "interval", "nearest_object", "score", "table"]

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One object (or, with kind `nothing`, one alert on no object at all) of one sequence.

    Attributes
    ----------
    kind : str
    alerted, inspected : bool
        Whether an alert, or an entry worth a look, lies on it.
    confidence : float
        Of that alert, else of that entry, else 0.
    """

    kind: str
    alerted: bool
    inspected: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Alerts on objects of a kind: `alerted` of `count`, with a 95 % interval."""

    kind: str
    count: int
    alerted: int
    inspected: int
    low: float
    high: float


def interval(hits: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a share; (0, 1) when nothing was counted."""
    if count == 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, hits, count - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, count - hits)) if hits < count else 1.0
    return low, high


def nearest_object(
    alert: GlintAlert, truth: Mapping[int, Mapping[str, Place]], within_px: Mapping[str, float]
) -> tuple[str | None, float]:
    """Return the object on which the whole track lies, and the least of all largest distances; None when there is none.

    Parameters
    ----------
    alert : GlintAlert
    truth : mapping of frame sequence number to mapping of name to (y_px, x_px)
    within_px : mapping of name to float
        Every point of the track must lie this near; more for things that glint away from their middle.
    """
    names = set.intersection(*(set(truth[frame]) for frame, _, _ in alert.track))
    worst = {
        name: max(float(np.hypot(y - truth[f][name][0], x - truth[f][name][1])) for f, y, x in alert.track)
        for name in names
    }
    inside = [name for name in names if worst[name] <= within_px[name]]
    name = min(inside, key=lambda n: worst[n], default=None)
    return name, min(worst.values(), default=np.inf)


def score(
    alerts: Sequence[Alert],
    inspect: Sequence[Alert],
    kinds: Mapping[str, str],
    truth: Mapping[int, Mapping[str, Place]],
    within_px: Mapping[str, float],
) -> tuple[Outcome, ...]:
    """Return one outcome per object, and one more per alert that lies on none.

    Parameters
    ----------
    alerts, inspect : sequence of Alert
        Of one report.
    kinds : mapping of name to kind
    truth : mapping of frame sequence number to mapping of name to (y_px, x_px)
    within_px : mapping of name to float
    """
    on = _by_object(alerts, truth, within_px)
    below = _by_object(inspect, truth, within_px)
    found = [
        Outcome(kind, name in on, name in below, max(on.get(name, below.get(name, [0.0]))))
        for name, kind in kinds.items()
    ]
    return (*found, *(Outcome("nothing", True, False, c) for c in on.get(None, [])))


def _by_object(
    alerts: Sequence[Alert], truth: Mapping[int, Mapping[str, Place]], within_px: Mapping[str, float]
) -> dict[str | None, list[float]]:
    found: dict[str | None, list[float]] = {}
    for alert in alerts:
        if isinstance(alert, GlintAlert):
            found.setdefault(nearest_object(alert, truth, within_px)[0], []).append(alert.confidence)
    return found


def table(outcomes: Iterable[Outcome]) -> tuple[Tally, ...]:
    """Return one tally per kind, lenses first."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.kind, []).append(outcome)
    order = sorted(groups, key=lambda kind: (kind != "lens", kind))
    return tuple(_tally(kind, groups[kind]) for kind in order)


def _tally(kind: str, group: Sequence[Outcome]) -> Tally:
    alerted = sum(o.alerted for o in group)
    return Tally(kind, len(group), alerted, sum(o.inspected for o in group), *interval(alerted, len(group)))
