"""How far the sweeping person is from what transmits: the distance that a simulated room turns into level."""

from dataclasses import dataclass
from math import asin, exp, log, log10, pi, sin

import numpy as np

from detector.rf.synth import AnalogVideoEmission
from detector.rf.synth.emissions import Complex64Array

__all__ = ["CarriedVideo", "Walk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """To and fro between two distances, evenly in decibels; `near_m` = `far_m` stands still.

    Attributes
    ----------
    near_m, far_m : float
        Turning points.
    period_s : float
        There and back.
    reference_m : float
        Where the walk starts, and where the transmitter has its stated level; between the turning points.
    """

    near_m: float = 0.4
    far_m: float = 3.0
    period_s: float = 60.0
    reference_m: float = 2.0

    def distance_m(self, t_s: float) -> float:
        """Return the distance at room time `t_s`; at first it grows."""
        middle, reach = log(self.near_m * self.far_m) / 2, log(self.far_m / self.near_m) / 2
        if reach == 0:
            return self.near_m
        start = asin(max(-1.0, min(1.0, (log(self.reference_m) - middle) / reach)))
        return exp(middle + reach * sin(start + 2 * pi * t_s / self.period_s))

    def change_db(self, t_s: float) -> float:
        """Return the level relative to that at the reference: free space, 20 dB a decade."""
        return -20 * log10(self.distance_m(t_s) / self.reference_m)


@dataclass(frozen=True, kw_only=True, eq=False)
class CarriedVideo(AnalogVideoEmission):
    """A camera whose level follows a walk; constant within a dwell.

    Attributes
    ----------
    walk : Walk
    """

    walk: Walk

    def slice(self, t0_s: float, sample_count: int, center_hz: float, sample_rate_hz: float) -> Complex64Array:
        """Return what a receiver takes in at the distance of that moment."""
        change = np.float32(10 ** (self.walk.change_db(t0_s) / 20))
        heard: Complex64Array = super().slice(t0_s, sample_count, center_hz, sample_rate_hz) * change
        return heard
