"""COFDM: camera links 1.25-8 MHz wide and terrestrial television, by the rhythm of their cyclic prefix.

Statistic and null are those of `cyclic_prefix.py`: the best few of the declared symbol lengths by lag power, then the
fold at each guard interval; the union bound over places, guards, clock errors and all declared lengths is the number
of trials. What merely repeats (picture lines, pulse trains, pilots of another standard) repeats outside the prefix too
and is refused by contrast.

The prefix does not say whether a link is a camera or a broadcast: `link.py` asks width and place.
"""

from dataclasses import dataclass

import numpy as np

from detector.rf.classifiers.cyclic_prefix import PrefixFit, fit_prefix, lag_powers
from detector.rf.classifiers.numerology import DAB, LINKS, LTE
from detector.rf.classifiers.statistics import log_ratio
from detector.rf.classifiers.template import SliceView

__all__ = ["OfdmFit", "find_ofdm"]

_LEAST_RATE_HZ, _LEAST_WIDTH_HZ = 1e6, 120e3
_LEAST_CONTRAST = 6.0
_LEAST_SPREAD_HZ, _LEAST_GRANT_HZ = 4e5, 1.2e5
_SURE = 40.0
_LEAST_POWER, _LONG_S = 4.0, 0.06
_MEAN = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfdmFit:
    """The best numerology of a dwell.

    Attributes
    ----------
    prefix : PrefixFit or None
        None where the dwell is too short or too narrow.
    log_ratio : float
        ln of the likelihood ratio of OFDM of this numerology against noise.
    refusal : str or None
        ``too_narrow_a_look``, ``too_narrow``, ``too_short``, ``no_cyclic_prefix``, ``repeats_without_prefix``; None
        for OFDM.
    """

    prefix: PrefixFit | None
    log_ratio: float
    refusal: str | None


_ALL = (LTE, *LINKS, DAB)
_LAGS_S = np.array([numerology.useful_s for numerology in _ALL])


def find_ofdm(view: SliceView, candidates: int) -> OfdmFit:
    """Return the best OFDM numerology of a slice.

    Parameters
    ----------
    view : SliceView
    candidates : int
        Symbol lengths whose rhythm is tried (those of the strongest lags); each costs about ten FFTs.
    """
    if view.sample_rate_hz < _LEAST_RATE_HZ:
        return OfdmFit(prefix=None, log_ratio=-np.inf, refusal="too_narrow_a_look")
    if view.white.width_hz < _LEAST_WIDTH_HZ:
        return OfdmFit(prefix=None, log_ratio=-np.inf, refusal="too_narrow")
    powers = lag_powers(view.white, _LAGS_S)
    best: PrefixFit | None = None
    least = _LEAST_POWER if view.seconds >= _LONG_S else 0.0
    for place in _order(powers, candidates, least):
        fit = fit_prefix(view.white, _ALL[place])
        if fit is not None and (best is None or fit.surprise > best.surprise):
            best = fit
        if best is not None and best.surprise > _SURE and best.contrast >= _LEAST_CONTRAST:
            break
    if best is None:
        return OfdmFit(prefix=None, log_ratio=-np.inf, refusal="no_cyclic_prefix" if least else "too_short")
    ratio = log_ratio(best.surprise, best.trials * len(_ALL), _MEAN)
    refusal = None
    if ratio <= 0:
        refusal = "no_cyclic_prefix"
    elif best.contrast < _LEAST_CONTRAST:
        refusal = "repeats_without_prefix"
    elif best.spread_hz < (_LEAST_SPREAD_HZ if best.numerology.family != "lte" else _LEAST_GRANT_HZ):
        refusal = "too_narrow"
    return OfdmFit(prefix=best, log_ratio=ratio, refusal=refusal)


def _order(powers: np.typing.NDArray[np.float64], candidates: int, least: float) -> list[int]:
    """The strongest lags; on a long dwell only those that noise passes less than twice in a hundred."""
    return [int(place) for place in np.argsort(-powers)[:candidates] if powers[place] > least]
