"""Whether what a dongle delivers can be samples of the air, and whether some of them are missing.

librtlsdr reports neither: samples that the USB bus or a full buffer swallowed leave no mark in the stream, and bytes
that never were samples look like any others. What physics still shows is watched here: a receiver cannot make samples
slower than its clock, and what comes through a tuner never uses all codes of the converter evenly.

It cannot be seen: losses below `RtlSettings.lost_fraction`, or in fewer than three of four dwells and shorter than
`RtlSettings.late_s`; a swap of I and Q; wrong bytes that are distributed as noise is, old samples for example. A
converter that is stuck at one value is the sense's to refuse (`RfOptions.least_level`).
"""

from collections import deque

import numpy as np
import numpy.typing as npt

from firmware.drivers.settings import RtlSettings

__all__ = ["StreamWatch", "evenly_spread"]

_DWELLS = 16
_WAKING_S = 0.0008
_WINDOW_S = 3.0
_BYTES_LOOKED_AT = 16_384
_FEWEST_BYTES = 2_048


class StreamWatch:
    """What was noticed of one opened dongle.

    Parameters
    ----------
    settings : RtlSettings
    """

    def __init__(self, settings: RtlSettings) -> None:
        self._settings = settings
        self._excess: deque[float] = deque(maxlen=_DWELLS)
        self._marks: deque[tuple[float, int]] = deque()
        self._rate_hz = 0.0
        self._spoilt = 0
        self._proven = False

    def lost_in_transfer(self, elapsed_s: float, sample_count: int, rate_hz: float) -> int:
        """Return how many samples are missing in or before one USB transfer, reckoned from the time it took.

        Parameters
        ----------
        elapsed_s : float
            From asking to having; the FIFO may make it shorter than the samples last, never longer.
        sample_count : int
            Of the whole transfer.
        rate_hz : float
        """
        nominal_s = sample_count / rate_hz
        excess_s = elapsed_s - nominal_s
        # Waking up late costs a moment whatever the length: a large part of a short transfer, and no loss.
        self._excess.append((excess_s - _WAKING_S) / nominal_s)
        # A busy processor makes some transfers late; samples that are missing make nearly all of them late.
        # The fifth smallest of sixteen, not numpy's quantile: that costs 0.3 ms, and a retune waits for it.
        usual = sorted(self._excess)[_DWELLS // 4] if len(self._excess) == _DWELLS else 0.0
        if excess_s > self._settings.late_s or usual > self._settings.lost_fraction:
            return max(0, round(excess_s * rate_hz))
        return 0

    def lost_in_stream(self, t_s: float, received: int, rate_hz: float) -> int:
        """Return how many samples are missing in an endless stream over the last seconds, 0 while it keeps up.

        Parameters
        ----------
        t_s : float
            Monotonic time of a moment at which everything that had arrived was taken.
        received : int
            Samples since the connection was made.
        rate_hz : float
        """
        if rate_hz != self._rate_hz:
            self._rate_hz = rate_hz
            self._marks.clear()
        self._marks.append((t_s, received))
        while len(self._marks) > 1 and t_s - self._marks[1][0] >= _WINDOW_S:
            self._marks.popleft()
        begun_s, before = self._marks[0]
        expected = (t_s - begun_s) * rate_hz
        missing = expected - (received - before)
        if t_s - begun_s < _WINDOW_S or missing <= self._settings.lost_fraction * expected:
            return 0
        return round(missing)

    def spoilt(self, raw: npt.NDArray[np.uint8]) -> bool:
        """Return whether a dwell's bytes cannot be samples.

        Parameters
        ----------
        raw : ndarray of uint8, shape (2 n,)
        """
        spoilt = evenly_spread(raw)
        self._spoilt = self._spoilt + 1 if spoilt else 0
        self._proven |= not spoilt
        return spoilt

    @property
    def hopeless(self) -> bool:
        """Whether the dongle has to be opened anew: so many dwells in a row were spoilt, or the very first one was."""
        return self._spoilt >= (self._settings.spoilt_dwells if self._proven else 1)


def evenly_spread(raw: npt.NDArray[np.uint8]) -> bool:
    """Return whether bytes use all codes of the converter evenly, as no signal does.

    Noise is bell-shaped, a carrier piles up at its amplitude, and overload piles up at the two outermost codes. Random
    bytes and counters do none of this. At most 16384 bytes are looked at; fewer than 2048 are never called even.

    Parameters
    ----------
    raw : ndarray of uint8, shape (2 n,)
    """
    if len(raw) < _FEWEST_BYTES:
        return False
    codes = np.bincount(raw[:: max(1, len(raw) // _BYTES_LOOKED_AT)], minlength=256)
    mean = codes.sum() / 256
    coarse = codes.reshape(16, 16).sum(axis=1) / (16 * mean)
    return bool(coarse.min() > 0.7 and coarse.max() < 1.3 and codes[0] + codes[255] < 4 * mean)
