"""How likely a row of retro readings is by chance: what Wald's sequential test needs to know about sparkle."""

from collections import deque
from math import log

import numpy as np
import numpy.typing as npt

from detector.lens.options import LensOptions
from detector.lens.registration import map_points

__all__ = ["SparkleField", "evidence_wanted"]

_Floats = npt.NDArray[np.float64]
_REMEMBERED_SETS = 16
_PRIOR_PER_SET = 1.0  # sparkle in the whole picture before anything was seen
_PRIOR_SETS = 2.0
_PRIOR_NEAR = 1.0  # a neighbourhood begins with the picture's own density, worth this many sparkles


class SparkleField:
    """Where short-lived retro readings turned up lately, carried along with the hand's motion.

    Parameters
    ----------
    options : LensOptions
    px_per_deg : float
        Full-resolution pixels per degree.
    view_deg2 : float
        Solid angle of the picture that is searched.
    """

    def __init__(self, options: LensOptions, px_per_deg: float, view_deg2: float) -> None:
        self._options = options
        self._px_per_deg = px_per_deg
        self._view_deg2 = view_deg2
        self._places: deque[_Floats] = deque(maxlen=_REMEMBERED_SETS)
        self._births = _PRIOR_PER_SET * _PRIOR_SETS
        self._sets = _PRIOR_SETS

    @property
    def per_set(self) -> float:
        """Retro readings a set that begin a track, anywhere in the picture, over the whole sweep."""
        return self._births / self._sets

    def restart(self) -> None:
        """Forget the places, after a gap; how lively the room is stays known."""
        self._places.clear()

    def carry(self, motion: _Floats) -> None:
        """Move every place by the picture's motion since the set before."""
        counts = [len(p) for p in self._places]
        if sum(counts):
            moved = map_points(motion, np.concatenate(list(self._places))[:, ::-1])[:, ::-1]
            self._places = deque(np.split(moved, np.cumsum(counts)[:-1]), maxlen=_REMEMBERED_SETS)

    def add(self, births: _Floats) -> None:
        """Note the (y, x) of the retro readings of one set that continued no track, shape (n, 2)."""
        self._places.append(births)
        self._births += len(births)
        self._sets += 1

    def chance(self, places: _Floats, gate_deg: float) -> _Floats:
        """Return how likely sparkle falls within the gate of each place in one set.

        Parameters
        ----------
        places : ndarray of float64, shape (n, 2)
            (y, x), full-resolution pixels.
        gate_deg : float

        Returns
        -------
        ndarray of float64, shape (n,)
            Poisson, by the density within `sparkle_near_deg`; a neighbourhood that is empty so far gets the whole
            picture's. The birth of the track at the place itself is among those counted.
        """
        o = self._options
        everywhere = self.per_set / self._view_deg2
        near_deg2 = np.pi * o.sparkle_near_deg**2
        near = np.zeros(len(places))
        if any(map(len, self._places)):
            known = np.concatenate(list(self._places))
            away = np.linalg.norm(places[:, None] - known[None], axis=2)
            near = (away <= o.sparkle_near_deg * self._px_per_deg).sum(axis=1).astype(np.float64)
        # One of the places counted gave birth to the very track that asks.
        others = np.maximum(near - 1, 0.0)
        watched_deg2 = near_deg2 * max(1, len(self._places))
        density = (others + _PRIOR_NEAR) / (watched_deg2 + _PRIOR_NEAR / everywhere)
        return np.asarray(1 - np.exp(-np.maximum(density, everywhere) * np.pi * gate_deg**2))


def evidence_wanted(per_set: float, options: LensOptions) -> float:
    """Return the log likelihood ratio at which a row of readings may alert.

    Every sparkle that begins a track is one more trial of Wald's test. With `per_set` trials a set and
    `budget_sets` sets in a sweep, rows that sparkle makes by chance stay within `false_alert_budget` a sweep if each
    trial's chance of passing is the budget over the number of trials; its threshold is the log of the inverse
    (Wald 1945, the bound 1/A on the error of the first kind, summed over trials).
    """
    trials = max(1.0, per_set * options.budget_sets)
    return log(trials / options.false_alert_budget)
