"""Ambient energy, named from the band plan and its simple shape; a first look, never an alert."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from detector.rf.band_plan import BandPlan
from detector.rf.options import RfOptions
from detector.rf.spectrum import Spectrum
from detector.types import RadioSignal, SignalKind

__all__ = ["SignalFinder", "SignalList"]

_RUNS = 6
_JOIN_HZ, _DC_HZ = 40e3, 5e3
_CARRIER_HZ, _NARROW_HZ, _WIDE_HZ = 8e3, 60e3, 1.2e6
_PULSED_SWING = 2.5
_SAME_HZ = 0.3e6
_NARROW_KINDS = (SignalKind.OOK_FSK, SignalKind.NARROWBAND, SignalKind.PULSED)


class SignalFinder:
    """Finds what stands above the noise in a slice.

    Parameters
    ----------
    options : RfOptions
    plan : BandPlan
    """

    def __init__(self, options: RfOptions, plan: BandPlan) -> None:
        self._options, self._plan = options, plan

    def find(self, spectrum: Spectrum, floor: float, swing: float, t_ns: int) -> tuple[RadioSignal, ...]:
        """Return the signals of a slice, strongest first, at most six.

        Parameters
        ----------
        spectrum : Spectrum
        floor : float
            Noise power per bin.
        swing : float
            Standard deviation over mean of the envelope: large for pulses.
        t_ns : int
            Time of the dwell.
        """
        inside = spectrum.usable(self._options.usable_fraction)
        excess = spectrum.density[inside] / np.float32(floor)
        middle = len(spectrum.density) // 2 - inside.start
        quiet = max(1, round(_DC_HZ / spectrum.bin_hz))
        excess[middle - quiet : middle + quiet + 1] = 1
        over = excess > 10 ** (self._options.signal_db / 10)
        if not over.any():
            return ()
        found = []
        for first, last in _runs(over, max(1, round(_JOIN_HZ / spectrum.bin_hz))):
            level = excess[first : last + 1]
            width_hz = (last - first + 1) * spectrum.bin_hz
            centroid = float(np.average(np.arange(first, last + 1), weights=level)) + inside.start
            freq_hz = spectrum.frequency_hz(centroid)
            kind = self._kind(freq_hz, width_hz, swing)
            snr_db = float(10 * np.log10(level.mean()))
            found.append(RadioSignal(kind=kind, freq_hz=freq_hz, bandwidth_hz=width_hz, snr_db=snr_db, last_t_ns=t_ns))
        return tuple(sorted(found, key=lambda signal: -signal.snr_db)[:_RUNS])

    def _kind(self, freq_hz: float, width_hz: float, swing: float) -> SignalKind:
        band = self._plan.at(freq_hz)
        if band is not None and band.kind is not None and (band.kind in _NARROW_KINDS) == (width_hz < _WIDE_HZ / 2):
            return band.kind
        if band is not None and band.kind is SignalKind.BROADCAST_FM and width_hz > _CARRIER_HZ:
            return band.kind
        if swing > _PULSED_SWING:
            return SignalKind.PULSED
        if width_hz <= _CARRIER_HZ:
            return SignalKind.CARRIER
        if width_hz <= _NARROW_HZ:
            return SignalKind.NARROWBAND
        return SignalKind.NOISE_LIKE if width_hz >= _WIDE_HZ else SignalKind.UNKNOWN


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
        self._signals: dict[tuple[SignalKind, int], RadioSignal] = {}

    def update(self, found: tuple[RadioSignal, ...]) -> None:
        """Take in the signals of a slice; one of the same kind within 300 kHz is the same."""
        for signal in found:
            key = (signal.kind, round(signal.freq_hz / _SAME_HZ))
            known = self._signals.get(key)
            snr_db = signal.snr_db if known is None else max(signal.snr_db, known.snr_db - 1)
            self._signals[key] = replace(signal, snr_db=snr_db)

    def listed(self, t_ns: int) -> tuple[RadioSignal, ...]:
        """Return what is still held at a time, strongest first."""
        self._signals = {
            key: signal for key, signal in self._signals.items() if t_ns - signal.last_t_ns <= self._hold_ns
        }
        ranked = sorted(self._signals.values(), key=lambda signal: -signal.snr_db)[: self._limit]
        return tuple(ranked)
