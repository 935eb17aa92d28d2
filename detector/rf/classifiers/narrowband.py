"""Narrow links: voice, data, wireless microphones, anything up to 250 kHz that is neither keyed nor a bare line.

Null: an averaged periodogram bin is gamma about the floor with a relative spread of 1 / sqrt(averages), so the mean
excess of the run's bins is a normal deviate. That only says that something is there, so the ratio is capped: the kinds
with a fingerprint of their own win wherever they have it. Above 60 kHz the cap is lower: many things are that wide, and
only with the plan's row is it a name.
"""

import numpy as np

from detector.rf.classifiers.statistics import gauss_surprise, log_ratio
from detector.rf.classifiers.template import Run, SliceView, Verdict
from detector.types import SignalKind

__all__ = ["NarrowbandClassifier"]

_WIDEST_HZ = 250e3
_PLAIN_HZ = 60e3
_CAP, _WIDE_CAP = 5.0, 2.0


class NarrowbandClassifier:
    """Finds narrow links.

    Refusals: ``wrong_width``.
    """

    kind = SignalKind.NARROWBAND

    def judge(self, view: SliceView, run: Run) -> Verdict:
        """Return how far a narrow run stands above the floor, at most e^5 (e^2 above 60 kHz)."""
        bins = max(1.0, run.width_hz / view.spectrum.bin_hz)
        z = (10 ** (run.snr_db / 10) - 1) * np.sqrt(view.spectrum.averages * bins)
        refusal = None if run.width_hz <= _WIDEST_HZ else "wrong_width"
        cap = _CAP if run.width_hz <= _PLAIN_HZ else _WIDE_CAP
        return Verdict(kind=self.kind, log_ratio=min(log_ratio(gauss_surprise(float(z))), cap), refusal=refusal)
