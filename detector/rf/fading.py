"""The null of a comparison between two places: what fading alone does to the level of a distant transmitter.

Each look is taken as independent Rayleigh fading (exponential power; Rician is milder), the two places differ besides
by a lognormal shadowing. Compared are the `needed`-th strongest of `inside` looks with the strongest of `outside`
looks. For exponential looks with unit mean, P(look > a M) with M the strongest of n has the Laplace form
``E[exp(-a M)] = prod_{j=1..n} j / (a + j)``, from which the binomial tail follows term by term.
"""

from functools import lru_cache
from math import comb

import numpy as np
import numpy.typing as npt

__all__ = ["needed_rise_db", "rise_chance"]

_SIGMAS = 7.0
_POINTS = 281
_TOP_DB = 120.0


def rise_chance(
    rise_db: npt.ArrayLike, *, outside: int, inside: int, needed: int, shadow_db: float
) -> npt.NDArray[np.float64]:
    """Return the probability that fading alone gives a rise at least this large.

    Parameters
    ----------
    rise_db : array_like of float, shape (...)
        The `needed`-th strongest look inside over the strongest outside.
    outside, inside, needed : int
        Numbers of looks; `needed` at most `inside`.
    shadow_db : float
        Standard deviation of the slow difference.

    Returns
    -------
    ndarray of float64, shape (...)
    """
    steps = np.linspace(-_SIGMAS, _SIGMAS, _POINTS)
    weights = np.exp(-(steps**2) / 2)
    weights /= weights.sum()
    ratio = 10 ** ((np.asarray(rise_db, np.float64)[..., None] - shadow_db * steps) / 10)
    chance = np.zeros_like(ratio)
    for over in range(needed, inside + 1):
        # C(n, i) q^i (1 - q)^(n - i), multiplied out in powers of q = exp(-ratio M)
        for missing in range(inside - over + 1):
            sign = -1 if missing % 2 else 1
            factor = comb(inside, over) * comb(inside - over, missing) * sign
            chance += factor * _laplace((over + missing) * ratio, outside)
    return np.asarray(np.clip(chance @ weights, 0.0, 1.0))


@lru_cache(maxsize=256)
def needed_rise_db(chance: float, *, outside: int, inside: int, needed: int, shadow_db: float) -> float:
    """Return the rise that fading alone reaches with this probability.

    Parameters
    ----------
    chance : float
        In (0, 1).
    outside, inside, needed, shadow_db
        As for `rise_chance`.
    """
    low_db, high_db = -_TOP_DB, _TOP_DB
    for _ in range(40):
        middle_db = (low_db + high_db) / 2
        found = rise_chance(middle_db, outside=outside, inside=inside, needed=needed, shadow_db=shadow_db)
        low_db, high_db = (middle_db, high_db) if float(found) > chance else (low_db, middle_db)
    return high_db


def _laplace(rate: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    value = np.ones_like(rate)
    for number in range(1, count + 1):
        value *= number / (rate + number)
    return value
