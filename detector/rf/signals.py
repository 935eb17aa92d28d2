"""Ambient energy: what stands out of a slice, named by the classifiers; never an alert."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

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
_SAME_HZ, _NARROW_HZ = 0.15e6, 50e3
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

    What a slice of the gapless pass shows is provisional: its dwell tells a narrow signal from a wide one, hardly a
    voice from a carrier. A longer look's signals take its place.

    Parameters
    ----------
    hold_s : float
        Time after which one that was not heard again is dropped.
    limit : int
        Longest list; the weakest go first.
    """

    def __init__(self, hold_s: float, limit: int) -> None:
        self._hold_ns, self._limit = int(hold_s * 1e9), limit
        self._entries: list[_Entry] = []

    def update(self, found: tuple[RadioSignal, ...], *, provisional: bool = False, listed_only: bool = False) -> None:
        """Take in the signals of a slice; one of the same kind within 150 kHz is the same.

        Parameters
        ----------
        found : tuple of RadioSignal
        provisional : bool
            A longer look may say otherwise.
        listed_only : bool
            Only what shares its band with something listed: a lone look cannot tell a signal from an image.
        """
        for signal in found:
            if provisional:
                self._suggest(signal)
            elif not listed_only or any(_share(entry.signal, signal) for entry in self._entries):
                self._take(signal)

    def withdraw(self, low_hz: float, high_hz: float) -> None:
        """Drop what was provisional in a band that turned out to be one transmitter's."""
        self._entries = [
            entry for entry in self._entries if not (entry.provisional and low_hz <= entry.signal.freq_hz <= high_hz)
        ]

    def listed(self, t_ns: int) -> tuple[RadioSignal, ...]:
        """Return what is still held at a time, strongest first."""
        self._entries = [entry for entry in self._entries if t_ns - entry.signal.last_t_ns <= self._hold_ns]
        ranked = sorted((entry.signal for entry in self._entries), key=lambda signal: -signal.snr_db)
        return tuple(ranked[: self._limit])

    def _suggest(self, signal: RadioSignal) -> None:
        """A provisional signal: news only where nothing is listed, or where what is listed was provisional too."""
        held = [entry for entry in self._entries if _share(entry.signal, signal)]
        settled = [entry for entry in held if not entry.provisional]
        for entry in settled:
            entry.signal = replace(entry.signal, last_t_ns=signal.last_t_ns)
        if settled:
            return
        narrow = [entry for entry in held if _narrow(entry.signal) and _narrow(signal)]
        self._put(signal, narrow or self._alike(signal), provisional=True)

    def _take(self, signal: RadioSignal) -> None:
        """A settled signal: whatever was provisional in its band goes, and another name of a narrow one."""
        gone = [
            entry
            for entry in self._entries
            if _share(entry.signal, signal) and (entry.provisional or (_narrow(entry.signal) and _narrow(signal)))
        ]
        self._put(signal, gone + [entry for entry in self._alike(signal) if entry not in gone], provisional=False)

    def _alike(self, signal: RadioSignal) -> list["_Entry"]:
        near = [
            entry
            for entry in self._entries
            if entry.signal.kind is signal.kind and _apart_hz(entry.signal, signal) < _SAME_HZ
        ]
        return sorted(near, key=lambda entry: _apart_hz(entry.signal, signal))[:1]

    def _put(self, signal: RadioSignal, old: list["_Entry"], *, provisional: bool) -> None:
        levels_db = [entry.signal.snr_db - 1 for entry in old if entry.signal.kind is signal.kind]
        self._entries = [entry for entry in self._entries if entry not in old]
        shown = replace(signal, snr_db=max([signal.snr_db, *levels_db]))
        self._entries.append(_Entry(shown, provisional))


@dataclass(slots=True, eq=False)
class _Entry:
    """A signal as it is listed, and whether a longer look may still change it."""

    signal: RadioSignal
    provisional: bool


def _narrow(signal: RadioSignal) -> bool:
    return signal.bandwidth_hz < _NARROW_HZ


def _apart_hz(one: RadioSignal, other: RadioSignal) -> float:
    return abs(one.freq_hz - other.freq_hz)


def _share(one: RadioSignal, other: RadioSignal) -> bool:
    """Whether the middle of the narrower lies in the other's band."""
    return _apart_hz(one, other) <= max(one.bandwidth_hz, other.bandwidth_hz) / 2
