"""Alerts by identity, kept while their sensor process is restarted."""

from collections.abc import Iterable
from dataclasses import replace

from detector.types import Alert

__all__ = ["AlertBook"]


class AlertBook:
    """All alerts of one sense since the sweep began.

    A sense that restarts begins with an empty memory and counts its keys from the start; what it had found before
    must not vanish with the process. The book keeps every alert it was ever given, by key, until the same key is
    reported again: the number shown never falls below what any run of the sense had found.
    """

    def __init__(self) -> None:
        self._held: dict[str, Alert] = {}
        self._current: dict[str, Alert] = {}

    def update(self, alerts: Iterable[Alert]) -> None:
        """Take the alerts of the newest report, which replace those of the same run."""
        current: dict[str, Alert] = {}
        for alert in alerts:
            earlier = self._current.get(alert.key) or self._held.pop(alert.key, None)
            first_t_ns = min(alert.first_t_ns, earlier.first_t_ns) if earlier else alert.first_t_ns
            current[alert.key] = replace(alert, first_t_ns=first_t_ns)
        self._current = current

    def restart(self) -> None:
        """Keep what the run that ended had found."""
        self._held |= self._current
        self._current = {}

    def alerts(self) -> tuple[Alert, ...]:
        """Return every alert, those of earlier runs last."""
        return (*self._current.values(), *self._held.values())
