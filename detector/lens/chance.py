"""How likely a row of retro readings is by chance: what Wald's sequential test needs to know about sparkle."""

from collections import deque
from math import log

import numpy as np
import numpy.typing as npt

from detector.lens.glints import Glint, Reading
from detector.lens.options import LensOptions
from detector.lens.registration import map_places

__all__ = ["SparkleField", "evidence_wanted", "set_evidence"]

_Floats = npt.NDArray[np.float64]
_REMEMBERED_SETS = 16
_PRIOR_PER_SET = 1.0  # sparkle in the whole picture before anything was seen
_PRIOR_SETS = 2.0
_PRIOR_SPECKS = 0.5
_LENS_SPECKS = 0.15  # share of a lens's readings that a single pixel holds: small, far, in sharp focus
_LEAST_CHANCE, _MOST_CHANCE = 1e-4, 0.9  # no single set says more than this, either way
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
        self._births = np.array([1 - _PRIOR_SPECKS, _PRIOR_SPECKS]) * _PRIOR_PER_SET * _PRIOR_SETS
        self._sets = _PRIOR_SETS

    @property
    def per_set(self) -> float:
        """Retro readings a set that begin a track, anywhere in the picture, over the whole sweep."""
        return float(self._births.sum() / self._sets)

    def restart(self) -> None:
        """Forget the places, after a gap; how lively the room is stays known."""
        self._places.clear()

    def carry(self, motion: _Floats) -> None:
        """Move every place by the picture's motion since the set before."""
        if any(map(len, self._places)):
            counts = [len(p) for p in self._places]
            known = np.concatenate(list(self._places))
            known[:, :2] = map_places(motion, known[:, :2])
            self._places = deque(np.split(known, np.cumsum(counts)[:-1]), maxlen=_REMEMBERED_SETS)

    def add(self, births: _Floats) -> None:
        """Note the (y, x, 1 for a single pixel) of one set's retro readings that continued no track, shape (n, 3)."""
        self._places.append(births)
        specks = float(births[:, 2].sum())
        self._births = self._births + np.array([len(births) - specks, specks])
        self._sets += 1

    def chance(self, places: _Floats, gates_deg: _Floats) -> _Floats:
        """Return how likely sparkle falls within the gate of each place in one set.

        Parameters
        ----------
        places : ndarray of float64, shape (n, 2)
            (y, x), full-resolution pixels.
        gates_deg : ndarray of float64, shape (n,)

        Returns
        -------
        ndarray of float64, shape (n, 2)
            For sparkle that covers more than a pixel, and for specks. Poisson, by the density within
            `sparkle_near_deg`; a neighbourhood that is empty so far gets the whole picture's. The birth of the track
            at the place itself is not counted.
        """
        everywhere = self._births / self._sets / self._view_deg2
        others = np.maximum(self.near(places) - 1, 0.0)
        watched_deg2 = self._watched_deg2
        density = (others + _PRIOR_NEAR) / (watched_deg2 + _PRIOR_NEAR / everywhere)
        return np.asarray(1 - np.exp(-np.maximum(density, everywhere) * np.pi * gates_deg[:, None] ** 2))

    def near(self, places: _Floats) -> _Floats:
        """Return how many births the neighbourhood of each place had lately, shape (n, 2): wider ones and specks."""
        if not any(map(len, self._places)):
            return np.zeros((len(places), 2))
        known = np.concatenate(list(self._places))
        away = np.linalg.norm(places[:, None] - known[None, :, :2], axis=2)
        inside = away <= self._options.sparkle_near_deg * self._px_per_deg
        speck = known[:, 2] > 0
        return np.column_stack([(inside & ~speck).sum(axis=1), (inside & speck).sum(axis=1)]).astype(np.float64)

    @property
    def usual_near(self) -> float:
        """How many births wider than a pixel a neighbourhood would have had by the density of the whole picture."""
        return float(self._births[0] / self._sets / self._view_deg2 * self._watched_deg2)

    @property
    def _watched_deg2(self) -> float:
        return float(np.pi * self._options.sparkle_near_deg**2 * max(1, len(self._places)))

    def birth_evidence(self, speck: bool) -> float:
        """Return the log likelihood ratio of a first reading's kind: most sparkle is single pixels, lenses seldom."""
        among_sparkle = float(self._births[int(speck)] / self._births.sum())
        return log(_LENS_SPECKS if speck else 1 - _LENS_SPECKS) - log(among_sparkle)


def set_evidence(glint: Glint | None, chance: _Floats, options: LensOptions) -> float:
    """Return the log likelihood ratio of what one set showed at a track's place.

    Parameters
    ----------
    glint : Glint or None
        None when the set showed nothing there.
    chance : ndarray of float64, shape (2,)
        Of sparkle there that covers more than a pixel, and of a speck.
    options : LensOptions
        A lens reads retro in `lens_show` of the sets that could show it.
    """
    if glint is not None and glint.reading in (Reading.SATURATED, Reading.FAINT):
        return 0.0
    if glint is None or glint.reading is not Reading.RETRO:
        return log((1 - options.lens_show) / (1 - min(float(chance.sum()), _MOST_CHANCE)))
    kind = _LENS_SPECKS if glint.speck else 1 - _LENS_SPECKS
    return log(options.lens_show * kind / max(float(chance[int(glint.speck)]), _LEAST_CHANCE))


def evidence_wanted(per_set: float, options: LensOptions) -> float:
    """Return the log likelihood ratio at which a row of readings may alert.

    Every sparkle that begins a track is one more trial of Wald's test. With `per_set` trials a set and
    `budget_sets` sets in a sweep, rows that sparkle makes by chance stay within `false_alert_budget` a sweep if each
    trial's chance of passing is the budget over the number of trials; its threshold is the log of the inverse
    (Wald 1945, the bound 1/A on the error of the first kind, summed over trials).
    """
    trials = max(1.0, per_set * options.budget_sets)
    return log(trials / options.false_alert_budget)
