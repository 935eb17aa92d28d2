"""Peaks over threshold: the chance of a value that no look has reached yet, from those that came near.

Excesses over a high threshold tend to a generalised Pareto law (Pickands, Annals of Statistics 3(1), 1975; Coles, "An
Introduction to Statistical Modeling of Extreme Values", 2001, chapter 4). The law is fitted by maximum likelihood above
three thresholds; an estimate that moves with the threshold is no estimate. The limit is that of the profile likelihood
over the shape: the largest chance that any shape within the 95 % region gives.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.stats import chi2, genpareto

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
    likelihoods, chances = zip(*(_fit(excesses, shape, line - threshold) for shape in _SHAPES), strict=True)
    best = int(np.argmax(likelihoods))
    inside = np.array(likelihoods) >= likelihoods[best] - chi2.ppf(0.9, 1) / 2
    return Tail(
        threshold=threshold,
        chance=over * chances[best],
        upper=over * float(np.max(np.array(chances)[inside])),
        shape=float(_SHAPES[best]),
        excesses=len(excesses),
    )


def _fit(excesses: npt.NDArray[np.float64], shape: float, line: float) -> tuple[float, float]:
    """Log likelihood at the best scale for a shape, and P(excess > line) there."""
    least = -shape * excesses.max() * (1 + 1e-6) if shape < 0 else 1e-9
    start = np.log(max(least, 1e-6 * excesses.mean()))

    def loss(log_scale: float) -> float:
        return -float(genpareto.logpdf(excesses, shape, scale=np.exp(log_scale)).sum())

    found = minimize_scalar(loss, bounds=(start, start + 20), method="bounded", options={"xatol": 1e-4})
    return -float(found.fun), float(genpareto.sf(line, shape, scale=np.exp(found.x)))
