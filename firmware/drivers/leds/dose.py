"""How long rings may be lit: limits that protect eyes, kept apart from pins and threads."""

from firmware.drivers.clock import NS_PER_S
from firmware.drivers.settings import LedSettings

__all__ = ["DoseLimit"]


class DoseLimit:
    """Accounts for light as a leaking bucket: on-time fills it, and it leaks at the allowed duty.

    Within any window of `duty_window_s` at most ``max_duty * duty_window_s`` above the leak can be lit, so the mean
    over a longer time never exceeds `max_duty`. Both rings count together: they shine into the same eye.

    Parameters
    ----------
    settings : LedSettings

    References
    ----------
    IEC 62471, photobiological safety of lamps: infrared exposure of the eye is limited by irradiance and time.
    """

    def __init__(self, settings: LedSettings) -> None:
        self._max_on_ns = round(settings.max_on_s * NS_PER_S)
        self._max_duty = settings.max_duty
        self._capacity_ns = settings.max_duty * settings.duty_window_s * (1 - settings.max_duty) * NS_PER_S
        self._level_ns = 0.0
        self._updated_ns: int | None = None
        self._lit_since_ns: int | None = None

    def light(self, t_ns: int) -> None:
        """Note that a ring was lit (again) at `t_ns`."""
        self._update(t_ns)
        self._lit_since_ns = t_ns

    def darken(self, t_ns: int) -> None:
        """Note that both rings went dark at `t_ns`."""
        self._update(t_ns)
        self._lit_since_ns = None

    def spent(self, t_ns: int) -> bool:
        """Return whether no more light is allowed for now."""
        self._update(t_ns)
        return self._level_ns >= self._capacity_ns

    def off_due_ns(self) -> int | None:
        """Return when the lit ring must go dark at the latest; None while dark."""
        return None if self._lit_since_ns is None else self._lit_since_ns + self._max_on_ns

    def _update(self, t_ns: int) -> None:
        if self._updated_ns is not None:
            elapsed_ns = t_ns - self._updated_ns
            filled_ns = elapsed_ns if self._lit_since_ns is not None else 0
            self._level_ns = max(0.0, self._level_ns + filled_ns - self._max_duty * elapsed_ns)
        self._updated_ns = t_ns
