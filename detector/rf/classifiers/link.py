"""What an OFDM signal is: a camera's link, a device on the mobile network, a mast, television, digital radio.

The cyclic prefix names the numerology; place and width decide who sends it. A link narrower than a television channel
is a camera's link wherever it is; one as wide is a broadcast inside a television band and a camera's link elsewhere.
Confidence is the posterior of "OFDM of this numerology" at the stated prior (`RfOptions.link_prior`, as log odds) times
the posterior of the use. The null of the ratio is noise; what is on the air besides noise exceeds it now and then (the
hardest generated pulse train by e^8), so `RfOptions.link_doubt` is taken off before the prior is put on.
"""

from dataclasses import dataclass

import numpy as np

from detector.rf.classifiers.broadcast_dab import null_symbol_log_ratio
from detector.rf.classifiers.cellular import Grants, measure_grants, mobile_bands, uplink_log_odds
from detector.rf.classifiers.cyclic_prefix import PrefixFit
from detector.rf.classifiers.ofdm import find_ofdm
from detector.rf.classifiers.statistics import from_log_odds, to_log_odds
from detector.rf.classifiers.template import SliceView
from detector.rf.options import RfOptions
from detector.types import AlertKind, SignalKind

__all__ = ["LinkEvidence", "Occupied", "find_link", "occupied"]

_GROUP = 16
_MOST_LOG_RATIO = 12.0
_EDGE = 0.5
_INSIDE = 0.04
_PLACE_LOG_ODDS = 5.0
_NARROWEST_HZ = 0.9e6
_DAB_HIGHEST_HZ, _DAB_LOWEST_HZ = 240e6, 174e6


@dataclass(frozen=True, slots=True)
class Occupied:
    """Where in a slice the energy lies, and whether its ends lie inside."""

    low_hz: float
    high_hz: float
    low_seen: bool
    high_seen: bool

    @property
    def width_hz(self) -> float:
        """Distance of the ends as far as the slice shows them."""
        return self.high_hz - self.low_hz

    @property
    def bounded(self) -> bool:
        """Whether both ends were seen."""
        return self.low_seen and self.high_seen


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvidence:
    """What one dwell on one slice says about OFDM.

    Attributes
    ----------
    kind : AlertKind or SignalKind
        Who sends.
    prefix : PrefixFit
    log_ratio : float
        Of the numerology against noise.
    confidence : float
        That it is OFDM and sent by whom `kind` says.
    occupied : Occupied
    grants : Grants or None
        How it comes and goes (mobile network only).
    """

    kind: AlertKind | SignalKind
    prefix: PrefixFit
    log_ratio: float
    confidence: float
    occupied: Occupied
    grants: Grants | None


def occupied(view: SliceView) -> Occupied:
    """Return the ends of the energy: groups of 16 bins over half of the high level, the slice's ends left a margin."""
    excess = view.excess[: len(view.excess) // _GROUP * _GROUP].reshape(-1, _GROUP).mean(axis=1) - 1
    over = np.flatnonzero(excess > _EDGE * max(float(np.quantile(excess, 0.9)), 1e-3))
    group_hz = _GROUP * view.spectrum.bin_hz
    start_hz = view.spectrum.frequency_hz(view.spectrum.usable(view.usable_fraction).start)
    first, last = (int(over[0]), int(over[-1]) + 1) if len(over) else (0, len(excess))
    margin = max(1, round(_INSIDE * len(excess)))
    return Occupied(
        start_hz + first * group_hz, start_hz + last * group_hz, first >= margin, last <= len(excess) - margin
    )


def find_link(view: SliceView, options: RfOptions, *, thorough: bool) -> tuple[LinkEvidence | None, str | None]:
    """Return the OFDM link of a slice, or why there is none.

    Parameters
    ----------
    view : SliceView
    options : RfOptions
    thorough : bool
        Try more symbol lengths (a confirm dwell).
    """
    fit = find_ofdm(view, options.link_candidates if thorough else max(1, options.link_candidates // 2))
    if fit.refusal is not None or fit.prefix is None:
        return None, fit.refusal
    family, where = fit.prefix.numerology.family, occupied(view)
    if family != "lte" and where.bounded and where.width_hz < _NARROWEST_HZ:
        return None, "too_narrow"
    ratio = fit.log_ratio + (null_symbol_log_ratio(view) if family == "dab" else 0.0)
    grants = measure_grants(view) if family == "lte" else None
    kind, use = _use(view, fit.prefix, where, grants, options)
    ofdm = from_log_odds(min(ratio - options.link_doubt, _MOST_LOG_RATIO) + to_log_odds(options.link_prior))
    confidence = min(ofdm * use, options.top_confidence)
    if ofdm < options.inspect_confidence:
        return None, "no_cyclic_prefix"
    evidence = LinkEvidence(
        kind=kind, prefix=fit.prefix, log_ratio=ratio, confidence=confidence, occupied=where, grants=grants
    )
    return evidence, None


def _use(
    view: SliceView, prefix: PrefixFit, where: Occupied, grants: Grants | None, options: RfOptions
) -> tuple[AlertKind | SignalKind, float]:
    """Who sends, and the posterior of that."""
    middle_hz = (where.low_hz + where.high_hz) / 2
    if grants is not None:
        odds = uplink_log_odds(mobile_bands(view.plan.region).place(middle_hz), grants, prefix.strength)
        up = from_log_odds(odds)
        return (AlertKind.CELLULAR_UPLINK, up) if odds > 0 else (SignalKind.CELLULAR_DOWNLINK, 1 - up)
    sure = from_log_odds(_PLACE_LOG_ODDS)
    if prefix.numerology.family == "dab":
        inside = _DAB_LOWEST_HZ <= middle_hz <= _DAB_HIGHEST_HZ
        return (SignalKind.BROADCAST_DAB, sure) if inside else (AlertKind.DIGITAL_VIDEO, sure)
    row = view.band(middle_hz)
    if row is not None and row.kind is SignalKind.BROADCAST_FM:
        # two loud stations in one slice come near a prefix; a camera does not send at three metres' wavelength
        return AlertKind.DIGITAL_VIDEO, from_log_odds(-_PLACE_LOG_ODDS)
    if row is None or row.kind is not SignalKind.BROADCAST_TV:
        return AlertKind.DIGITAL_VIDEO, sure
    if where.bounded and where.width_hz <= options.narrow_link_hz:
        return AlertKind.DIGITAL_VIDEO, sure
    return SignalKind.BROADCAST_TV, sure
