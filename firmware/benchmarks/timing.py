"""Timing two pieces of work in turn, so that a drifting clock speed hits both."""

import statistics
import time
from collections.abc import Callable

__all__ = ["cpu_seconds_side_by_side"]


def cpu_seconds_side_by_side(
    work: Callable[[], object], yardstick: Callable[[], object], runs: int
) -> tuple[float, float]:
    """Return the median processor seconds of one call of each, the calls alternating.

    Parameters
    ----------
    work, yardstick : callable
    runs : int
        Calls of each that count; one more of each comes first and does not.
    """
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs + 1):
        for kept, call in zip(seconds, (work, yardstick), strict=True):
            start = time.process_time()
            call()
            kept.append(time.process_time() - start)
    return statistics.median(seconds[0][1:]), statistics.median(seconds[1][1:])
