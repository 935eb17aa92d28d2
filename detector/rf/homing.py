"""Walking to a transmitter: its level over seconds, whatever the gain, and whether it rises.

A state machine without a clock: it is asked for the next tuning and given the blocks; time is that of the blocks. It
looks for the slice in which the emitter is strongest, stays there, lets the sweep have a few hops now and then, and
steps the gain so that neither noise nor the converter's limit is near. Levels are corrected for the gain; how far a
step of the tuner really goes is measured at each step, so that the level told does not jump.
"""

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from detector.rf.commands import Home
from detector.rf.gain_steps import GainSteps, gain_ladder_db
from detector.rf.homing_options import HomingOptions
from detector.rf.levels import band_power
from detector.rf.spectrum import power_spectrum
from detector.rf.trend import LevelHistory
from detector.types import HomingState, IqBlock, Trend, Tuning

__all__ = ["Homing"]

_SEEK_MARGIN_HZ = 2e6
_SEEK_MOST = 9
_SEEK_PATIENCE = 8
_FAINT_SEEK_S = 3.0
_HEARD_MARGIN_DB = 2.0
_NARROW_MARGIN_HZ = 15e3
_NARROW_HZ = 0.5e6
_NARROW_OFFSET_HZ = 0.4e6
_FULL_DBFS = 0.0
_TINY = 1e-20


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """What homing has to know of the receiver and of the sweep.

    Attributes
    ----------
    sample_rate_hz, usable_fraction, dwell_s : float
        Of the sweep.
    top_gain_db : float
        Gain of the sweep, and the highest used.
    span_hz : tuple of float
        What can be tuned, inclusive.
    """

    sample_rate_hz: float
    usable_fraction: float
    dwell_s: float
    top_gain_db: float
    span_hz: tuple[float, float]


class Homing:
    """Holds one emitter at a time; idle until `start`.

    Parameters
    ----------
    options : HomingOptions
    receiver : Receiver
    """

    def __init__(self, options: HomingOptions, receiver: Receiver) -> None:
        self._options, self._receiver = options, receiver
        self._walk: _Walk | None = None

    def start(self, target: Home) -> None:
        """Turn to an emitter; the same alert again only moves its time."""
        if self._walk is not None and self._walk.target.alert_id == target.alert_id:
            self._walk.target = replace(self._walk.target, until_t_ns=target.until_t_ns)
        else:
            self._walk = _Walk(self._options, self._receiver, target)

    def stop(self) -> None:
        """Give the receiver back to the sweep."""
        self._walk = None

    @property
    def active(self) -> bool:
        """Whether an emitter is held."""
        return self._walk is not None

    def next_tuning(self) -> Tuning | None:
        """Return what to ask of the receiver; None leaves this turn to the sweep."""
        return None if self._walk is None else self._walk.next_tuning()

    def take(self, block: IqBlock, floor: float) -> None:
        """Take in a dwell that `next_tuning` asked for.

        Parameters
        ----------
        block : IqBlock
            Clipping steps the gain down; at the lowest gain it reads as very close.
        floor : float
            Noise power per bin of the sweep's spectra, at the highest gain.
        """
        if self._walk is not None:
            self._walk.take(block, floor)

    def tick(self, t_ns: int) -> None:
        """Let the time run: whoever asked and then fell silent has gone."""
        if self._walk is not None and t_ns >= self._walk.target.until_t_ns:
            self.stop()

    def state(self) -> HomingState | None:
        """Return what to show, None while idle or before the first average."""
        return None if self._walk is None else self._walk.state()


