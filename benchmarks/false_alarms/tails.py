"""Peaks over threshold: the chance of a value that no look has reached yet, from those that came near.

Excesses over a high threshold tend to a generalised Pareto law (Pickands, Annals of Statistics 3(1), 1975; Coles, "An
Introduction to Statistical Modeling of Extreme Values", 2001, chapter 4). The law is fitted by maximum likelihood above
three thresholds; an estimate that moves with the threshold is no estimate. The limit is that of the profile likelihood
of the chance itself: the largest that any shape and scale within 1.35 of the best log likelihood give (one-sided 95 %).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta, chi2, genpareto

__all__ = ["QUANTILES", "Tail", "pareto_tail"]

QUANTILES = (0.8, 0.9, 0.95)
"""Thresholds, as quantiles of the values."""

_LEAST, _SHAPES = 20, np.linspace(-0.9, 0.6, 61)


@dataclass(frozen=True, slots=True)
class Tail:
    """P(value > line) by the law above one threshold, its upper 95 % limit, the shape, and the values it rests on."""

    threshold: float
    chance: float
    upper: float
    shape: float
    excesses: int


def pareto_tail(values: npt.ArrayLike, line: float, quantile: float) -> Tail | None:
    """Return the tail above a threshold; None where fewer than 20 values exceed it.

    Parameters
    ----------
    values : array_like of float, shape (n,)
    line : float
        Above the threshold.
    quantile : float
        Of the values, 0 to 1: the threshold.
    """
    values = np.asarray(values, np.float64)
    threshold = float(np.quantile(values, quantile))
    excesses = values[values > threshold] - threshold
    if len(excesses) < _LEAST or line <= threshold:
        return None
    over = len(excesses) / len(values)
    scales = excesses.mean() * np.geomspace(0.2, 5.0, 81)
    likelihoods = np.array([[_likelihood(excesses, shape, scale) for scale in scales] for shape in _SHAPES])
    chances = genpareto.sf(line - threshold, _SHAPES[:, None], scale=scales[None])
    best = np.unravel_index(int(likelihoods.argmax()), likelihoods.shape)
    inside = likelihoods >= likelihoods[best] - chi2.ppf(0.9, 1) / 2
    # how many exceed the threshold is uncertain too
    most_over = float(beta.ppf(0.95, len(excesses) + 1, len(values) - len(excesses)))
    return Tail(
        threshold=threshold,
        chance=over * float(chances[best]),
        upper=most_over * float(chances[inside].max()),
        shape=float(_SHAPES[best[0]]),
        excesses=len(excesses),
    )


def _likelihood(excesses: npt.NDArray[np.float64], shape: float, scale: float) -> float:
    """Log likelihood of the generalised Pareto law; -inf where it cannot give the largest."""
    place = 1 + shape * excesses / scale
    if place.min() <= 0:
        return -np.inf
    if abs(shape) < 1e-9:
        return float(-len(excesses) * np.log(scale) - excesses.sum() / scale)
    return float(-len(excesses) * np.log(scale) - (1 + 1 / shape) * np.log(place).sum())
