"""A bare carrier: nearly all power of a run in one line of the fine spectrum.

Null: a modulated or noise-like run spreads over its fine bins, each exponential about the mean, so the largest of M
holds more than a share s of the power with P <= M (1 - s)^(M-1) (Fisher's g, 1929; two bins either side are added for
the window's leakage, which the union bound over M covers for M well above 5).
"""

import numpy as np

from detector.rf.classifiers.statistics import log_ratio
from detector.rf.classifiers.template import Run, SliceView, Verdict
from detector.types import SignalKind

__all__ = ["CarrierClassifier"]

_BESIDE = 2
_LEAST_SHARE, _MOST_NOISE = 0.9, 0.5
_WIDEST_HZ = 40e3


class CarrierClassifier:
    """Finds unmodulated carriers.

    Refusals: ``not_one_line`` (the power is spread, or the skirts are wide).
    """

    kind = SignalKind.CARRIER

    def judge(self, view: SliceView, run: Run) -> Verdict:
        """Return how much of the run is one line."""
        share, bins = line_share(view, run)
        surprise = -(bins - 1) * float(np.log1p(-min(share, 0.999999)))
        refusal = None if share >= _LEAST_SHARE and run.width_hz <= _WIDEST_HZ else "not_one_line"
        return Verdict(kind=self.kind, log_ratio=log_ratio(surprise, bins), refusal=refusal)


def line_share(view: SliceView, run: Run) -> tuple[float, int]:
    """Return the part of a run's power in its strongest line (five bins), and the number of bins of the run.

    The floor's share of the run is taken off first, so that a weak carrier in its noise is as pure as a strong one.
    """
    channel = view.channel(run)
    window = np.hanning(len(channel.samples)).astype(np.float32)
    power = np.abs(np.fft.fft(channel.samples * window)) ** 2
    near = np.arange(-_BESIDE, _BESIDE + 1)
    peak = int(np.argmax(power))
    line = float(power[(peak + near) % len(power)].sum())
    total = float(power.sum()) + 1e-30
    level = float(np.mean(np.abs(channel.samples) ** 2)) + 1e-30
    noise = min(view.floor * channel.sample_rate_hz / view.spectrum.bin_hz / level, _MOST_NOISE)
    return min(line / (total * (1 - noise)), 1.0), len(power)
