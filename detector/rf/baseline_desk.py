"""Recording outside and comparing inside, as one part of the radio sense: looks in, alerts and coverage out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import e, log

import numpy as np
import numpy.typing as npt

from detector.rf.band_plan import BandPlan
from detector.rf.baseline import Comparison, LookStore, Rise, make_baseline
from detector.rf.baseline_options import BaselineOptions
from detector.rf.levels import cell_levels
from detector.rf.slice_look import SliceLook
from detector.rf.survey import Survey
from detector.types import (
    Alert,
    AlertKind,
    Baseline,
    BaselineMode,
    BaselineState,
    Phrase,
    Provenance,
    RadioAlert,
    SignalKind,
)

__all__ = ["BaselineDesk", "explained_cells"]

_EXPLAINED = (
    SignalKind.BROADCAST_FM,
    SignalKind.BROADCAST_TV,
    SignalKind.BROADCAST_DAB,
    SignalKind.CELLULAR_DOWNLINK,
)
_SWEEP_TURN = 4
_OWN_MARGIN_HZ = 3e6


@dataclass(slots=True)
class _Risen:
    """An emitter that stood above the baseline in some comparison."""

    number: int
    rise: Rise
    first_t_ns: int
    last_t_ns: int
    quiet: int = 0
    alert: bool = False


class BaselineDesk:
    """One recording or one comparison at a time.

    Parameters
    ----------
    options : BaselineOptions
    plan : BandPlan
        Names what explains a rise.
    centers_hz : sequence of float
        All hops of the sweep.
    span_hz : tuple of float
    usable_fraction : float
    """

    def __init__(
        self,
        options: BaselineOptions,
        plan: BandPlan,
        centers_hz: Sequence[float],
        span_hz: tuple[float, float],
        usable_fraction: float,
    ) -> None:
        self._options, self._plan = options, plan
        self._centers, self._span_hz, self._usable = tuple(centers_hz), span_hz, usable_fraction
        self._survey: Survey | None = None
        self._store: LookStore | None = None
        self._place = ""
        self._turn = 0
        self._comparison: Comparison | None = None
        self._risen: list[_Risen] = []
        self._made = 0
        self._unknown_gain = 0
        self._problem: Phrase | None = None
        self.recorded: Baseline | None = None

    # -- what is asked

    def record(self, place: str) -> None:
        """Begin a recording; a comparison ends."""
        self.leave()
        self._place = place
        self._survey = Survey(self._centers, self._options.outside_looks)
        self._store = LookStore(self._span_hz, self._options.cell_hz, self._options.outside_looks)

    def compare(self, baseline: Baseline, provenance: Provenance | None) -> None:
        """Begin a comparison, unless the baseline cannot be compared with what is heard now.

        Parameters
        ----------
        baseline : Baseline
        provenance : Provenance or None
            Of the samples; None before the first.
        """
        self.leave()
        if provenance is not None and baseline.provenance is not provenance:
            values = {"recorded": baseline.provenance.value, "now": provenance.value}
            self._problem = Phrase("rf.baseline.other_provenance", values)
            return
        if baseline.cell_hz != self._options.cell_hz:
            self._problem = Phrase("rf.baseline.other_cells")
            return
        self._place = baseline.place
        self._survey = Survey(self._centers, self._options.inside_looks)
        explained = explained_cells(self._plan, self._span_hz, self._options.cell_hz)
        self._comparison = Comparison(self._options, baseline, self._span_hz, explained)

    def leave(self) -> None:
        """End what is under way; a baseline that was recorded and is not kept yet stays."""
        self._survey = self._store = self._comparison = None
        self._problem = None
        self._unknown_gain = 0
        self._risen = []

    def kept(self) -> None:
        """Let the recorded baseline go."""
        self.recorded = None

    # -- looks

    def next_center_hz(self) -> float | None:
        """Return the hop that a recording or a first comparison wants next; None (every fourth) is the sweep's turn."""
        if self._survey is None:
            return None
        self._turn += 1
        if self._turn % _SWEEP_TURN == 0:
            return None
        center_hz = self._survey.next_center_hz()
        if center_hz is None and self._comparison is not None:
            # the first comparison is through; from now on the sweep's own order will do
            self._survey = None
        return center_hz

    def take(self, seen: SliceLook, gain_db: float | None, *, overloaded: bool) -> None:
        """Take in a look of the sweep.

        Parameters
        ----------
        seen : SliceLook
        gain_db : float or None
            In force; a look at an unknown gain is not used.
        overloaded : bool
            Such a look is not used either: its levels are not true.
        """
        if gain_db is None:
            self._unknown_gain += 1
            return
        if overloaded or (self._store is None and self._comparison is None):
            return
        levels = cell_levels(
            seen.spectrum, seen.floor, gain_db, usable_fraction=self._usable, cell_hz=self._options.cell_hz
        )
        if self._survey is not None:
            self._survey.took(seen.spectrum.center_hz)
        if self._store is not None:
            self._store.add(levels)
        elif self._comparison is not None and self._comparison.add(levels):
            self._update(self._comparison, levels.first * self._options.cell_hz, seen)

    def finish(self, provenance: Provenance) -> None:
        """Close a recording that has its looks (call once a block)."""
        if self._survey is None or self._store is None or not self._survey.finished:
            return
        baseline = make_baseline(self._store, self._place, provenance)
        heard = len(baseline.cells)
        unknown = self._unknown_gain
        self.leave()
        if not heard:
            self._problem = Phrase("rf.baseline.unknown_gain" if unknown else "rf.baseline.nothing_heard")
            return
        if not baseline.moved:
            self._problem = Phrase("rf.baseline.stood_still")
        self.recorded = baseline

    def _update(self, comparison: Comparison, low_hz: float, seen: SliceLook) -> None:
        """Note what stands above the baseline now that the cells of one hop were compared anew."""
        high_hz = low_hz + seen.spectrum.sample_rate_hz * self._usable
        rises = comparison.rises()
        for rise in rises:
            if rise.high_hz >= low_hz and rise.low_hz <= high_hz:
                self._note(rise, seen)
        for risen in self._risen:
            looked = risen.rise.high_hz >= low_hz and risen.rise.low_hz <= high_hz
            if looked and not any(_overlap(risen.rise, rise, 0.0) for rise in rises):
                risen.quiet += 1

    def _note(self, rise: Rise, seen: SliceLook) -> None:
        known = next((risen for risen in self._risen if _overlap(risen.rise, rise, self._options.join_hz)), None)
        if known is None:
            self._made += 1
            known = _Risen(self._made, rise, seen.t_ns, seen.t_end_ns)
            self._risen.append(known)
        known.rise, known.last_t_ns, known.quiet = rise, seen.t_end_ns, 0
        known.alert = known.alert or rise.chance <= self._options.false_alarms

    # -- what comes of it

    def alerts(self, others: Sequence[Alert]) -> tuple[tuple[RadioAlert, ...], tuple[RadioAlert, ...]]:
        """Return alerts and what is worth a look, without what other alerts of the sense already name.

        Parameters
        ----------
        others : sequence of Alert
            All other alerts and findings of the sense.
        """
        alerts: list[RadioAlert] = []
        inspect: list[RadioAlert] = []
        for risen in self._risen:
            if any(isinstance(other, RadioAlert) and _named(risen.rise, other) for other in others):
                continue
            standing = risen.alert and risen.quiet < self._options.quiet_comparisons
            (alerts if standing else inspect).append(self._alert(risen))
        return tuple(alerts), tuple(inspect)

    def _alert(self, risen: _Risen) -> RadioAlert:
        rise = risen.rise
        told = [Phrase("rf.reason.rise", {"rise_db": round(rise.rise_db), "place": self._place})]
        told.append(Phrase("rf.reason.rise_chance", {"one_in": _one_in(rise.chance)}))
        if self._comparison is not None and (common_db := self._comparison.common_db) >= 1:
            told.append(Phrase("rf.reason.rise_common", {"common_db": round(common_db)}))
        return RadioAlert(
            key=f"rf:rise:{risen.number}",
            kind=AlertKind.UNKNOWN_EMITTER,
            confidence=_confidence(rise.chance, self._options),
            first_t_ns=risen.first_t_ns,
            last_t_ns=risen.last_t_ns,
            reasons=tuple(told),
            freq_hz=rise.freq_hz,
            bandwidth_hz=rise.high_hz - rise.low_hz,
            snr_db=rise.snr_db,
            rise_db=round(rise.rise_db, 1),
        )

    def coverage(self) -> tuple[list[Phrase], list[Phrase], list[Phrase]]:
        """Return what was compared, what is still to be, and what cannot be, in MHz of air."""
        if self._comparison is None:
            return [], ([Phrase("rf.missing.recording")] if self._store is not None else []), []
        compared, comparable = self._comparison.counts()
        mhz_each = self._options.cell_hz / 1e6
        done, missing, blind = [], [], []
        if compared:
            values: dict[str, str | int | float] = {"mhz": round(compared * mhz_each), "place": self._place}
            done.append(Phrase("rf.done.baseline", values))
        if compared < comparable:
            missing.append(Phrase("rf.missing.baseline", {"mhz": round((comparable - compared) * mhz_each, 1)}))
        few = len(self._comparison.baseline.cells) - comparable
        if few > 0:
            blind.append(Phrase("rf.cannot_see.baseline", {"mhz": round(few * mhz_each, 1)}))
        if not self._comparison.baseline.moved:
            blind.append(Phrase("rf.cannot_see.stood_still"))
        return done, missing, blind

    def state(self) -> BaselineState:
        """Return where things stand."""
        if self._store is not None and self._survey is not None:
            mode, progress = BaselineMode.RECORDING, self._survey.progress
        elif self._comparison is not None:
            compared, comparable = self._comparison.counts()
            share = self._survey.progress if self._survey is not None else compared / max(comparable, 1)
            mode, progress = BaselineMode.COMPARING, share
        else:
            mode, progress = (BaselineMode.RECORDED if self.recorded else BaselineMode.IDLE), 0.0
        common_db = self._comparison.common_db if self._comparison is not None else 0.0
        place = self.recorded.place if mode is BaselineMode.RECORDED and self.recorded else self._place
        return BaselineState(
            mode=mode,
            place="" if mode is BaselineMode.IDLE else place,
            progress=round(progress, 2),
            common_db=round(common_db, 1),
            problem=self._problem,
        )


