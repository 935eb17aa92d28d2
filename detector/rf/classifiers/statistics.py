"""From a statistic with a known null to a likelihood ratio: the same few lines for every classifier.

Each statistic is first turned into its **surprise** s = -ln P(null gives as much or more), which is exponential with
mean 1 under the null, whatever the statistic was. The alternative is the classic fluctuating target (Swerling 1,
Rayleigh amplitude of unknown size): s is exponential with a larger mean 1 + m. Looking in T places adds ln T to the
null's side. So, for the best of T places,

    ln LR(s) = s m / (1 + m) - ln(1 + m) - ln T

(Richards, Fundamentals of Radar Signal Processing, 6.3 and 6.5, for the fluctuating target and for cell averaging).
"""

from math import comb, erfc, exp, log, log1p, sqrt

__all__ = [
    "binomial_surprise",
    "cell_average_surprise",
    "from_log_odds",
    "gauss_surprise",
    "log_ratio",
    "peak_surprise",
    "to_log_odds",
]

_MOST = 700.0


def log_ratio(surprise: float, trials: float = 1.0, mean: float = 20.0) -> float:
    """Return ln of the likelihood ratio of the best of some places.

    Parameters
    ----------
    surprise : float
        -ln of the null's probability at one place.
    trials : float
        Independent places looked at.
    mean : float
        How surprising the real thing is on average; a larger one asks for more before it believes.
    """
    return surprise * mean / (1 + mean) - log1p(mean) - log(max(trials, 1.0))


def cell_average_surprise(power: float, cells: float) -> float:
    """Return the surprise of an exponential power over the mean of `cells` others (CA-CFAR, Richards 6.5).

    P = (1 + power / cells) ** -cells; a plain exponential for many cells.
    """
    return cells * log1p(max(power, 0.0) / cells)


def peak_surprise(ratio: float, bins: int = 1) -> float:
    """Return the surprise of the largest of `bins` periodogram bins at `ratio` times their surroundings' median.

    Bins are exponential with mean 1 / ln 2 of the median: P = 1 - (1 - 2 ** -ratio) ** bins.
    """
    if ratio > 30:
        return min(ratio * log(2) - log(bins), _MOST)
    return -log(max(1 - (1 - 2.0**-ratio) ** bins, 1e-300))


def gauss_surprise(z: float) -> float:
    """Return the surprise of a one-sided normal deviate."""
    if z > 25:
        return min(z * z / 2 + log(z * sqrt(2 * 3.141592653589793)), _MOST)
    return -log(max(0.5 * erfc(z / sqrt(2)), 1e-300))


def binomial_surprise(count: int, trials: int, probability: float) -> float:
    """Return the surprise of `count` or more successes in `trials` (Chernoff's bound for large counts, else exact)."""
    if count <= trials * probability:
        return 0.0
    if trials <= 60:
        tail = sum(
            comb(trials, k) * probability**k * (1 - probability) ** (trials - k) for k in range(count, trials + 1)
        )
        return -log(max(tail, 1e-300))
    share = count / trials
    rest = (1 - share) * log((1 - share) / (1 - probability)) if share < 1 else 0.0
    return min(trials * (share * log(share / probability) + rest), _MOST)


def to_log_odds(probability: float) -> float:
    """Return ln(p / (1 - p))."""
    return log(probability / (1 - probability))


def from_log_odds(log_odds: float) -> float:
    """Return the probability of log odds (clipped to +-30)."""
    return 1 / (1 + exp(-min(max(log_odds, -30.0), 30.0)))
