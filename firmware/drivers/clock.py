"""The time that drivers live by: the kernel's monotonic clock, or a clock that a test turns by hand."""

import time
from typing import Protocol

__all__ = ["NS_PER_S", "SYSTEM_CLOCK", "Clock", "SystemClock"]

NS_PER_S = 1_000_000_000


class Clock(Protocol):
    """What a driver asks of time."""

    def monotonic_ns(self) -> int:
        """Return the time in ns since an arbitrary instant; never goes back."""

    def sleep_until(self, t_ns: int) -> None:
        """Return once `monotonic_ns` has reached `t_ns`; at once if it already has."""


class SystemClock:
    """CLOCK_MONOTONIC, the clock that libcamera stamps frames with."""

    def monotonic_ns(self) -> int:
        """Return CLOCK_MONOTONIC in ns."""
        return time.monotonic_ns()

    def sleep_until(self, t_ns: int) -> None:
        """Sleep until CLOCK_MONOTONIC reads at least `t_ns`."""
        while (left_ns := t_ns - time.monotonic_ns()) > 0:
            time.sleep(left_ns / NS_PER_S)


SYSTEM_CLOCK = SystemClock()
