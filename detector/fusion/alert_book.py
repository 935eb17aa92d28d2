"""Alerts by identity, kept while their sensor process is restarted."""

from collections.abc import Iterable
from dataclasses import replace

from detector.types import Alert, RadioAlert

__all__ = ["AlertBook"]

_HELD_AT_MOST = 64


class AlertBook:
    """All alerts of one sense since the sweep began.

    A process that restarts begins with an empty memory and counts its keys from the start, so a key names a thing
    within one run only. What a run that ended had found stays in the book: it must not vanish with the process, and
    nothing of a later run may take its place by chance. A transmitter is known again by its frequency and keeps its
    identity; a glint cannot be known again, and a lens found anew stands beside what was found before.
    """

    def __init__(self) -> None:
        self._held: dict[str, Alert] = {}
        self._current: dict[str, Alert] = {}
        self._names: dict[str, str] = {}
        self._run = 0

    def update(self, alerts: Iterable[Alert]) -> None:
        """Take the alerts of the newest report, which replace those of the same run."""
        current: dict[str, Alert] = {}
        for alert in alerts:
            name = self._name(alert)
            earlier = self._held.pop(name, None) or self._current.get(name)
            first_t_ns = min(alert.first_t_ns, earlier.first_t_ns) if earlier else alert.first_t_ns
            current[name] = replace(alert, key=name, first_t_ns=first_t_ns)
        self._current = current

    def restart(self) -> None:
        """Keep what the run that ended had found; the most confident where there are too many."""
        held = sorted((self._held | self._current).items(), key=lambda item: -item[1].confidence)
        self._held = dict(held[:_HELD_AT_MOST])
        self._current = {}
        self._names = {}
        self._run += 1

    def alerts(self) -> tuple[Alert, ...]:
        """Return every alert, those of earlier runs last; keys are unique over all runs."""
        return (*self._current.values(), *self._held.values())

    def name(self, key: str) -> str:
        """Return the key of this run's alert, made unique over all runs."""
        return self._names.get(key) or (f"{key}.{self._run}" if self._run else key)

    def _name(self, alert: Alert) -> str:
        if alert.key not in self._names:
            same = next((name for name, held in self._held.items() if _same_thing(alert, held)), None)
            self._names[alert.key] = same or self.name(alert.key)
        return self._names[alert.key]


def _same_thing(alert: Alert, held: Alert) -> bool:
    """Whether two alerts of different runs are one transmitter: same kind, and within half their widths."""
    if not isinstance(alert, RadioAlert) or not isinstance(held, RadioAlert) or alert.kind is not held.kind:
        return False
    return abs(alert.freq_hz - held.freq_hz) <= max(alert.bandwidth_hz, held.bandwidth_hz) / 2
