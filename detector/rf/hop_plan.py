"""Where to listen: a comb of slices over the camera bands and over the rest of the receiver's range.

Analog video shows in any slice of it, the better off centre, and cameras are 5 MHz wide and more: a slice every 4 MHz
finds them all with half the hops of a gapless sweep. A row of the band plan may ask for a finer comb (AM modulators
keep their power near the carrier).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from detector.rf.band_plan import BandPlan

__all__ = ["Hop", "HopPlan", "make_hop_plan"]


@dataclass(frozen=True, slots=True, order=True)
class Hop:
    """A slice of the plan, and whether it lies in a camera band."""

    center_hz: float
    camera: bool


@dataclass(frozen=True, slots=True)
class HopPlan:
    """All hops, rising in frequency, each centre once."""

    hops: tuple[Hop, ...]

    @property
    def camera(self) -> tuple[Hop, ...]:
        """Hops in camera bands."""
        return tuple(hop for hop in self.hops if hop.camera)

    @property
    def rest(self) -> tuple[Hop, ...]:
        """All other hops."""
        return tuple(hop for hop in self.hops if not hop.camera)


def make_hop_plan(plan: BandPlan, span_hz: tuple[float, float], comb_step_hz: float, *, full_range: bool) -> HopPlan:
    """Lay the comb.

    Parameters
    ----------
    plan : BandPlan
    span_hz : tuple of float
        Lowest and highest frequency the receiver can tune, inclusive.
    comb_step_hz : float
    full_range : bool
        Whether the rest of the span is swept too.

    Returns
    -------
    HopPlan
        One hop in the middle where the span (a narrow recording) holds no tooth of the comb.
    """
    camera = set(
        _inside(_comb((band.low_hz, band.high_hz), band.step_hz or comb_step_hz) for band in plan.camera_bands)
    )
    rest: set[float] = set()
    if full_range:
        finer = ((band, band.step_hz) for band in plan.bands if band.step_hz is not None and not band.camera)
        rest = set(_inside(_comb((band.low_hz, band.high_hz), step) for band, step in finer))
        rest |= set(_comb(span_hz, comb_step_hz))
    hops = [Hop(center, True) for center in camera] + [Hop(center, False) for center in rest - camera]
    inside = sorted(hop for hop in hops if span_hz[0] <= hop.center_hz <= span_hz[1])
    return HopPlan(tuple(inside) or (Hop(sum(span_hz) / 2, False),))


def _comb(span_hz: tuple[float, float], step_hz: float) -> tuple[float, ...]:
    """Multiples of the step from just below to just above a band, so that bands share their hops."""
    first, last = int(np.floor(span_hz[0] / step_hz)), int(np.ceil(span_hz[1] / step_hz))
    return tuple(number * step_hz for number in range(first, last + 1))


def _inside(combs: Iterable[tuple[float, ...]]) -> Iterable[float]:
    return (center for comb in combs for center in comb)
