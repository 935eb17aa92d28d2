"""Mobile network: is an LTE-numbered signal the mast (downlink) or a device in the room (uplink)?

Both have 15 kHz symbols and the same prefixes (`cyclic_prefix.py` has their null). What differs:

- **Place**: an FDD licence pairs a band for each direction (3GPP TS 36.101 table 5.5-1). The strongest evidence.
- **Gaps**: a mast sends reference symbols in every slot of 0.5 ms, a device is silent in sub-frames (1 ms) that were
  not granted to it. Null of the gap test: the power of a slot that holds noise and a steady signal is gamma with a
  relative spread of 1 / sqrt(B T) (35 for 2.4 MHz), so a slot less than a quarter of the way from the floor to the
  strong slots is no fluctuation of a steady signal as soon as the signal is a few tenths of the noise.
- **Level**: told to the reader, not weighed: a mast next door is as strong as a phone in the next room.

The log odds of uplink over downlink are bounded for each kind of evidence, as neither is proof.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from detector.rf.classifiers.template import SliceView

__all__ = ["MobileBands", "gap_fraction", "mobile_bands", "uplink_log_odds"]

_SLOT_S = 0.5e-3
_QUIET, _STRONG_QUANTILE = 0.25, 0.9
_LEAST_RISE = 0.3
_PLACE, _GAPS = 5.0, 2.0
_USUAL_GAPS = 0.05


@dataclass(frozen=True, slots=True)
class MobileBands:
    """Where devices and masts transmit in a region: (low, high) in Hz, inclusive."""

    uplink_hz: tuple[tuple[float, float], ...]
    downlink_hz: tuple[tuple[float, float], ...]

    def place(self, freq_hz: float) -> int:
        """Return 1 in an uplink, -1 in a downlink, 0 in neither or both."""
        up = any(low <= freq_hz <= high for low, high in self.uplink_hz)
        down = any(low <= freq_hz <= high for low, high in self.downlink_hz)
        return int(up) - int(down)


@cache
def mobile_bands(region: str) -> MobileBands:
    """Return the pairs of a region (``KR``, ``EU``, ``US``; none for another)."""
    text = resources.files("detector.rf.classifiers").joinpath("cellular_bands.toml").read_text("utf-8")
    rows = [row for row in tomllib.loads(text)["pair"] if region in row["regions"]]
    return MobileBands(*(_ranges(rows, way) for way in ("uplink", "downlink")))


def _ranges(rows: list[dict[str, list[float]]], way: str) -> tuple[tuple[float, float], ...]:
    return tuple((row[way][0] * 1e6, row[way][1] * 1e6) for row in rows if way in row)


def gap_fraction(view: SliceView) -> float:
    """Return the part of the slots of 0.5 ms in which nobody sent; 0 where the signal hardly tops the noise."""
    length = round(_SLOT_S * view.sample_rate_hz)
    count = len(view.power) // length
    slots = view.power[: count * length].reshape(count, length).mean(axis=1)
    floor = view.floor * len(view.spectrum.density)
    strong = float(np.quantile(slots, _STRONG_QUANTILE))
    if strong < (1 + _LEAST_RISE) * floor:
        return 0.0
    return float(np.mean(slots < floor + _QUIET * (strong - floor)))


def uplink_log_odds(place: int, gaps: float) -> float:
    """Return ln odds of a device over a mast.

    Parameters
    ----------
    place : int
        From `MobileBands.place`.
    gaps : float
        From `gap_fraction`.
    """
    return _PLACE * place + float(np.clip((gaps - _USUAL_GAPS) * 20, -_GAPS, _GAPS))
