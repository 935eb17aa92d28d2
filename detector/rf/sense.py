"""The radio sense: blocks in, a report out. Shared by the live loop, `nunchi scan`, tests and benchmarks."""

from collections import Counter, deque
from typing import Self

import numpy as np
from msgspec import structs

from detector.rf.band_plan import BandPlan
from detector.rf.baseline_desk import BaselineDesk
from detector.rf.budget import Lane
from detector.rf.commands import Compare, Home, Kept, Leave, RadioCommand, Record, StopHoming
from detector.rf.converter import Converter
from detector.rf.coverage import Recorded, recording_coverage, sweep_figures, swept
from detector.rf.emitters import Emitter, EmitterTracker
from detector.rf.extent import ExtentSurvey
from detector.rf.gain_plan import GainPlan
from detector.rf.gapless import GaplessPass
from detector.rf.homing import Homing, Receiver
from detector.rf.hop_plan import HopPlan, sweep_plan
from detector.rf.link_book import LinkBook
from detector.rf.options import RfOptions
from detector.rf.persistence import Persistence
from detector.rf.phrases import blind_spots, overloaded, spoilt
from detector.rf.scheduler import Look, Scheduler
from detector.rf.signals import NAMELESS, SignalList
from detector.rf.slice_look import SliceAnalyser, SliceLook
from detector.rf.slicing import cut, slice_offsets_hz
from detector.rf.stretches import joins, stretches
from detector.rf.video_alert import video_alert
from detector.types import (
    Baseline,
    IqBlock,
    Phrase,
    Provenance,
    RadioAlert,
    SenseCoverage,
    SenseReport,
    Tuning,
)

__all__ = ["RfSense"]

_ENERGY_DB = 0.0
_SAME_HZ = 1.0
_NAMELESS_DB = 100.0
_BINS = 1024
_HOMING_LOOK = Look(0.0, False)