def explained_cells(plan: BandPlan, span_hz: tuple[float, float], cell_hz: float) -> npt.NDArray[np.bool_]:
    """Return whether a cell's narrowest named row is broadcast or a base station, laid out as by `LookStore`.

    Parameters
    ----------
    plan : BandPlan
    span_hz : tuple of float
    cell_hz : float
    """
    store = LookStore(span_hz, cell_hz, 1)
    centers_hz = (np.arange(len(store.looks)) + store.first + 0.5) * cell_hz
    explained = np.zeros(len(centers_hz), bool)
    rows = [band for band in plan.bands if band.kind is not None]
    for band in sorted(rows, key=lambda row: row.low_hz - row.high_hz):
        explained[(centers_hz >= band.low_hz) & (centers_hz <= band.high_hz)] = band.kind in _EXPLAINED
    return explained


def _overlap(one: Rise, other: Rise, margin_hz: float) -> bool:
    return one.low_hz <= other.high_hz + margin_hz and other.low_hz <= one.high_hz + margin_hz


def _named(rise: Rise, other: RadioAlert) -> bool:
    """Whether another alert stands for this rise; its frequency may be off by a hop's width."""
    reach_hz = (rise.high_hz - rise.low_hz + other.bandwidth_hz) / 2 + _OWN_MARGIN_HZ
    return abs(rise.freq_hz - other.freq_hz) <= reach_hz


def _one_in(chance: float) -> int:
    """Return 1 / chance in one significant digit, a million at most: the model is not known better."""
    inverse = min(1 / max(chance, 1e-6), 1e6)
    scale = 10 ** int(np.floor(np.log10(max(inverse, 1.0))))
    return int(inverse // scale * scale)


def _confidence(chance: float, options: BaselineOptions) -> float:
    """Posterior from the bound on what a p-value can say (Sellke, Bayarri and Berger 2001), under the stated prior."""
    factor = -e * chance * log(chance) if 0 < chance < 1 / e else 1.0
    odds = options.prior / (1 - options.prior) / max(factor, 1e-12)
    return min(odds / (1 + odds), options.top_confidence)
