"""Mobile network: is an LTE-numbered signal the mast (downlink) or a device in the room (uplink)?

Both have 15 kHz symbols and the same prefixes (`cyclic_prefix.py` has their null). What differs:

- **Place**: an FDD licence pairs a band for each direction (3GPP TS 36.101 table 5.5-1). The strongest evidence.
- **Gaps**: a mast sends reference symbols in every slot of 0.5 ms, a device is silent in sub-frames (1 ms) that were
  not granted to it. The quietest fifth of the slots is folded into 28 places of 18 us. Null (noise alone): a place is
  the mean of n = slots x B T samples, normal with spread 1 / sqrt(n) about the others, so the best of 28 exceeds 6
  standard deviations with P < 28 x 1e-9; reference symbols (a twelfth and more of a loaded symbol) exceed it from
  about 0 dB on.
- **Level**: told to the reader, not weighed: a mast next door is as strong as a phone in the next room.

The log odds of uplink over downlink are bounded for each kind of evidence, as neither is proof.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from detector.rf.classifiers.template import SliceView

__all__ = ["Grants", "MobileBands", "measure_grants", "mobile_bands", "uplink_log_odds"]

_SLOT_S, _PLACES = 0.5e-3, 28
_QUIET_PART, _STRONG_QUANTILE = 0.2, 0.9
_LEAST_STRENGTH = 0.3
_PAUSE, _REFERENCE_Z = 0.75, 6.0
_PLACE_LOG_ODDS, _GAP_LOG_ODDS, _STEADY_LOG_ODDS = 5.0, 2.0, -1.0


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


@dataclass(frozen=True, slots=True)
class Grants:
    """How a mobile signal comes and goes.

    Attributes
    ----------
    quiet : float
        Power of the quietest fifth of the slots over that of the strongest tenth, noise included.
    reference_z : float
        How far the best of 28 places within the quiet slots stands above the others, in standard deviations: a mast's
        reference symbols stay on when nothing else is sent.
    """

    quiet: float
    reference_z: float

    @property
    def gaps(self) -> bool:
        """Whether the sender pauses altogether."""
        return self.quiet < _PAUSE and self.reference_z < _REFERENCE_Z

    @property
    def log_odds(self) -> float:
        """Ln odds of a device over a mast."""
        if self.quiet >= _PAUSE:
            return _STEADY_LOG_ODDS
        return _GAP_LOG_ODDS if self.gaps else -_GAP_LOG_ODDS


def measure_grants(view: SliceView) -> Grants:
    """Return how a signal comes and goes in slots of 0.5 ms; neither their phase nor the floor need be known."""
    length = _SLOT_S * view.sample_rate_hz
    count = int(len(view.power) / length)
    # whole slots, however many samples that is: a slot is no multiple of the sample interval at every rate
    edges = np.round(np.arange(count * _PLACES + 1) * (length / _PLACES)).astype(np.intp)
    sums = np.add.reduceat(view.power[: edges[-1]], edges[:-1], dtype=np.float64)
    slots = (sums / np.diff(edges)).reshape(count, _PLACES)
    level = slots.mean(axis=1)
    order = np.argsort(level)
    quiet = order[: max(2, int(_QUIET_PART * count))]
    strong = float(np.quantile(level, _STRONG_QUANTILE))
    profile = slots[quiet].mean(axis=0)
    middle = float(np.median(profile))
    z = (float(profile.max()) / (middle + 1e-30) - 1) * np.sqrt(len(quiet) * length / _PLACES)
    return Grants(quiet=float(level[quiet].mean()) / (strong + 1e-30), reference_z=float(z))


def uplink_log_odds(place: int, grants: Grants, strength: float) -> float:
    """Return ln odds of a device over a mast.

    Parameters
    ----------
    place : int
        From `MobileBands.place`.
    grants : Grants
    strength : float
        Of the prefix; where the signal is not most of the power, its gaps cannot be told and do not count.
    """
    return _PLACE_LOG_ODDS * place + (grants.log_odds if strength >= _LEAST_STRENGTH else 0.0)