class RfSense:
    """Finds transmitters of video and of the mobile network, and names what else is on the air.

    Make one with `for_sweep` (a receiver that can be tuned) or `for_recording` (samples as they come, any rate from
    200 kS/s to 40 MS/s, as many bands as the recordings hold). Not for use from two threads.
    """

    name = "rf"

    def __init__(
        self, options: RfOptions, plan: BandPlan, hop_plan: HopPlan | None, span_hz: tuple[float, float]
    ) -> None:
        self._options, self._span_hz = options, span_hz
        self._analyser = SliceAnalyser(options, plan)
        self._tracker = EmitterTracker(options.merge_hz, options.line_apart_ppm)
        looks = 1 if hop_plan is None else options.sweep.alert_looks
        self._links = LinkBook(options, looks, sweeping=hop_plan is not None)
        self._signals = SignalList(options.signal_hold_s, options.signal_limit)
        self._scheduler = None if hop_plan is None else Scheduler(hop_plan, options)
        self._persistence = Persistence(options, looks)
        self._gapless = None if hop_plan is None else GaplessPass(options, hop_plan.fine_hz)
        self._gains = GainPlan(options.gain, options.gain_db)
        self._converter = Converter.from_options(options)
        self._camera_hz = frozenset(hop.center_hz for hop in hop_plan.camera) if hop_plan else frozenset()
        receiver = Receiver(
            sample_rate_hz=options.sample_rate_hz,
            usable_fraction=options.usable_fraction,
            dwell_s=options.dwell_s,
            top_gain_db=options.gain_db,
            span_hz=span_hz,
        )
        self._homing = Homing(options.homing, receiver)
        centers_hz = [hop.center_hz for hop in hop_plan.hops] if hop_plan else []
        self._baseline = BaselineDesk(options.baseline, plan, centers_hz, span_hz, options.usable_fraction)
        self._pending: deque[tuple[Look, Tuning]] = deque()
        self._held: list[IqBlock] = []
        self._rejected: Counter[str] = Counter()
        self._gaps: list[Phrase] = []
        self._spoilt: Counter[str] = Counter()
        self._provenance: Provenance | None = None
        self._t_ns = 0
        self._round_start_ns: int | None = None
        self._figures: Counter[str] = Counter()
        self._sweep_s = 0.0
        self._seconds = 0.0
        self._floor = 0.0

    @classmethod
    def for_sweep(cls, options: RfOptions, plan: BandPlan, span_hz: tuple[float, float]) -> Self:
        """Make a sense that says where to listen.

        Parameters
        ----------
        options : RfOptions
        plan : BandPlan
        span_hz : tuple of float
            Lowest and highest frequency of the receiver, inclusive; a converter moves it.

        Raises
        ------
        ValueError
            The converter leaves nothing that the receiver can tune to.
        """
        span_hz = Converter.from_options(options).span_on_air(span_hz)
        if options.sweep.passes == "fine":
            options = structs.replace(options, sample_rate_hz=options.sweep.fine_rate_hz)
        return cls(options, plan, sweep_plan(plan, span_hz, options), span_hz)

    @classmethod
    def for_recording(cls, options: RfOptions, plan: BandPlan) -> Self:
        """Make a sense that takes samples as they come; blocks that join are judged together up to a confirm dwell."""
        return cls(options, plan, None, (float("inf"), 0.0))

    def next_tuning(self) -> Tuning:
        """Return what to ask of the receiver next; may be called ahead of `step`.

        Raises
        ------
        RuntimeError
            The sense was made for recordings.
        """
        if self._scheduler is None:
            raise RuntimeError("a sense for recordings does not tune")
        options = self._options
        if (held := self._homing.next_tuning()) is not None:
            self._pending.append((_HOMING_LOOK, held))
            return self._converter.tuning(held)
        surveyed_hz = self._baseline.next_center_hz()
        look = self._scheduler.next_look() if surveyed_hz is None else Look(surveyed_hz, False)
        tuning = Tuning(
            center_hz=look.center_hz,
            sample_rate_hz=options.sample_rate_hz,
            sample_count=round((look.dwell_s or options.dwell_s) * options.sample_rate_hz),
            gain_db=self._gains.gain_db(look.center_hz),
        )
        self._pending.append((look, tuning))
        return self._converter.tuning(tuning)

    def obey(self, command: RadioCommand) -> None:
        """Take a command; what came of it is in the next report."""
        match command:
            case Home():
                self._homing.start(command)
            case StopHoming():
                self._homing.stop()
            case Record():
                self._baseline.record(command.place)
            case Kept():
                self._baseline.kept()
            case Compare():
                self._baseline.compare(command.baseline, self._provenance)
            case Leave():
                self._baseline.leave()
                self._baseline.kept()

    @property
    def recorded(self) -> Baseline | None:
        """The baseline that was recorded and that nobody has said to have kept."""
        return self._baseline.recorded

    def step(self, block: IqBlock) -> None:
        """Take in one dwell, or the next piece of a recording.

        Raises
        ------
        InputError
            A recording's rate is outside 200 kS/s to 40 MS/s.
        """
        known = (block.provenance,) if self._provenance is None else (self._provenance, block.provenance)
        self._provenance = Provenance.least_real(known)
        self._figures["blocks"] += 1
        self._figures["lost_samples"] += block.lost_samples
        self._figures["overloaded"] += block.clipped_fraction > self._options.overload_clipped
        if self._scheduler is None:
            self._record(block)
        else:
            self._hop(self._scheduler, block)
        self._t_ns = max(self._t_ns, block.t_ns + round(block.duration_s * 1e9))
        self._homing.tick(self._t_ns)

    def note_gap(self, t_ns: int, reason: Phrase) -> None:
        """Note that the receiver was lost: coverage has to be earned again; what was found stays found.

        Parameters
        ----------
        t_ns : int
            Monotonic time of the loss.
        reason : Phrase
            Shown until the bands were covered again (for ever on a recording).
        """
        self._t_ns = max(self._t_ns, t_ns)
        self._flush()
        self._gaps = [reason]
        self._pending.clear()
        self._round_start_ns = None
        if self._gapless is not None:
            self._gapless.flush(Counter())
        if self._scheduler is not None:
            self._scheduler.restart()

    def report(self) -> SenseReport:
        """Return all there is to say; held pieces of a recording are judged first."""
        self._flush()
        alerts: list[RadioAlert] = []
        inspect: list[RadioAlert] = []
        for emitter in self._tracker.emitters:
            alerted = self._persistence.alerts(emitter)
            if alerted or emitter.confidence >= self._options.inspect_confidence:
                listed = alerts if alerted else inspect
                listed.append(video_alert(emitter, self._persistence, self._options, self._t_ns))
        for listed, links in zip((alerts, inspect), self._links.alerts(), strict=True):
            listed.extend(links)
        risen, doubtful = self._baseline.alerts([*alerts, *inspect])
        alerts += risen
        inspect += doubtful
        return SenseReport(
            sense=self.name,
            provenance=self._provenance or Provenance.LIVE,
            t_ns=self._t_ns,
            alerts=tuple(alerts),
            inspect=tuple(inspect),
            signals=self._links.others(self._signals.listed(self._t_ns)),
            rejected=dict(self._rejected),
            coverage=self._sweep_coverage(self._scheduler) if self._scheduler else self._recording_coverage(),
            figures=self._numbers(),
            homing=self._homing.state(),
            baseline=self._baseline.state() if self._scheduler else None,
        )

    # -- a tuned receiver

    def _hop(self, scheduler: Scheduler, block: IqBlock) -> None:
        block = self._converter.on_air(block)
        look, gain_db = self._matching(scheduler, block)
        if look is _HOMING_LOOK:
            self._homing.take(block, self._floor)
            return
        scheduler.heard(block.t_ns, block.t_ns + round(block.duration_s * 1e9))
        gapless = look.lane is Lane.FINE
        if block.duration_s < self._options.least_dwell_s and not gapless:
            scheduler.dropped(look)
            return
        power = np.vdot(block.samples, block.samples).real / len(block.samples)
        if power - abs(block.samples.mean()) ** 2 < self._options.least_level**2:
            self._spoil(scheduler, look, "silent_hops", 1)
            return
        if block.lost_samples >= len(block.samples):
            self._spoil(scheduler, look, "lost_samples", block.lost_samples)
            return
        if self._round_start_ns is None:
            self._round_start_ns = block.t_ns
        if gain_db is not None:
            level_dbfs = 10 * float(np.log10(power + 1e-12))
            if self._gains.update(look.center_hz, gain_db, block.clipped_fraction, level_dbfs, block.t_ns):
                scheduler.again(look.center_hz)
        tuned = (block.center_hz, block.sample_rate_hz, block.t_ns, gain_db)
        seen = self._look(block.samples, *tuned, thorough=look.confirm, gapless=gapless)
        self._name(scheduler, seen)
        overloaded = block.clipped_fraction > self._options.overload_clipped
        self._baseline.take(seen, block.gain_db, overloaded=overloaded)
        self._baseline.finish(block.provenance)
        self._figures["hops"] += 1
        self._cover(scheduler, look, block, self._round_start_ns)
        if look.confirm:
            self._figures["confirmations"] += 1
            self._confirm(scheduler, seen, look, lost=block.lost_samples > 0)
        elif look.extent:
            self._widen(scheduler, seen)
        else:
            if seen.evidence is not None:
                self._consider(scheduler, seen)
            if self._links.wants_longer(seen):
                scheduler.shortlist(seen.spectrum.center_hz, seen.t_end_ns)

    def _name(self, scheduler: Scheduler, seen: SliceLook) -> None:
        """List the signals of the gapless pass; in a quick one they earn a longer look, those without a name first."""
        if seen.view is None or self._gapless is None:
            return
        refusals: Counter[str] = Counter()
        signals = self._gapless.take(seen.view, seen.t_ns, refusals)
        if seen.spectrum.center_hz >= self._gapless.last_hz:
            signals += self._gapless.flush(refusals)
        self._signals.update(signals, provisional=True)
        self._rejected.update(refusals)
        if self._options.sweep.passes == "fine":
            for signal in signals:
                scheduler.name(signal.freq_hz, signal.snr_db + _NAMELESS_DB * (signal.kind in NAMELESS))

    def _confirm(self, scheduler: Scheduler, seen: SliceLook, look: Look, *, lost: bool) -> None:
        """A longer look at or beside a candidate: confirmed, gone, or refuted; with samples lost, only the first."""
        center_hz, candidate_hz = seen.spectrum.center_hz, look.candidate_hz or look.center_hz
        emitter, linked = self._judge(seen), self._links.judge(seen)
        if emitter is None and linked:
            scheduler.confirmed(candidate_hz)
            if self._links.unsettled(center_hz):
                scheduler.shortlist(center_hz, seen.t_end_ns)
        elif emitter is None and lost:
            scheduler.dropped(look)
        elif emitter is None and seen.evidence is None and center_hz == candidate_hz:
            scheduler.gone(candidate_hz)
        elif emitter is None:
            known = self._tracker.near(center_hz)
            if known is not None and known.alerted and seen.evidence is not None:
                known.doubts += 1
            scheduler.refuted(candidate_hz, seen.t_end_ns)
        else:
            scheduler.confirmed(candidate_hz)
            if emitter.survey is None:
                step_hz = self._options.sample_rate_hz * self._options.usable_fraction
                emitter.survey = ExtentSurvey.around(center_hz, step_hz, self._options.sweep.extent_slices)
                scheduler.survey(center for center in emitter.survey.start() if self._reachable(center))
            if not self._persistence.alerts(emitter) and emitter.confirmations < self._options.sweep.alert_looks:
                scheduler.shortlist(center_hz, seen.t_end_ns)

    def _widen(self, scheduler: Scheduler, seen: SliceLook) -> None:
        """A look beside a find: part of its band, or its end."""
        center_hz = seen.spectrum.center_hz
        surveyed = [emitter for emitter in self._tracker.around(center_hz) if emitter.survey is not None]
        owner = self._judge(seen)
        if owner is None and seen.evidence is not None and surveyed:
            # the rhythm of the same crystal at the edge of the picture, too faint to stand for itself
            hit = self._analyser.hit(seen, seen.evidence)
            owner = self._tracker.update(hit) if self._tracker.belongs(hit, surveyed[0]) else None
            if owner is not None:
                self._piece(owner, seen)
        for emitter in surveyed:
            if emitter.survey is not None:
                onward = emitter.survey.seen(center_hz, rhythm=emitter is owner)
                scheduler.survey(center for center in onward if self._reachable(center))

    def _piece(self, emitter: Emitter, seen: SliceLook) -> None:
        scale = seen.gain_scale(self._options.gain_db)
        emitter.mosaic.add(seen.spectrum, seen.floor, self._options.usable_fraction, scale)

    def _reachable(self, center_hz: float) -> bool:
        return self._span_hz[0] <= center_hz <= self._span_hz[1]

    def _cover(self, scheduler: Scheduler, look: Look, block: IqBlock, round_start_ns: int) -> None:
        """Count a hop as listened to, or not where samples are missing: what it shows is taken, its silence is not."""
        if block.lost_samples:
            self._spoil(scheduler, look, "lost_samples", block.lost_samples)
            return
        before = scheduler.rounds
        scheduler.visited(look.center_hz)
        if scheduler.rounds > before:
            if not self._spoilt:
                self._sweep_s = (block.t_ns + round(block.duration_s * 1e9) - round_start_ns) / 1e9
            self._gaps.clear()
            self._spoilt.clear()

    def _spoil(self, scheduler: Scheduler, look: Look, why: str, count: int) -> None:
        self._spoilt[why] += count
        scheduler.spoilt(look)

    def _consider(self, scheduler: Scheduler, seen: SliceLook) -> None:
        """A hop with a line rate: one more sight of a known emitter, or a candidate for a longer look."""
        known = self._tracker.near(seen.spectrum.center_hz)
        if known is not None and known.confirmed_t_ns is not None and seen.evidence is not None:
            hit = self._analyser.hit(seen, seen.evidence)
            known.heard(hit.center_hz, hit.power, seen.t_end_ns)
            if seen.t_ns - known.confirmed_t_ns < self._options.refresh_s * 1e9 and known.alerted:
                return
        if seen.evidence is not None:
            scheduler.shortlist(seen.spectrum.center_hz, seen.t_end_ns, seen.evidence.lines.score_db)

    def _matching(self, scheduler: Scheduler, block: IqBlock) -> tuple[Look, float | None]:
        """The look that a block answers, and the gain asked for with it; looks asked before it were lost."""
        for place, (look, tuning) in enumerate(self._pending):
            if abs(tuning.center_hz - block.center_hz) < _SAME_HZ:
                for _ in range(place):
                    scheduler.dropped(self._pending.popleft()[0])
                self._pending.popleft()
                return look, tuning.gain_db
        return Look(block.center_hz, False), None

    # -- a recording

    def _record(self, block: IqBlock) -> None:
        slice_offsets_hz(block.sample_rate_hz, self._options.sample_rate_hz, self._options.usable_fraction)
        if self._held and not joins(self._held[-1], block):
            self._flush()
        self._held.append(block)
        if sum(held.duration_s for held in self._held) >= self._options.record_dwell_s:
            self._flush()

    def _flush(self) -> None:
        """Judge the pieces held."""
        if not self._held:
            return
        held, self._held = self._held, []
        for samples, t_ns in stretches(held, self._options.record_dwell_s):
            self._stretch(held[0], samples, t_ns)
            self._t_ns = max(self._t_ns, t_ns + round(len(samples) / held[0].sample_rate_hz * 1e9))

    def _stretch(self, block: IqBlock, samples: np.typing.NDArray[np.complex64], t_ns: int) -> None:
        options = self._options
        seconds = len(samples) / block.sample_rate_hz
        low_hz, high_hz = (block.center_hz + side * block.sample_rate_hz / 2 for side in (-1, 1))
        self._span_hz = min(self._span_hz[0], low_hz), max(self._span_hz[1], high_hz)
        self._seconds += seconds
        if seconds < options.least_dwell_s:
            self._rejected["too_short"] += 1
            return
        pieces = cut(samples, block.sample_rate_hz, options.sample_rate_hz, options.usable_fraction)
        for offset_hz, rate_hz, part in pieces:
            self._figures["hops"] += 1
            seen = self._look(part, block.center_hz + offset_hz, rate_hz, t_ns, thorough=True)
            self._judge(seen)
            self._links.judge(seen)

    # -- both

    def _look(
        self,
        samples: np.typing.NDArray[np.complex64],
        center_hz: float,
        rate_hz: float,
        t_ns: int,
        gain_db: float | None = None,
        *,
        thorough: bool,
        gapless: bool = False,
    ) -> SliceLook:
        seen = self._analyser.look(samples, center_hz, rate_hz, t_ns, gain_db, thorough=thorough, gapless=gapless)
        gapless_pass = self._scheduler is not None and self._options.sweep.passes == "fine"
        self._signals.update(seen.signals, listed_only=gapless_pass)
        self._rejected.update(seen.refusals)
        if gain_db is None or gain_db == self._options.gain_db:
            self._floor = seen.floor * len(seen.spectrum.density) / _BINS
        if seen.evidence is None and seen.link is None and seen.snr_db > _ENERGY_DB:
            self._rejected["not_periodic"] += 1
        return seen

    def _judge(self, seen: SliceLook) -> Emitter | None:
        """Take in a long look; return the camera for which it speaks above the alert line, None where it does not."""
        evidence, center_hz = seen.evidence, seen.spectrum.center_hz
        seconds = (seen.t_end_ns - seen.t_ns) / 1e9
        video = evidence is not None and evidence.confidence >= self._options.inspect_confidence
        self._persistence.note(center_hz, seconds, video=video)
        if evidence is None:
            return None
        if evidence.refusal is not None:
            self._rejected[evidence.refusal] += 1
        if not video:
            return None
        emitter = self._tracker.update(self._analyser.hit(seen, evidence))
        half_hz = seen.spectrum.sample_rate_hz / 2
        self._signals.withdraw(center_hz - half_hz, center_hz + half_hz)
        self._piece(emitter, seen)
        if evidence.confidence < self._options.alert_confidence:
            return None
        emitter.confirmed_t_ns = seen.t_end_ns
        emitter.confirmations += 1
        emitter.doubts = 0
        return emitter

    def _sweep_coverage(self, scheduler: Scheduler) -> SenseCoverage:
        done, left_out = swept(scheduler, self._camera_hz, self._span_hz)
        missing = [*self._gaps, *left_out, *spoilt(self._spoilt), *overloaded(self._gains.overloaded_hz())]
        if self._homing.active:
            missing.append(Phrase("rf.missing.homing"))
        compared, to_compare, incomparable = self._baseline.coverage()
        missing += to_compare
        blind = blind_spots(*self._span_hz, recording=False, converter=self._converter.fitted)
        return SenseCoverage(
            complete=not missing,
            done=(*done, *compared),
            missing=tuple(missing),
            cannot_see=(*blind, *incomparable),
        )

    def _recording_coverage(self) -> SenseCoverage:
        lost = self._figures["lost_samples"]
        recorded = Recorded(
            seconds=self._seconds, span_hz=self._span_hz, lost_samples=lost, overload_share=self._overload_share
        )
        return recording_coverage(recorded, self._gaps, self._options)

    @property
    def _overload_share(self) -> float:
        return self._figures["overloaded"] / max(self._figures["blocks"], 1)

    def _numbers(self) -> dict[str, float]:
        return (sweep_figures(self._scheduler, self._gains) if self._scheduler else {}) | {
            "hops": float(self._figures["hops"]),
            "confirmations": float(self._figures["confirmations"]),
            "sweep_s": self._sweep_s,
            "seconds": self._seconds,
            "overload_fraction": self._overload_share,
            "lost_samples": float(self._figures["lost_samples"]),
            "floor_dbfs": float(10 * np.log10(self._floor * _BINS + 1e-12)),
        }
