"""One budget for all listening: who gets which part of the time, and how long until everything comes round again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from detector.rf.sweep_options import SweepOptions

__all__ = ["Lane", "LaneBudget", "RetuneMeter", "SweepBudget", "make_budget"]

_FIRST_RETUNE_S, _LONGEST_RETUNE_S, _MEMORY = 0.010, 0.25, 0.02


class Lane(StrEnum):
    """Rows of hops that come round at a pace of their own."""

    CAMERA = "camera"
    WIDE = "wide"
    FINE = "fine"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneBudget:
    """One lane: hops, dwell on each, part of the sweeping time (0 to 1), and seconds until it has come round."""

    hops: int
    dwell_s: float
    share: float
    pass_s: float
    period_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepBudget:
    """What the page can promise.

    Attributes
    ----------
    retune_s : float
        Measured time from the last sample of a dwell to the first good one of the next.
    longer_share : float
        Part of all time that longer looks took lately.
    lanes : mapping of Lane to LaneBudget
        Only lanes that have hops and a share.
    """

    retune_s: float
    longer_share: float
    lanes: Mapping[Lane, LaneBudget]

    def period_s(self, lane: Lane) -> float | None:
        """Return the seconds between two visits of a lane's hop, None where it is not swept."""
        found = self.lanes.get(lane)
        return None if found is None else found.period_s

    @property
    def whole_s(self) -> float:
        """Seconds in which the whole comb comes round: the slower of its two lanes."""
        return max((self.lanes[lane].period_s for lane in (Lane.CAMERA, Lane.WIDE) if lane in self.lanes), default=0.0)


class RetuneMeter:
    """Measures what a change of tuning costs, from the times of the dwells themselves."""

    def __init__(self) -> None:
        self._end_ns: int | None = None
        self.retune_s = _FIRST_RETUNE_S

    def update(self, t_ns: int, t_end_ns: int) -> None:
        """Take in a dwell: the time since the one before is the cost; pauses of the device do not count."""
        if self._end_ns is not None:
            cost_s = (t_ns - self._end_ns) / 1e9
            if 0 <= cost_s <= _LONGEST_RETUNE_S:
                self.retune_s += _MEMORY * (cost_s - self.retune_s)
        self._end_ns = t_end_ns

    def pause(self) -> None:
        """Forget the last dwell: the receiver was away."""
        self._end_ns = None


def make_budget(
    hops: Mapping[Lane, int], options: SweepOptions, dwell_s: float, retune_s: float, longer_share: float = 0.0
) -> SweepBudget:
    """Share out the time.

    The dwell of the camera bands and of the fine pass is set; that of the rest is the longest which brings it round in
    `SweepOptions.whole_target_s`, between `least_wide_dwell_s` and the dwell of the camera bands. A dwell of d instead
    of D costs 5 log10(D / d) dB of signal: the line's height in the envelope goes with the square of the signal's
    power and with time.

    Parameters
    ----------
    hops : mapping of Lane to int
    options : SweepOptions
    dwell_s : float
        In the camera bands.
    retune_s : float
    longer_share : float
        Part of all time that longer looks take.
    """
    wanted = {Lane.CAMERA: options.camera_share, Lane.WIDE: options.wide_share, Lane.FINE: options.fine_share}
    shares = {lane: share for lane, share in wanted.items() if hops.get(lane, 0) and share > 0}
    total = sum(shares.values())
    left = 1 - longer_share
    lanes = {}
    for lane, share in shares.items():
        part = share / total
        count = hops[lane]
        dwells = {Lane.CAMERA: dwell_s, Lane.FINE: options.fine_dwell_s}
        dwell = dwells.get(lane, _wide_dwell(count, part * left, options, dwell_s, retune_s))
        if options.passes != "all":
            dwell = options.quick_dwell_s if options.passes == "wide" else options.quick_fine_dwell_s
        pass_s = count * (dwell + retune_s)
        lanes[lane] = LaneBudget(hops=count, dwell_s=dwell, share=part, pass_s=pass_s, period_s=pass_s / (part * left))
    return SweepBudget(retune_s=retune_s, longer_share=longer_share, lanes=lanes)


def _wide_dwell(count: int, share: float, options: SweepOptions, dwell_s: float, retune_s: float) -> float:
    wanted_s = options.whole_target_s * share / count - retune_s
    return max(options.least_wide_dwell_s, min(wanted_s, dwell_s))
