"""Gain band by band: down where the converter clips, up again where it is quiet, every change counted.

A strong broadcaster fills eight bits and deafens its own band; the camera bands must not lose gain for it. So the
range is cut into bands of equal width, each with a gain of its own. Two limits that do not meet keep it steady: down
when a dwell clips, up only when the loudest slice of the band would stay well below full scale, and only until the
receiver's own noise tops that of the converter. An amplifier overloaded by a transmitter in another band does not
clip the converter; that kind of overload shows as a raised floor and is not seen here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from detector.rf.sweep_options import GainOptions

__all__ = ["R82XX_GAINS_DB", "GainPlan"]

R82XX_GAINS_DB = (
    *(0.0, 0.9, 1.4, 2.7, 3.7, 7.7, 8.7, 12.5, 14.4, 15.7, 16.6, 19.7, 20.7, 22.9, 25.4),
    *(28.0, 29.7, 32.8, 33.8, 36.4, 37.2, 38.6, 40.2, 42.1, 43.4, 43.9, 44.5, 48.0, 49.6),
)
"""Gains of the R820T and R828D tuners, as librtlsdr lists them; any list that rises serves."""


@dataclass(slots=True)
class _Band:
    gain_db: float
    changed_ns: int
    levels_dbfs: dict[float, float] = field(default_factory=dict)
    clipped: dict[float, int] = field(default_factory=dict)


class GainPlan:
    """Remembers the gain of each band.

    Parameters
    ----------
    options : GainOptions
    start_db : float
        Gain of a band not listened to yet.
    gains_db : sequence of float
        Gains that the tuner has, rising.
    """

    def __init__(self, options: GainOptions, start_db: float, gains_db: Sequence[float] = R82XX_GAINS_DB) -> None:
        self._options, self._start_db = options, start_db
        self._gains_db = [gain for gain in gains_db if options.least_db <= gain <= options.most_db] or [start_db]
        self._bands: dict[int, _Band] = {}
        self.changes = 0

    def gain_db(self, center_hz: float) -> float:
        """Return the gain to ask for."""
        band = self._bands.get(self._number(center_hz))
        return self._start_db if band is None else band.gain_db

    def update(self, center_hz: float, gain_db: float, clipped: float, level_dbfs: float, t_ns: int) -> bool:
        """Take in a dwell; return whether it clipped and the gain was taken down, so that it is worth another look.

        Parameters
        ----------
        center_hz : float
        gain_db : float
            Asked for with this dwell; one that was asked for before the last change decides nothing.
        clipped : float
            Part of the components at either end of the converter's range.
        level_dbfs : float
            Mean power of the samples, full-scale tone 0.
        t_ns : int
        """
        band = self._bands.setdefault(self._number(center_hz), _Band(self._start_db, t_ns))
        over = clipped > self._options.clipped
        band.clipped[center_hz] = band.clipped.get(center_hz, 0) + 1 if over else 0
        band.levels_dbfs[center_hz] = level_dbfs - gain_db
        if not self._options.automatic or gain_db != band.gain_db:
            return over and self._options.automatic and gain_db > band.gain_db
        if over:
            return self._down(band, t_ns)
        self._up(band, t_ns)
        return False

    def overloaded_hz(self) -> tuple[tuple[float, float], ...]:
        """Return the limits of the bands where a slice clipped on its last two looks, rising; neighbours joined."""
        numbers = sorted(number for number, band in self._bands.items() if max(band.clipped.values(), default=0) > 1)
        joined: list[list[int]] = []
        for number in numbers:
            if joined and number == joined[-1][1] + 1:
                joined[-1][1] = number
            else:
                joined.append([number, number])
        width_hz = self._options.band_hz
        return tuple((first * width_hz, (last + 1) * width_hz) for first, last in joined)

    def range_db(self) -> tuple[float, float]:
        """Return the lowest and the highest gain in force."""
        gains = [band.gain_db for band in self._bands.values()] or [self._start_db]
        return min(gains), max(gains)

    def _number(self, center_hz: float) -> int:
        return int(center_hz // self._options.band_hz)

    def _down(self, band: _Band, t_ns: int) -> bool:
        wanted_db = band.gain_db - self._options.down_db
        lower = [gain for gain in self._gains_db if gain < band.gain_db]
        if not lower:
            return False
        self._change(band, max([gain for gain in lower if gain <= wanted_db] or lower[:1]), t_ns)
        return True

    def _up(self, band: _Band, t_ns: int) -> None:
        options = self._options
        if t_ns - band.changed_ns < options.hold_s * 1e9:
            return
        quietest, loudest = min(band.levels_dbfs.values()), max(band.levels_dbfs.values())
        higher = [gain for gain in self._gains_db if band.gain_db < gain <= band.gain_db + options.up_db]
        higher = higher or [gain for gain in self._gains_db if gain > band.gain_db][:1]
        fits = [gain for gain in higher if loudest + gain <= options.headroom_dbfs]
        if fits and quietest + band.gain_db < options.enough_dbfs:
            self._change(band, max(fits), t_ns)

    def _change(self, band: _Band, gain_db: float, t_ns: int) -> None:
        band.gain_db, band.changed_ns = gain_db, t_ns
        band.clipped.clear()
        self.changes += 1
