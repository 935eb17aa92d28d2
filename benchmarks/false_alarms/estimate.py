"""From records to alerts per 100 hours: products of measured factors, each with its upper confidence distribution.

A first confirming look is half an alert: `SweepOptions.alert_looks` have to agree. With m the mean number of first
confirmations of a zone (slices near enough to be one emitter) in a session and s the chance that the looks which follow
one at once confirm as well, first confirmations are Poisson and

    P(the zone alerts in the session) = 1 - exp(-m) (1 + m (1 - s)):

none, or one whose followers all fail, and no alert. Persistence is left out, which errs on the high side.

Limits. A count k in a time T has the upper confidence distribution Gamma(k + 1) / T, k of n the Beta(k + 1, n - k) of
Clopper and Pearson; an upper limit of a product is the 95 % point of the product of independent draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.false_alarms.records import Ask, Glance, Session
from benchmarks.false_alarms.skies import CHAPTER_S

__all__ = [
    "DRAWS",
    "Rate",
    "air_rate",
    "alert_chance",
    "distribution_free",
    "first_looks",
    "noise_rate",
    "rate_upper",
    "share_upper",
]

HOURS, DRAWS, LIMIT = 100.0, 20_000, 0.95
FOLLOWERS = 3
"""Looks after a first confirmation at once: the second look, and one on either side for the width."""
Draws = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rate:
    """Per 100 hours: the estimate and its upper 95 % limit."""

    value: float
    upper: float

    def __str__(self) -> str:
        return f"{self.value:.3g} (95 % below {self.upper:.3g})"


def rate_upper(count: int, hours: float, rng: np.random.Generator) -> Draws:
    """Draw from the upper confidence distribution of a rate an hour."""
    return rng.gamma(count + 1, 1 / hours, DRAWS)


def share_upper(hits: float, trials: float, rng: np.random.Generator) -> Draws:
    """Draw from the upper confidence distribution of a probability; 1 where nothing was tried."""
    return np.ones(DRAWS) if hits >= trials else rng.beta(hits + 1, trials - hits, DRAWS)


def alert_chance(first: npt.ArrayLike, agrees: npt.ArrayLike) -> Draws:
    """Return P(a zone alerts in a session) from its mean first confirmations and the chance that one is followed."""
    mean = np.asarray(first, np.float64)
    # expm1 keeps the small values exact
    return -np.expm1(-mean) - mean * np.exp(-mean) * (1 - np.asarray(agrees, np.float64))


def noise_rate(
    looks_an_hour: float, hits: int, trials: int, session_h: float, zones: float, rng: np.random.Generator
) -> Rate:
    """Return alerts per 100 hours by chance alone: looks at noise are independent of each other.

    Parameters
    ----------
    looks_an_hour : float
        Longer looks that noise asks for.
    hits, trials : int
        Longer looks at noise that confirmed.
    session_h : float
        How long a sense remembers.
    zones : float
        How many emitters the range has room for side by side.
    """

    def rate(share: npt.ArrayLike) -> Draws:
        first = looks_an_hour * np.asarray(share) * session_h / zones
        return alert_chance(first, 1 - (1 - np.asarray(share)) ** FOLLOWERS) * zones * HOURS / session_h

    upper = rate(share_upper(hits, trials, rng))
    return Rate(float(rate(hits / trials)), float(np.quantile(upper, LIMIT)))


def first_looks(ask: Ask, session_s: float = CHAPTER_S) -> tuple[float, float]:
    """Return what an ask stands for: mean first confirmations of its slice in a session, and P(followers agree)."""
    confirmed = sum(looks[-1].kind is not None for looks in ask.chains)
    first = ask.visits * session_s / CHAPTER_S * confirmed / max(len(ask.chains), 1)
    return first, ask.agreed / max(ask.repeats, 1)


def air_rate(glances: Sequence[Glance], zone_hz: float, rng: np.random.Generator) -> Rate:
    """Return alerts per 100 hours from what is on the air, by the mean over skies; the limit by bootstrap of skies.

    The bootstrap of skies without a single confirmation says nothing: then the limit is that of `distribution_free`.
    """
    chances = np.array([_sky_alerts(glance, zone_hz) for glance in glances])
    skies = HOURS * 3600 / CHAPTER_S
    drawn = rng.choice(chances, (2000, len(chances))).mean(axis=1)
    return Rate(float(chances.mean() * skies), float(np.quantile(drawn, LIMIT) * skies))


def _sky_alerts(glance: Glance, zone_hz: float) -> float:
    """Expected alerting zones of one sky in its chapter."""
    alerts, zone, last_hz = 0.0, [], -np.inf
    for ask in sorted(glance.asks, key=lambda ask: ask.hz):
        if ask.hz - last_hz > zone_hz:
            alerts += _zone_alerts(zone)
            zone = []
        zone.append(first_looks(ask))
        last_hz = ask.hz
    return alerts + _zone_alerts(zone)


def _zone_alerts(zone: Sequence[tuple[float, float]]) -> float:
    first = sum(mean for mean, _ in zone)
    if first == 0:
        return 0.0
    # followers confirm on their own: s for a zone is the mean over what its first confirmations come from
    agrees = sum(mean * (1 - (1 - share) ** FOLLOWERS) for mean, share in zone) / first
    return float(alert_chance(first, agrees))


def distribution_free(
    sessions: Sequence[Session], glances: Sequence[Glance], rng: np.random.Generator
) -> tuple[Rate, Rate, float]:
    """Return first confirmations and alerts per 100 hours from what is on the air, and the looks that count.

    Longer looks an hour (counted in ordinary sweeps) times P(one confirms) times P(a follower agrees; 1 where none
    was measured). Looks stand for different numbers of visits; they count as n_eff = (sum w)^2 / sum w^2 (Kish).
    """
    hours = sum(session.swept_s for session in sessions) / 3600
    looks = sum(session.looks_air for session in sessions)
    weights, hits = [], []
    for ask in (ask for glance in glances for ask in glance.asks):
        for chain in ask.chains:
            share = ask.visits / len(ask.chains)
            weights += [share] * len(chain)
            hits += [look.kind is not None for look in chain]
    weight = np.array(weights)
    trials = float(weight.sum() ** 2 / (weight**2).sum())
    share = float(weight @ np.array(hits) / weight.sum())
    agreed = sum(ask.agreed for glance in glances for ask in glance.asks)
    repeats = sum(ask.repeats for glance in glances for ask in glance.asks)
    first = rate_upper(looks, hours, rng) * share_upper(share * trials, trials, rng) * HOURS
    both = first * share_upper(agreed, repeats, rng)
    mean = looks / hours * share * HOURS
    return (
        Rate(mean, float(np.quantile(first, LIMIT))),
        Rate(mean * agreed / max(repeats, 1), float(np.quantile(both, LIMIT))),
        trials,
    )
