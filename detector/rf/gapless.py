"""The gapless pass: each slice used to its edges, its signals told from its neighbours' images.

A slice is judged when the one above it was heard, so its signals come one look late; slices come in rising order.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from detector.rf.classifiers.template import Run, SliceView
from detector.rf.images import Row, is_image
from detector.rf.options import RfOptions
from detector.rf.signals import SignalFinder
from detector.types import RadioSignal, SignalKind

__all__ = ["GaplessPass"]

_NEAR = 0.1


class GaplessPass:
    """Takes the slices of the pass as they come and returns the signals of the one before.

    Parameters
    ----------
    options : RfOptions
    centers_hz : sequence of float
        Of the pass, rising.

    Attributes
    ----------
    last_hz : float
        Highest centre: nothing follows that the slice there would have to wait for.
    """

    def __init__(self, options: RfOptions, centers_hz: Sequence[float]) -> None:
        self._finder, self._least_dwell_s = SignalFinder(options), options.least_dwell_s
        self._step_hz = centers_hz[1] - centers_hz[0] if len(centers_hz) > 1 else options.sample_rate_hz
        self.last_hz = centers_hz[-1] if centers_hz else 0.0
        self._below: SliceView | None = None
        self._held: tuple[SliceView, int] | None = None

    def take(self, view: SliceView, t_ns: int, refusals: Counter[str]) -> tuple[RadioSignal, ...]:
        """Take in a slice; return the signals of the slice taken in before.

        Parameters
        ----------
        view : SliceView
            Noise levelled, all of the slice usable.
        t_ns : int
            Time of its first sample.
        refusals : Counter of str
            Images are counted here, and why runs stayed unknown.
        """
        found = self._judge(view, refusals)
        self._below = self._held[0] if self._held is not None else None
        self._held = (view, t_ns)
        return found

    def flush(self, refusals: Counter[str]) -> tuple[RadioSignal, ...]:
        """Return the signals of the slice taken in last, without the one above it."""
        found = self._judge(None, refusals)
        self._below = self._held = None
        return found

    def _judge(self, above: SliceView | None, refusals: Counter[str]) -> tuple[RadioSignal, ...]:
        if self._held is None:
            return ()
        view, t_ns = self._held
        row = Row(below=self._beside(view, self._below), view=view, above=self._beside(view, above))
        half_hz = (self._step_hz + view.spectrum.bin_hz) / 2

        def own(run: Run) -> bool:
            if abs(run.freq_hz - view.center_hz) > half_hz:
                return False  # the neighbour's, where it is whole
            if is_image(row, run):
                refusals["image"] += 1
                return False
            return True

        found = self._finder.find(view, t_ns, refusals, own)
        if view.seconds >= self._least_dwell_s:
            return found
        return tuple(_no_carrier(signal) for signal in found)

    def _beside(self, view: SliceView, other: SliceView | None) -> SliceView | None:
        """The other slice if it is the next one up or down, heard at the same rate."""
        if other is None or other.sample_rate_hz != view.sample_rate_hz:
            return None
        steps = abs(other.center_hz - view.center_hz) / self._step_hz
        return other if abs(steps - 1) < _NEAR else None


def _no_carrier(signal: RadioSignal) -> RadioSignal:
    """In a dwell of a millisecond every narrow signal is one line: narrowband is all that can be said."""
    return replace(signal, kind=SignalKind.NARROWBAND) if signal.kind is SignalKind.CARRIER else signal