class _Walk:
    """One emitter, from the first to the last look."""

    def __init__(self, options: HomingOptions, receiver: Receiver, target: Home) -> None:
        self.target = target
        self._options, self._receiver = options, receiver
        self._gains = GainSteps(gain_ladder_db(receiver.top_gain_db, options.gain_step_db))
        self._history = LevelHistory(options)
        self._center_hz = target.freq_hz
        self._narrow = target.bandwidth_hz <= _NARROW_HZ
        self._noise_db: float | None = None
        self._limit = self._settled = False
        self._turn = 0
        self._sought_ns = 0
        self._seeking: deque[float] = deque()
        self._sought: dict[float, list[float]] = {}
        self._seek()

    def next_tuning(self) -> Tuning | None:
        if self._seeking:
            return self._tuning(self._seeking.popleft())
        self._turn += 1
        held = max(1, round(self._options.hold_s / self._receiver.dwell_s))
        if self._turn > held:
            if self._turn >= held + self._options.glance_hops:
                self._turn = 0
            if self._options.glance_hops:
                return None
        return self._tuning(self._center_hz)

    def take(self, block: IqBlock, floor: float) -> None:
        place = self._gains.place(block.gain_db)
        clipped = block.clipped_fraction > self._options.clipped
        self._limit = clipped and place == len(self._gains.ladder_db) - 1
        level_db = self._measure(block, place, floor)
        seeking = bool(self._sought)
        self._sight(block, level_db)
        if clipped or seeking:
            self._gains.forget()
        elif block.center_hz == self._center_hz:
            self._gains.note(place, level_db)
        self._step(block, place, clipped=clipped)
        if block.center_hz == self._center_hz and (not clipped or self._limit):
            self._history.add(block.t_ns, block.duration_s, level_db - self._gains.correction_db(place))
            # noise may have chosen the slice: what is hardly heard is looked for again soon
            seek_s = self._options.seek_s if self._is_heard(level_db) else min(_FAINT_SEEK_S, self._options.seek_s)
            if not self._sought and block.t_ns - self._sought_ns > seek_s * 1e9:
                self._seek()

    def state(self) -> HomingState | None:
        if self._noise_db is None or self._history.level_db is None:
            return None
        low_db = self._noise_db - self._options.below_noise_db
        range_db = max(_FULL_DBFS - self._gains.ladder_db[-1] - low_db, 1.0)
        level_db, peak_db = self._history.level_db, self._history.peak_db
        return HomingState(
            alert_id=self.target.alert_id,
            freq_hz=self._center_hz,
            level_db=round(level_db, 1),
            peak_db=round(peak_db, 1),
            strength=round(float(np.clip((level_db - low_db) / range_db, 0, 1)), 3),
            peak=round(float(np.clip((peak_db - low_db) / range_db, 0, 1)), 3),
            trend=self._trend(level_db),
            gain_db=self._gains.ladder_db[self._gains.wanted],
        )

    def _trend(self, level_db: float) -> Trend:
        if self._limit:
            return Trend.VERY_CLOSE
        return self._history.trend() if self._is_heard(level_db) else Trend.NOT_HEARD

    def _is_heard(self, level_db: float) -> bool:
        return self._noise_db is None or level_db >= self._noise_db - self._options.below_noise_db + _HEARD_MARGIN_DB

    def _seek(self) -> None:
        """Look at every slice that the emitter may fill, each twice, then stay where it is strongest."""
        if self._narrow:
            # beside the receiver's own spike, and only there: a narrow emitter is where its alert says
            self._seeking, self._sought = deque(), {}
            below_hz, above_hz = self.target.freq_hz - _NARROW_OFFSET_HZ, self.target.freq_hz + _NARROW_OFFSET_HZ
            self._center_hz = below_hz if below_hz >= self._receiver.span_hz[0] else above_hz
            return
        half_hz = self.target.bandwidth_hz / 2 + _SEEK_MARGIN_HZ
        step_hz = self._receiver.sample_rate_hz * self._receiver.usable_fraction / 2
        count = min(2 * int(half_hz // step_hz) + 1, _SEEK_MOST)
        raster_hz = self.target.freq_hz + (np.arange(count) - count // 2) * step_hz
        low_hz, high_hz = self._receiver.span_hz
        centers = [float(round(center)) for center in raster_hz if low_hz <= center <= high_hz] or [self._center_hz]
        self._seeking = deque([*centers, *centers])
        self._sought = {center: [] for center in centers}
        self._turn = 0

    def _sight(self, block: IqBlock, level_db: float) -> None:
        if not self._sought:
            return
        if block.center_hz in self._sought:
            self._sought[block.center_hz].append(level_db)
        # looks may be lost: after a few turns on the emitter those that came have to do
        if self._seeking or not (all(self._sought.values()) or self._turn > _SEEK_PATIENCE):
            return
        means = {center: float(np.mean(levels)) for center, levels in self._sought.items() if levels}
        if not means:
            return
        best = max(means, key=lambda center: means[center])
        # a slice is left only for one that is plainly stronger: each change makes the level jump
        if not self._settled or best == self._center_hz or means[best] > means.get(self._center_hz, -999.0) + 3:
            self._center_hz = best
        self._settled = True
        self._sought = {}
        self._sought_ns = block.t_ns

    def _tuning(self, center_hz: float) -> Tuning:
        return Tuning(
            center_hz=center_hz,
            sample_rate_hz=self._receiver.sample_rate_hz,
            sample_count=round(self._receiver.dwell_s * self._receiver.sample_rate_hz),
            gain_db=self._gains.ladder_db[self._gains.wanted],
        )

    def _measure(self, block: IqBlock, place: int, floor: float) -> float:
        """Level of the emitter's part of the slice, the noise taken off where it is known (at the highest gain)."""
        target = self.target
        spectrum = power_spectrum(block.samples, block.center_hz, block.sample_rate_hz)
        low_hz, high_hz = 0.0, 2 * block.center_hz
        if self._narrow:
            half_hz = target.bandwidth_hz / 2 + _NARROW_MARGIN_HZ
            low_hz, high_hz = target.freq_hz - half_hz, target.freq_hz + half_hz
        power, bins = band_power(spectrum, low_hz, high_hz, self._receiver.usable_fraction)
        noise = floor * bins
        if self._noise_db is None:
            self._noise_db = float(10 * np.log10(noise + _TINY)) - self._gains.ladder_db[0]
        if place == 0:
            power = max(power - noise, noise * 10 ** (-self._options.below_noise_db / 10))
        gain_db = self._gains.ladder_db[place] if block.gain_db is None else block.gain_db
        return float(10 * np.log10(power + _TINY)) - gain_db

    def _step(self, block: IqBlock, place: int, *, clipped: bool) -> None:
        """Step the gain, one step at a time, once the last step has taken hold."""
        if place != self._gains.wanted or (self._gains.busy and not clipped):
            return
        options = self._options
        total_dbfs = float(10 * np.log10(np.mean(np.abs(block.samples) ** 2) + _TINY))
        if (clipped or total_dbfs > options.high_dbfs) and place < len(self._gains.ladder_db) - 1:
            self._gains.go(place + 1)
        elif place and total_dbfs < options.high_dbfs - options.gain_step_db - options.back_db:
            self._gains.go(place - 1)
