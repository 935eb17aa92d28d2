"""The receiver's own lines: harmonics of its 28.8 MHz crystal, and what stands at the very middle.

The local oscillator is made from the same crystal, so a harmonic sits at exactly n x 28.8 MHz on the dial, whatever
the crystal's error. Null: a carrier of somebody else falls that near by chance with P = 2 tolerance / 28.8 MHz.
"""

from math import log

from detector.rf.classifiers.statistics import log_ratio
from detector.rf.classifiers.template import Run, SliceView, Verdict
from detector.types import SignalKind

__all__ = ["SpurClassifier"]

_CRYSTAL_HZ = 28.8e6
_WIDEST_HZ = 12e3


class SpurClassifier:
    """Recognises lines that the receiver makes itself; a run so named is not listed but counted.

    Refusals: ``not_a_spur`` (too wide, or no harmonic there).
    """

    kind = SignalKind.CARRIER

    def judge(self, view: SliceView, run: Run) -> Verdict:
        """Return how well the run's place fits a harmonic."""
        tolerance_hz = 2 * view.spectrum.bin_hz
        distance_hz = abs(run.freq_hz - round(run.freq_hz / _CRYSTAL_HZ) * _CRYSTAL_HZ)
        refusal = None if distance_hz <= tolerance_hz and run.width_hz <= _WIDEST_HZ else "not_a_spur"
        surprise = -log(2 * max(distance_hz, tolerance_hz) / _CRYSTAL_HZ)
        return Verdict(kind=self.kind, log_ratio=log_ratio(surprise), refusal=refusal)
