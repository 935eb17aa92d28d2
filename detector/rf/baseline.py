"""What was on the air outside, and what stands above it inside.

Cells of fixed radio frequency, whatever hops they were seen in. Outside, the strongest of several looks is the
reference of a cell (its neighbours count too, for a crystal that drifts); inside, several looks make one comparison:
all must show a signal, all but one the rise. The null is `detector.rf.fading`: looks outside fade independently (the
operator walks), looks inside are taken as one (the device may lie on a table). What comes from outside rises together
at a window: the median over all stretches heard at both places is taken off, their spread is the shadowing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.rf.baseline_options import BaselineOptions
from detector.rf.fading import needed_rise_db, rise_chance
from detector.rf.levels import CellLevels
from detector.types import Baseline, Provenance

__all__ = ["Comparison", "LookStore", "Rise", "make_baseline"]

_Levels = npt.NDArray[np.float32]
_LEAST_STRETCHES = 6
_LEAST_TESTS = 20
_MEDIAN_FADE_DB = 6.27  # spread of the median of n Rayleigh levels, times the root of n (asymptotic)
_MAD_TO_SIGMA = 1.4826
_GAP_HZ = 2.6e6


class LookStore:
    """The newest looks of every cell of a receiver's span.

    Parameters
    ----------
    span_hz : tuple of float
        Inclusive; what lies outside is not kept.
    cell_hz : float
    depth : int
        Looks kept a cell.
    """

    def __init__(self, span_hz: tuple[float, float], cell_hz: float, depth: int) -> None:
        margin_hz = 3e6
        self.first = int(np.floor((span_hz[0] - margin_hz) / cell_hz))
        size = int(np.ceil((span_hz[1] + margin_hz) / cell_hz)) - self.first
        self.cell_hz, self.depth = cell_hz, depth
        self.levels_db = np.full((depth, size), np.nan, np.float32)
        self.floor_db = np.full(size, np.nan, np.float32)
        self.looks = np.zeros(size, np.int32)

    def add(self, levels: CellLevels) -> slice:
        """Keep a look; return which cells it fell on (places in the arrays)."""
        start = max(levels.first - self.first, 0)
        skipped = start - (levels.first - self.first)
        stop = min(start + max(len(levels.level_db) - skipped, 0), len(self.looks))
        where = slice(start, stop)
        columns = np.arange(start, stop)
        self.levels_db[self.looks[where] % self.depth, columns] = levels.level_db[skipped : skipped + stop - start]
        self.floor_db[where] = levels.floor_db
        self.looks[where] += 1
        return where

    def forget(self, places: npt.NDArray[np.intp]) -> None:
        """Start anew with these cells."""
        self.levels_db[:, places] = np.nan
        self.looks[places] = 0


def make_baseline(store: LookStore, place: str, provenance: Provenance) -> Baseline:
    """Sum up what was recorded.

    Parameters
    ----------
    store : LookStore
        With all looks of the recording.
    place : str
    provenance : Provenance
    """
    places = np.flatnonzero(store.looks)
    levels = store.levels_db[:, places]
    high = np.nanmax(levels, axis=0) if len(places) else np.zeros(0, np.float32)
    low = np.nanmin(levels, axis=0) if len(places) else np.zeros(0, np.float32)
    middle = np.nanmedian(levels, axis=0) if len(places) else np.zeros(0, np.float32)
    return Baseline(
        place=place,
        provenance=provenance,
        cell_hz=store.cell_hz,
        cells=(places + store.first).astype(np.int32),
        high_db=high.astype(np.float32),
        middle_db=middle.astype(np.float32),
        spread_db=(high - low).astype(np.float32),
        floor_db=store.floor_db[places],
        looks=np.minimum(store.looks[places], store.depth).astype(np.int32),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """Neighbouring cells that stand above the baseline.

    Attributes
    ----------
    low_hz, high_hz : float
    rise_db : float
        Of the cell that rose most, less what rose together.
    chance : float
        Probability that fading gives this rise somewhere in one comparison.
    snr_db : float
        Over the receiver's noise.
    """

    low_hz: float
    high_hz: float
    rise_db: float
    chance: float
    snr_db: float

    @property
    def freq_hz(self) -> float:
        """Middle."""
        return (self.low_hz + self.high_hz) / 2


class Comparison:
    """Compares looks inside with a baseline.

    Parameters
    ----------
    options : BaselineOptions
    baseline : Baseline
        Of the same cell width.
    span_hz : tuple of float
    known : ndarray of bool, shape (cells,)
        Whether the band plan expects broadcast or a base station there; one for each cell of the span, as laid out by
        `LookStore`.

    Raises
    ------
    ValueError
        The baseline has cells of another width.
    """

    def __init__(
        self,
        options: BaselineOptions,
        baseline: Baseline,
        span_hz: tuple[float, float],
        known: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        if baseline.cell_hz != options.cell_hz:
            raise ValueError(f"baseline of {baseline.cell_hz:g} Hz cells, {options.cell_hz:g} Hz wanted")
        self.baseline, self._options = baseline, options
        self._store = LookStore(span_hz, options.cell_hz, options.inside_looks)
        size = len(self._store.looks)
        self._known = np.zeros(size, bool) if known is None else known
        self._reference_db, self._outside_db = np.full(size, np.nan, np.float32), np.full(size, np.nan, np.float32)
        self._outside_looks = np.zeros(size, np.int32)
        self._shown_db, self._middle_db = np.full(size, np.nan, np.float32), np.full(size, np.nan, np.float32)
        self._least_db = np.full(size, np.nan, np.float32)
        self._lay_out(baseline)
        self._summary: tuple[int, float, float] | None = None
        self._measured = False
        self._comparable = self._outside_looks >= (options.outside_looks if baseline.moved else 1)
        self._comparable_count = int(self._comparable.sum())

    def _lay_out(self, baseline: Baseline) -> None:
        places = baseline.cells - self._store.first
        inside = (places >= 0) & (places < len(self._reference_db))
        places = places[inside]
        high = np.full(len(self._reference_db) + 2, np.nan, np.float32)
        high[places + 1] = baseline.high_db[inside]
        around = np.fmax(np.fmax(high[:-2], high[1:-1]), high[2:])
        self._reference_db[places] = around[places]
        self._outside_db[places] = baseline.middle_db[inside]
        self._outside_looks[places] = baseline.looks[inside] if baseline.moved else 1

    @property
    def comparable(self) -> npt.NDArray[np.bool_]:
        """Cells with enough looks in the baseline, shape (cells,)."""
        return self._comparable

    def add(self, levels: CellLevels) -> bool:
        """Take in a look; return whether it completed a comparison of its cells."""
        where = self._store.add(levels)
        full = np.arange(where.start, where.stop)[self._store.looks[where] >= self._options.inside_looks]
        if not len(full):
            return False
        window = np.sort(self._store.levels_db[:, full], axis=0)
        needed = min(self._options.needed_looks, self._options.inside_looks)
        self._shown_db[full] = window[-needed]
        self._least_db[full] = window[0]
        self._middle_db[full] = np.median(window, axis=0)
        self._store.forget(full)
        self._summary = None
        return True

    def counts(self) -> tuple[int, int]:
        """Return how many comparable cells have been compared, and how many there are."""
        return self._summed()[0], self._comparable_count

    def compared(self, freq_hz: float) -> float:
        """Return the level shown at a frequency in the newest comparison, NaN where there was none (for tests)."""
        return float(self._shown_db[int(freq_hz // self._store.cell_hz) - self._store.first])

    def together(self) -> tuple[float, float]:
        """Return how far what comes from outside has risen together, and the spread of it, both in dB.

        The median over stretches heard well at both places; `window_db` where there are too few. Never below zero: a
        room that hears less makes nothing in it louder.
        """
        return self._summed()[1:]

    @property
    def common_db(self) -> float:
        """How far all has risen together as far as it could be measured, 0 where too little is heard at both places."""
        self._summed()
        return self.together()[0] if self._measured else 0.0

    def _summed(self) -> tuple[int, float, float]:
        """What is asked for with every report, worked out once a comparison."""
        if self._summary is None:
            compared = int((self._comparable & ~np.isnan(self._shown_db)).sum())
            self._summary = (compared, *self._measure_together())
        return self._summary

    def _measure_together(self) -> tuple[float, float]:
        options, floor_db = self._options, self._store.floor_db
        change = self._middle_db - self._outside_db
        with np.errstate(invalid="ignore"):
            heard = (self._outside_db > floor_db + options.present_db) & (
                self._middle_db > floor_db + options.present_db
            )
        places = np.flatnonzero(heard & self.comparable)
        stretch = (places * options.cell_hz // options.coherent_hz).astype(int)
        _, starts, counts = np.unique(stretch, return_index=True, return_counts=True)
        self._measured = len(starts) >= _LEAST_STRETCHES
        if not self._measured:
            return options.window_db, options.shadow_db
        changes = np.add.reduceat(change[places].astype(float), starts) / counts
        common = float(np.median(changes))
        spread = _MAD_TO_SIGMA * float(np.median(np.abs(changes - common)))
        # the part of the spread that comes from fading is in the null already
        faded = _MEDIAN_FADE_DB**2 * (1 / options.outside_looks + 1 / options.inside_looks)
        return max(common, 0.0), max(float(np.sqrt(max(spread**2 - faded, 0.0))), options.shadow_db)

    def rises(self) -> Sequence[Rise]:
        """Return what stands above the baseline, strongest evidence first; see `BaselineOptions` for the lines drawn.

        `Rise.chance` up to ten times `false_alarms` is returned; the caller draws the line of alerts.
        """
        common_db, shadow_db = self.together()
        options, floor_db = self._options, self._store.floor_db
        with np.errstate(invalid="ignore"):
            rise_db = self._shown_db - self._reference_db - np.float32(common_db)
            rise_db = rise_db - np.where(self._known, np.float32(options.known_db), np.float32(0))
            over = (rise_db >= options.rise_db) & (self._least_db >= floor_db + options.present_db) & self.comparable
        tests = self._tests()
        places = [
            int(place)
            for place in np.flatnonzero(over)
            if self._likely(float(rise_db[place]), int(place), shadow_db, tests)
        ]
        found = [self._rise(run, rise_db, shadow_db, tests) for run in self._runs(places)]
        return sorted(found, key=lambda rise: rise.chance)

    def _tests(self) -> float:
        """How many independent tests a comparison makes: stretches in which a signal is heard at either place.

        Where nothing is heard nothing can fade; what is heard here only counts too.
        """
        options, floor_db = self._options, self._store.floor_db
        with np.errstate(invalid="ignore"):
            heard = (self._reference_db > floor_db + options.present_db) | (
                self._shown_db > floor_db + options.present_db
            )
        stretches = np.unique(np.flatnonzero(heard & self.comparable) * options.cell_hz // options.coherent_hz)
        return float(max(len(stretches), _LEAST_TESTS))

    def _likely(self, rise_db: float, place: int, shadow_db: float, tests: float) -> bool:
        # tests are rounded up to a power of two so that the table of lines stays short
        chance = 10 * self._options.false_alarms / 2 ** np.ceil(np.log2(tests))
        outside = int(self._outside_looks[place])
        # half decibels of spread keep the table of lines short
        return bool(
            rise_db >= needed_rise_db(float(chance), outside=outside, inside=1, needed=1, shadow_db=_half_up(shadow_db))
        )

    def _runs(self, places: list[int]) -> list[list[int]]:
        runs: list[list[int]] = []
        for place in places:
            if runs and self._joined(runs[-1][-1], place):
                runs[-1].append(place)
            else:
                runs.append([place])
        return runs

    def _joined(self, before: int, after: int) -> bool:
        """Whether two risen cells are one emitter: near, or parted only by cells between two hops that nobody heard."""
        distance_hz = (after - before) * self._options.cell_hz
        if distance_hz <= self._options.join_hz:
            return True
        unheard = bool(np.isnan(self._shown_db[before + 1 : after]).all())
        return distance_hz <= _GAP_HZ and unheard

    def _rise(self, run: list[int], rise_db: _Levels, shadow_db: float, tests: float) -> Rise:
        best = max(run, key=lambda place: float(rise_db[place]))
        chance = rise_chance(
            float(rise_db[best]),
            outside=int(self._outside_looks[best]),
            inside=1,
            needed=1,
            shadow_db=_half_up(shadow_db),
        )
        cell_hz, first = self._options.cell_hz, self._store.first
        return Rise(
            low_hz=(run[0] + first) * cell_hz,
            high_hz=(run[-1] + 1 + first) * cell_hz,
            rise_db=float(rise_db[best]) + (self._options.known_db if self._known[best] else 0.0),
            chance=float(min(1.0, float(chance) * tests)),
            snr_db=float(self._shown_db[best] - self._store.floor_db[best]),
        )


def _half_up(level_db: float) -> float:
    return float(np.ceil(2 * level_db) / 2)
