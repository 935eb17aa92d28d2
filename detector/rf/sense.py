"""The radio sense: blocks in, a report out. Shared by the live loop, `nunchi scan`, tests and benchmarks."""

from collections import Counter, deque
from typing import Self

import numpy as np

from detector.rf.band_plan import BandPlan
from detector.rf.emitters import Emitter, EmitterTracker
from detector.rf.hop_plan import HopPlan, make_hop_plan
from detector.rf.link_book import LinkBook
from detector.rf.options import RfOptions
from detector.rf.phrases import blind_spots, mhz, reasons
from detector.rf.scheduler import Look, Scheduler
from detector.rf.signals import SignalList
from detector.rf.slice_look import SliceAnalyser, SliceLook
from detector.rf.slicing import cut, slice_offsets_hz
from detector.types import AlertKind, IqBlock, Phrase, Provenance, RadioAlert, SenseCoverage, SenseReport, Tuning

__all__ = ["RfSense"]

_ENERGY_DB = 0.0


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
        self._tracker = EmitterTracker(options.merge_hz)
        self._links = LinkBook(options)
        self._signals = SignalList(options.signal_hold_s, options.signal_limit)
        self._scheduler = (
            None
            if hop_plan is None
            else Scheduler(hop_plan, options.camera_share, options.confirm_attempts, options.block_s)
        )
        self._camera_hz = frozenset(hop.center_hz for hop in hop_plan.camera) if hop_plan else frozenset()
        self._pending: deque[tuple[Look, Tuning]] = deque()
        self._held: list[IqBlock] = []
        self._watched: dict[float, list[float]] = {}
        self._rejected: Counter[str] = Counter()
        self._gaps: list[Phrase] = []
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
            Lowest and highest frequency of the receiver, inclusive.
        """
        return cls(
            options, plan, make_hop_plan(plan, span_hz, options.comb_step_hz, full_range=options.full_range), span_hz
        )

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
        look = self._scheduler.next_look()
        seconds = options.confirm_dwell_s if look.confirm else options.dwell_s
        tuning = Tuning(
            center_hz=look.center_hz,
            sample_rate_hz=options.sample_rate_hz,
            sample_count=round(seconds * options.sample_rate_hz),
            gain_db=options.gain_db,
        )
        self._pending.append((look, tuning))
        return tuning

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
        if self._scheduler is not None:
            self._scheduler.restart()

    def report(self) -> SenseReport:
        """Return all there is to say; held pieces of a recording are judged first."""
        self._flush()
        alerts, inspect = [], []
        for emitter in self._tracker.emitters:
            if emitter.confirmed_t_ns is not None and self._persists(emitter):
                alerts.append(self._alert(emitter))
            elif emitter.confidence >= self._options.inspect_confidence:
                inspect.append(self._alert(emitter))
        for listed, links in zip((alerts, inspect), self._links.alerts(), strict=True):
            listed.extend(links)
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
        )

    # -- a tuned receiver

    def _hop(self, scheduler: Scheduler, block: IqBlock) -> None:
        look = self._matching(scheduler, block)
        if block.duration_s < self._options.least_dwell_s:
            scheduler.dropped(look)
            return
        if float(block.samples.std()) < self._options.least_level:
            self._figures["silent_hops"] += 1
            scheduler.dropped(look)
            return
        if self._round_start_ns is None:
            self._round_start_ns = block.t_ns
        seen = self._look(block.samples, block.center_hz, block.sample_rate_hz, block.t_ns, thorough=look.confirm)
        self._figures["hops"] += 1
        before = scheduler.rounds
        scheduler.visited(look.center_hz)
        if scheduler.rounds > before:
            self._sweep_s = (seen.t_end_ns - self._round_start_ns) / 1e9
            self._gaps.clear()
        if look.confirm:
            self._figures["confirmations"] += 1
            if any([self._judge(seen), self._links.judge(seen)]):
                scheduler.confirmed(look.center_hz)
            else:
                scheduler.refuted(look.center_hz, seen.t_end_ns)
            return
        if seen.evidence is not None:
            self._consider(scheduler, seen)
        if self._links.wants_longer(seen):
            scheduler.shortlist(seen.spectrum.center_hz, seen.t_end_ns)

    def _consider(self, scheduler: Scheduler, seen: SliceLook) -> None:
        """A hop with a line rate: one more sight of a known emitter, or a candidate for a longer look."""
        known = self._tracker.near(seen.spectrum.center_hz)
        if known is not None and known.confirmed_t_ns is not None:
            known.last_t_ns = max(known.last_t_ns, seen.t_end_ns)
            if seen.t_ns - known.confirmed_t_ns < self._options.refresh_s * 1e9:
                return
        scheduler.shortlist(seen.spectrum.center_hz, seen.t_end_ns)

    def _matching(self, scheduler: Scheduler, block: IqBlock) -> Look:
        """The look that a block answers; looks asked before it were lost."""
        for place, (look, tuning) in enumerate(self._pending):
            if tuning.center_hz == block.center_hz:
                for _ in range(place):
                    scheduler.dropped(self._pending.popleft()[0])
                self._pending.popleft()
                return look
        return Look(block.center_hz, False)

    # -- a recording

    def _record(self, block: IqBlock) -> None:
        slice_offsets_hz(block.sample_rate_hz, self._options.sample_rate_hz, self._options.usable_fraction)
        if self._held and not _joins(self._held[-1], block):
            self._flush()
        self._held.append(block)
        if sum(held.duration_s for held in self._held) >= self._options.confirm_dwell_s:
            self._flush()

    def _flush(self) -> None:
        """Judge the pieces held, in stretches of a confirm dwell; a short rest is joined to the stretch before it."""
        if not self._held:
            return
        first, self._held, held = self._held[0], [], self._held
        samples = np.concatenate([block.samples for block in held]) if len(held) > 1 else first.samples
        rate_hz = first.sample_rate_hz
        length = round(self._options.confirm_dwell_s * rate_hz)
        starts = list(range(0, len(samples), length))
        if len(starts) > 1 and len(samples) - starts[-1] < length // 2:
            starts.pop()
        for start, stop in zip(starts, [*starts[1:], len(samples)], strict=True):
            t_ns = first.t_ns + round(start / rate_hz * 1e9)
            self._stretch(first, samples[start:stop], t_ns)
        self._t_ns = max(self._t_ns, first.t_ns + round(len(samples) / rate_hz * 1e9))

    def _stretch(self, block: IqBlock, samples: np.typing.NDArray[np.complex64], t_ns: int) -> None:
        options = self._options
        seconds = len(samples) / block.sample_rate_hz
        half_hz = block.sample_rate_hz / 2
        self._span_hz = (
            min(self._span_hz[0], block.center_hz - half_hz),
            max(self._span_hz[1], block.center_hz + half_hz),
        )
        self._seconds += seconds
        if seconds < options.least_dwell_s:
            self._rejected["too_short"] += 1
            return
        for offset_hz, rate_hz, part in cut(
            samples, block.sample_rate_hz, options.sample_rate_hz, options.usable_fraction
        ):
            self._figures["hops"] += 1
            seen = self._look(part, block.center_hz + offset_hz, rate_hz, t_ns, thorough=True)
            self._judge(seen)
            self._links.judge(seen)

    # -- both

    def _look(
        self, samples: np.typing.NDArray[np.complex64], center_hz: float, rate_hz: float, t_ns: int, *, thorough: bool
    ) -> SliceLook:
        seen = self._analyser.look(samples, center_hz, rate_hz, t_ns, thorough=thorough)
        self._signals.update(seen.signals)
        self._rejected.update(seen.refusals)
        self._floor = seen.floor
        if seen.evidence is None and seen.link is None and seen.snr_db > _ENERGY_DB:
            self._rejected["not_periodic"] += 1
        return seen

    def _judge(self, seen: SliceLook) -> bool:
        """Take in a long look; return whether it speaks for a camera above the alert line."""
        evidence, center_hz = seen.evidence, seen.spectrum.center_hz
        seconds = (seen.t_end_ns - seen.t_ns) / 1e9
        video = evidence is not None and evidence.confidence >= self._options.inspect_confidence
        if video or center_hz in self._watched:
            watched = self._watched.setdefault(center_hz, [0.0, 0.0])
            watched[0] += seconds if video else 0.0
            watched[1] += seconds
        if evidence is None:
            return False
        if evidence.refusal is not None:
            self._rejected[evidence.refusal] += 1
        if not video:
            return False
        emitter = self._tracker.update(self._analyser.hit(seen, evidence))
        if evidence.confidence < self._options.alert_confidence:
            return False
        emitter.confirmed_t_ns = seen.t_end_ns
        return True

    def _persists(self, emitter: Emitter) -> bool:
        """Whether the emitter showed for long enough of the time that was spent on it since it was first seen."""
        shares = [hits_s / looks_s for hits_s, looks_s in (self._watched[center_hz] for center_hz in emitter.hits)]
        return max(shares) >= self._options.persistence

    def _alert(self, emitter: Emitter) -> RadioAlert:
        modulation = emitter.modulation(self._options.carrier_fraction)
        return RadioAlert(
            key=f"rf:{emitter.number}",
            kind=AlertKind.ANALOG_VIDEO,
            confidence=emitter.confidence,
            first_t_ns=emitter.first_t_ns,
            last_t_ns=emitter.last_t_ns,
            reasons=reasons(emitter, modulation),
            freq_hz=emitter.freq_hz,
            bandwidth_hz=emitter.bandwidth_hz,
            snr_db=emitter.snr_db,
            standard=emitter.standard,
            modulation=modulation,
        )

    def _sweep_coverage(self, scheduler: Scheduler) -> SenseCoverage:
        left = scheduler.unvisited
        low_hz, high_hz = self._span_hz
        done = [
            Phrase(
                "rf.done.hops",
                {
                    "hops": scheduler.hops - len(left),
                    "of": scheduler.hops,
                    "low_mhz": mhz(low_hz),
                    "high_mhz": mhz(high_hz),
                },
            )
        ]
        if self._camera_hz and not left & self._camera_hz:
            done.append(Phrase("rf.done.camera_bands", {"hops": len(self._camera_hz)}))
        missing = list(self._gaps)
        if left:
            missing.append(Phrase("rf.missing.hops", {"hops": len(left), "of": scheduler.hops}))
        if self._figures["silent_hops"]:
            missing.append(Phrase("rf.missing.silent", {"hops": self._figures["silent_hops"]}))
        missing += self._overload()
        return SenseCoverage(
            complete=not missing,
            done=tuple(done),
            missing=tuple(missing),
            cannot_see=blind_spots(low_hz, high_hz, recording=False),
        )

    def _recording_coverage(self) -> SenseCoverage:
        seconds = round(self._seconds, 4)
        missing = list(self._gaps)
        if seconds < self._options.dwell_s:
            values = {"seconds": seconds, "dwell_s": self._options.dwell_s}
            missing.append(Phrase("rf.missing.short", values))
        if self._figures["lost_samples"]:
            missing.append(Phrase("rf.missing.lost", {"samples": self._figures["lost_samples"]}))
        missing += self._overload()
        if not seconds:
            return SenseCoverage(complete=False, missing=tuple(missing))
        low_hz, high_hz = self._span_hz
        values = {"seconds": seconds, "low_mhz": mhz(low_hz), "high_mhz": mhz(high_hz)}
        return SenseCoverage(
            complete=not missing,
            done=(Phrase("rf.done.recording", values),),
            missing=tuple(missing),
            cannot_see=blind_spots(low_hz, high_hz, recording=True),
        )

    def _overload(self) -> list[Phrase]:
        share = self._figures["overloaded"] / max(self._figures["blocks"], 1)
        if share <= self._options.overload_limit:
            return []
        return [Phrase("rf.missing.overload", {"percent": round(100 * share)})]

    def _numbers(self) -> dict[str, float]:
        return {
            "hops": float(self._figures["hops"]),
            "confirmations": float(self._figures["confirmations"]),
            "sweep_s": self._sweep_s,
            "seconds": self._seconds,
            "overload_fraction": self._figures["overloaded"] / max(self._figures["blocks"], 1),
            "lost_samples": float(self._figures["lost_samples"]),
            "floor_dbfs": float(10 * np.log10(self._floor * 1024 + 1e-12)),
        }


def _joins(before: IqBlock, after: IqBlock) -> bool:
    """Whether a block continues the one before it without a gap."""
    return (
        after.sequence == before.sequence + 1
        and not after.lost_samples
        and after.center_hz == before.center_hz
        and after.sample_rate_hz == before.sample_rate_hz
    )
