"""Pulses: radar, distance measuring (DME), aircraft transponders.

Samples of |x|^2 far above the level that noise reaches, in short lone groups. Null: |x|^2 is exponential about mu =
median / ln 2, so n samples hold Poisson-few above 14 mu (P = 8e-7 each); the count is compared with the binomial.
A pulse lasts as long as the power stays above 5 mu around such a sample.
"""

from dataclasses import dataclass

import numpy as np

from detector.rf.classifiers.statistics import binomial_surprise, log_ratio
from detector.rf.classifiers.template import Run, SliceView, Verdict
from detector.types import SignalKind

__all__ = ["PulseFigures", "PulsedClassifier", "measure_pulses"]

_HEIGHT, _FOOT = 14.0, 5.0
_APART_S = 3e-6
_LONGEST_S = 150e-6
_MOST_DUTY = 0.55
_FEWEST, _LEAST_CARRIED = 3, 0.3
_LEAST_SWING = 0.6
_NARROWEST_HZ, _LEAST_RATE_HZ = 50e3, 1e6


@dataclass(frozen=True, slots=True)
class PulseFigures:
    """What the pulses of a dwell are like.

    Attributes
    ----------
    count : int
    usual_s : float
        Length of those that hold half of the time in pulses.
    duty : float
        Part of the dwell spent in them.
    carried : float
        Their part of the power above the noise.
    """

    count: int
    usual_s: float
    duty: float
    carried: float


class PulsedClassifier:
    """Finds short pulses.

    Refusals: ``wrong_width`` (a short pulse is wide), ``too_narrow_a_look`` (samples too far apart), ``steady`` (no
    swing), ``few_pulses``, ``long_pulses`` (keying or bursts).
    """

    kind = SignalKind.PULSED

    def judge(self, view: SliceView, run: Run) -> Verdict:
        """Return how many short pulses too many the dwell holds."""
        if run.width_hz < _NARROWEST_HZ:
            return Verdict(kind=self.kind, log_ratio=-np.inf, refusal="wrong_width")
        if view.sample_rate_hz < _LEAST_RATE_HZ:
            return Verdict(kind=self.kind, log_ratio=-np.inf, refusal="too_narrow_a_look")
        if view.swing < _LEAST_SWING:
            return Verdict(kind=self.kind, log_ratio=-np.inf, refusal="steady")
        pulses = measure_pulses(view.power, view.sample_rate_hz)
        surprise = binomial_surprise(pulses.count, len(view.power), float(np.exp(-_HEIGHT)))
        refusal = None
        if pulses.count < _FEWEST or pulses.carried < _LEAST_CARRIED:
            refusal = "few_pulses"
        elif pulses.usual_s > _LONGEST_S or pulses.duty > _MOST_DUTY:
            refusal = "long_pulses"
        return Verdict(kind=self.kind, log_ratio=log_ratio(surprise), refusal=refusal)


def measure_pulses(power: np.typing.NDArray[np.float32], sample_rate_hz: float) -> PulseFigures:
    """Return what the pulses of a dwell are like.

    Parameters
    ----------
    power : ndarray of float32, shape (n,)
        |x|^2.
    sample_rate_hz : float
    """
    mean = float(np.median(power)) / np.log(2)
    over = np.flatnonzero(power > _FOOT * mean)
    if not len(over):
        return PulseFigures(0, 0.0, 0.0, 0.0)
    starts = np.r_[0, np.flatnonzero(np.diff(over) > max(1, round(_APART_S * sample_rate_hz))) + 1]
    high = np.maximum.reduceat(power[over], starts) > _HEIGHT * mean
    if not high.any():
        return PulseFigures(0, 0.0, 0.0, 0.0)
    first, last = over[starts], over[np.r_[starts[1:] - 1, len(over) - 1]]
    lengths = np.sort((last - first + 1)[high])
    spent = np.cumsum(lengths)
    usual_s = float(lengths[np.searchsorted(spent, spent[-1] / 2)]) / sample_rate_hz
    held = np.add.reduceat(power[over], starts, dtype=np.float64)[high].sum()
    carried = float(held) / max(float(power.sum(dtype=np.float64)) - mean * len(power), float(held), 1e-30)
    return PulseFigures(len(lengths), usual_s, float(spent[-1]) / len(power), carried)
