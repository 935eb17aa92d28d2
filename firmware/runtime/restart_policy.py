"""How long to wait before a sensor process is started again."""

from firmware.config.scheme import SupervisionConfig

__all__ = ["RestartPolicy"]

_DOUBLINGS = 16


class RestartPolicy:
    """Doubling waits, forgotten after a stable run.

    Parameters
    ----------
    config : SupervisionConfig
    """

    def __init__(self, config: SupervisionConfig) -> None:
        self._config = config
        self._failures = 0

    def delay_s(self, ran_for_s: float) -> float:
        """Return the wait after a run that lasted `ran_for_s` seconds."""
        if ran_for_s >= self._config.stable_after_s:
            self._failures = 0
        delay_s = self._config.restart_delay_s * 2.0 ** min(self._failures, _DOUBLINGS)
        self._failures += 1
        return min(delay_s, self._config.restart_delay_max_s)
