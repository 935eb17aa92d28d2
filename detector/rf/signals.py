"""Ambient energy: what stands out of a slice, named by the classifiers; never an alert."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from detector.rf.classifiers.naming import name_run
from detector.rf.classifiers.pulsed import PulsedClassifier
from detector.rf.classifiers.template import Run, SliceView, whole_slice
from detector.rf.options import RfOptions
from detector.types import RadioSignal, SignalKind

__all__ = ["NAMELESS", "SignalFinder", "SignalList"]

NAMELESS = (SignalKind.UNKNOWN, SignalKind.NOISE_LIKE)

_RUNS = 6
_JOIN_HZ = 40e3
# noise of a whole dwell stays below 3 times its mean
_PULSED_PEAK, _PULSED_SWING = 4.0, 0.6
_SAME_HZ = 0.15e6
_PULSED = PulsedClassifier()
_OF_PULSES = (SignalKind.PULSED, SignalKind.OOK_FSK, SignalKind.NARROWBAND, SignalKind.UNKNOWN)


class SignalFinder:
    """Finds what stands above the noise in a slice and has it named.

    Parameters
    ----------
    options : RfOptions
    """

    def __init__(self, options: RfOptions) -> None:
        self._options = options

    def find(
        self, view: SliceView, t_ns: int, refusals: Counter[str], own: Callable[[Run], bool] | None = None
    ) -> tuple[RadioSignal, ...]:
        """Return the signals of a slice, strongest first, at most six.

        Parameters
        ----------
        view : SliceView
        t_ns : int
            Time of the dwell.
        refusals : Counter of str
            Why runs stayed unknown.
        own : callable, optional
            Whether a run belongs to this slice; others are left out.
        """
        found = []
        pulses = self._pulses(view)
        if pulses is not None:
            found.append(_signal(SignalKind.PULSED, pulses, t_ns))
        for run in self.runs(view):
            if own is not None and not own(run):
                continue
            kind = name_run(view, run, self._options, refusals)
            # the lines of a pulse train belong to it
            if kind is not None and not (pulses is not None and kind in _OF_PULSES):
                found.append(_signal(kind, run, t_ns))
        return tuple(found)

    def _pulses(self, view: SliceView) -> Run | None:
        """The whole slice where it holds pulses: short ones lift no bin by much, and no bin tells where they are."""
        if view.peak < _PULSED_PEAK or view.swing < _PULSED_SWING:
            return None
        run = whole_slice(view)
        verdict = _PULSED.judge(view, run)
        named = verdict.refusal is None and verdict.log_ratio > self._options.unknown_log_ratio
        return run if named else None

    def runs(self, view: SliceView) -> list[Run]:
        """Return the stretches of bins over the floor, strongest first, at most six."""
        excess = view.excess
        over = excess > 10 ** (self._options.signal_db / 10)
        if not over.any():
            return []
        first_bin = view.spectrum.usable(view.usable_fraction).start
        found = []
        for first, last in _runs(over, max(1, round(_JOIN_HZ / view.spectrum.bin_hz))):
            level = excess[first : last + 1]
            centroid = float(np.average(np.arange(first, last + 1), weights=level)) + first_bin
            found.append(
                Run(
                    low_hz=view.spectrum.frequency_hz(first + first_bin - 0.5),
                    high_hz=view.spectrum.frequency_hz(last + first_bin + 0.5),
                    freq_hz=view.spectrum.frequency_hz(centroid),
                    snr_db=float(10 * np.log10(level.mean())),
                )
            )
        return sorted(found, key=lambda run: -run.snr_db)[:_RUNS]


def _signal(kind: SignalKind, run: Run, t_ns: int) -> RadioSignal:
    return RadioSignal(kind=kind, freq_hz=run.freq_hz, bandwidth_hz=run.width_hz, snr_db=run.snr_db, last_t_ns=t_ns)


def _runs(over: npt.NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    """First and last index of the stretches that are over, gaps up to `gap` bins bridged."""
    at = np.flatnonzero(over)
    breaks = np.flatnonzero(np.diff(at) > gap)
    return list(zip(at[np.r_[0, breaks + 1]].tolist(), at[np.r_[breaks, len(at) - 1]].tolist(), strict=True))


class SignalList:
    """Ambient signals heard lately, each once.

    Parameters
    ----------
    hold_s : float
        Time after which one that was not heard again is dropped.
    limit : int
        Longest list; the weakest go first.
    """

    def __init__(self, hold_s: float, limit: int) -> None:
        self._hold_ns, self._limit = int(hold_s * 1e9), limit
        self._signals: list[RadioSignal] = []

    def update(self, found: tuple[RadioSignal, ...]) -> None:
        """Take in the signals of a slice.

        One of the same kind within 150 kHz is the same. A name takes the place of a nameless one whose band it shares;
        a nameless one that shares the band of a name adds nothing but that it was heard.
        """
        for signal in found:
            self._take(signal)

    def _take(self, signal: RadioSignal) -> None:
        alike = [known for known in self._signals if known.kind is signal.kind and _apart_hz(known, signal) < _SAME_HZ]
        nearest = min(alike, key=lambda known: _apart_hz(known, signal), default=None)
        if nearest is None and signal.kind in NAMELESS:
            named = (known for known in self._signals if known.kind not in NAMELESS and _share(known, signal))
            place = next(named, None)
            if place is not None:
                self._replace(place, replace(place, last_t_ns=signal.last_t_ns))
                return
        if signal.kind not in NAMELESS:
            self._signals = [
                known for known in self._signals if known.kind not in NAMELESS or not _share(known, signal)
            ]
        if nearest is None:
            self._signals.append(signal)
        else:
            self._replace(nearest, replace(signal, snr_db=max(signal.snr_db, nearest.snr_db - 1)))

    def _replace(self, old: RadioSignal, new: RadioSignal) -> None:
        self._signals[self._signals.index(old)] = new

    def listed(self, t_ns: int) -> tuple[RadioSignal, ...]:
        """Return what is still held at a time, strongest first."""
        self._signals = [signal for signal in self._signals if t_ns - signal.last_t_ns <= self._hold_ns]
        return tuple(sorted(self._signals, key=lambda signal: -signal.snr_db)[: self._limit])


def _apart_hz(one: RadioSignal, other: RadioSignal) -> float:
    return abs(one.freq_hz - other.freq_hz)


def _share(one: RadioSignal, other: RadioSignal) -> bool:
    """Whether the middle of the narrower lies in the other's band."""
    return _apart_hz(one, other) <= max(one.bandwidth_hz, other.bandwidth_hz) / 2
