"""Where to listen: a comb of slices over the camera bands and over the rest, and a gapless row of slices.

Analog video shows in any slice of it, the better off centre, and cameras are 5 MHz wide and more: a slice every 4 MHz
finds them all with half the hops of a gapless sweep. A row of the band plan may ask for a finer comb (AM modulators
keep their power near the carrier). Narrow signals fall between the teeth of a comb: the fine pass lays slices edge to
edge, with a little overlap, and uses all of each (`gapless.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detector.rf.band_plan import BandPlan
from detector.rf.options import RfOptions

__all__ = ["Hop", "HopPlan", "interlaced", "make_hop_plan", "sweep_plan"]


@dataclass(frozen=True, slots=True, order=True)
class Hop:
    """A slice of the comb, and whether it lies in a camera band."""

    center_hz: float
    camera: bool


@dataclass(frozen=True, slots=True)
class HopPlan:
    """The comb, rising in frequency, each centre once, and the fine pass beside it.

    Attributes
    ----------
    hops : tuple of Hop
    fine_hz : tuple of float
        Centres of the gapless pass, rising; empty where there is none.
    """

    hops: tuple[Hop, ...]
    fine_hz: tuple[float, ...] = ()

    @property
    def camera(self) -> tuple[Hop, ...]:
        """Hops in camera bands."""
        return tuple(hop for hop in self.hops if hop.camera)

    @property
    def rest(self) -> tuple[Hop, ...]:
        """All other hops."""
        return tuple(hop for hop in self.hops if not hop.camera)


def make_hop_plan(
    plan: BandPlan,
    span_hz: tuple[float, float],
    comb_step_hz: float,
    *,
    full_range: bool,
    fine_step_hz: float | None = None,
) -> HopPlan:
    """Lay the comb and the fine pass.

    Parameters
    ----------
    plan : BandPlan
    span_hz : tuple of float
        Lowest and highest frequency the receiver can tune, inclusive.
    comb_step_hz : float
    full_range : bool
        Whether the rest of the span is swept too.
    fine_step_hz : float, optional
        Distance of the fine pass's slices; without it there is no fine pass, and neither is there without the full
        range.

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
    fine_hz = _gapless(span_hz, fine_step_hz) if full_range and fine_step_hz else ()
    return HopPlan(tuple(inside) or (Hop(sum(span_hz) / 2, False),), fine_hz)


def sweep_plan(plan: BandPlan, span_hz: tuple[float, float], options: RfOptions) -> HopPlan:
    """Return the plan that the options ask for.

    With ``passes = "wide"`` one even comb over the whole span, whatever the bands are; with ``"fine"`` the gapless
    pass alone.
    """
    fine_step_hz = options.sample_rate_hz * (1 - options.sweep.fine_overlap)
    if options.sweep.passes == "wide":
        return make_hop_plan(BandPlan(plan.region, ()), span_hz, options.sweep.quick_step_hz, full_range=True)
    hops = make_hop_plan(plan, span_hz, options.comb_step_hz, full_range=options.full_range, fine_step_hz=fine_step_hz)
    return HopPlan((), hops.fine_hz) if options.sweep.passes == "fine" and hops.fine_hz else hops


def interlaced(centers_hz: Sequence[float]) -> tuple[float, ...]:
    """Return every other centre, then those between: a signal of two teeth's width is met twice as often."""
    return (*centers_hz[0::2], *centers_hz[1::2])


def _gapless(span_hz: tuple[float, float], step_hz: float) -> tuple[float, ...]:
    """Slices edge to edge; the first and the last lie within the span, half a slice from its ends."""
    width_hz = span_hz[1] - span_hz[0]
    if width_hz <= step_hz:
        return (sum(span_hz) / 2,)
    count = int(np.ceil(width_hz / step_hz))
    return tuple(np.linspace(span_hz[0] + step_hz / 2, span_hz[1] - step_hz / 2, count).tolist())


def _comb(span_hz: tuple[float, float], step_hz: float) -> tuple[float, ...]:
    """Multiples of the step from just below to just above a band, so that bands share their hops."""
    first, last = int(np.floor(span_hz[0] / step_hz)), int(np.ceil(span_hz[1] / step_hz))
    return tuple(number * step_hz for number in range(first, last + 1))


def _inside(combs: Iterable[tuple[float, ...]]) -> Iterable[float]:
    return (center for comb in combs for center in comb)
