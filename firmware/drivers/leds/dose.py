"""How long rings may be lit: limits that protect eyes, kept apart from pins and threads."""

from firmware.drivers.clock import NS_PER_S
from firmware.drivers.settings import LedSettings

__all__ = ["DoseLimit", "allowed_duty"]

_LONG_EXPOSURE_LIMIT_W_M2 = 100.0  # IEC 62471, 4.3.7, longer than 1000 s


def allowed_duty(settings: LedSettings) -> float:
    """Return the largest duty: the configured one, or less where the measured irradiance asks for it."""
    if settings.irradiance_w_m2 <= 0:
        return settings.max_duty
    return min(settings.max_duty, _LONG_EXPOSURE_LIMIT_W_M2 / settings.irradiance_w_m2)


class DoseLimit:
    """Accounts for light as a leaking bucket: on-time fills it, and it leaks at the allowed duty.

    From darkness a ring may be lit for ``max_duty * duty_window_s`` at a stretch, and over a longer time the mean never
    exceeds `max_duty`. All rings count together: they shine into the same eye. A dimmed ring counts by its share.

    Parameters
    ----------
    settings : LedSettings

    References
    ----------
    IEC 62471:2006, photobiological safety of lamps, 4.3.7: infrared irradiance of the eye at most 100 W/m2 for longer
    than 1000 s. Its retinal limits depend on the size of the source as well, and have to be measured on the board.
    """

    def __init__(self, settings: LedSettings) -> None:
        self._max_on_ns = round(settings.max_on_s * NS_PER_S)
        self._max_duty = allowed_duty(settings)
        self._capacity_ns = self._max_duty * settings.duty_window_s * (1 - self._max_duty) * NS_PER_S
        self._level_ns = 0.0
        self._updated_ns: int | None = None
        self._lit_since_ns: int | None = None
        self._share = 1.0

    @property
    def max_duty(self) -> float:
        """Largest part of a long time in which a ring may be lit."""
        return self._max_duty

    def light(self, t_ns: int, share: float = 1.0) -> None:
        """Note that a ring was lit (again) at `t_ns`, dimmed to this share of its light."""
        self._update(t_ns)
        self._lit_since_ns = t_ns
        self._share = share

    def darken(self, t_ns: int) -> None:
        """Note that all rings went dark at `t_ns`."""
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
            filled_ns = self._share * elapsed_ns if self._lit_since_ns is not None else 0
            self._level_ns = max(0.0, self._level_ns + filled_ns - self._max_duty * elapsed_ns)
        self._updated_ns = t_ns
