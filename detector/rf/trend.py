"""The level of the last seconds: its average, its peak, and whether it rises by more than noise would."""

from collections import deque

import numpy as np

from detector.rf.homing_options import HomingOptions
from detector.types import Trend

__all__ = ["LevelHistory"]

_BLOCK_NS = 250_000_000
_GAP_NS = 1_500_000_000
_OWN_DB = 0.15
_LEAST_BLOCKS = 6


class LevelHistory:
    """Levels in blocks of a quarter of a second (means of power, then dB).

    Rising or falling is the slope of a straight line through the blocks of the last `trend_s`, over its standard error
    (at least what the instrument's own unsteadiness of 0.15 dB would give).

    Parameters
    ----------
    options : HomingOptions
    """

    def __init__(self, options: HomingOptions) -> None:
        self._options = options
        self._looks: deque[tuple[int, float]] = deque()
        self._blocks: deque[tuple[float, float]] = deque()
        self._open: list[float] = []
        self._open_ns: int | None = None
        self._trend = Trend.WAITING
        self.level_db: float | None = None
        self.peak_db = -np.inf

    def add(self, t_ns: int, duration_s: float, level_db: float) -> None:
        """Take in a dwell.

        Parameters
        ----------
        t_ns : int
            Its start; times never go back.
        duration_s : float
        level_db : float
        """
        if self._looks and t_ns - self._looks[-1][0] > _GAP_NS:
            self._looks.clear()
            self._blocks.clear()
            self._open, self._open_ns, self._trend = [], None, Trend.WAITING
        power = float(10 ** (level_db / 10))
        self._looks.append((t_ns, power))
        while t_ns - self._looks[0][0] > self._options.average_s * 1e9:
            self._looks.popleft()
        self.level_db = float(10 * np.log10(np.mean([look[1] for look in self._looks])))
        if t_ns + duration_s * 1e9 - self._looks[0][0] >= 0.5 * self._options.average_s * 1e9:
            # a single dwell is no average: a click would hold the peak for ever
            self.peak_db = max(self.peak_db, self.level_db)
        self._open_ns = t_ns if self._open_ns is None else self._open_ns
        self._open.append(power)
        if t_ns + duration_s * 1e9 - self._open_ns >= _BLOCK_NS:
            self._close(t_ns)

    def trend(self) -> Trend:
        """Return the newest word."""
        return self._trend

    def _close(self, t_ns: int) -> None:
        self._blocks.append((t_ns / 1e9, float(10 * np.log10(np.mean(self._open)))))
        self._open, self._open_ns = [], None
        while self._blocks[-1][0] - self._blocks[0][0] > self._options.trend_s:
            self._blocks.popleft()
        self._trend = self._word()

    def _word(self) -> Trend:
        count = len(self._blocks)
        if count < _LEAST_BLOCKS:
            return Trend.WAITING
        times, levels = np.array(self._blocks).T
        times = times - times.mean()
        spread = float(times @ times)
        slope = float(times @ levels) / spread
        rest = levels - levels.mean() - slope * times
        sigma = max(float(np.sqrt(rest @ rest / (count - 2))), _OWN_DB)
        moved_db = slope * (times[-1] - times[0])
        if abs(slope) * np.sqrt(spread) / sigma < self._options.trend_t or abs(moved_db) < self._options.trend_db:
            return Trend.STEADY
        return Trend.WARMER if slope > 0 else Trend.COLDER
