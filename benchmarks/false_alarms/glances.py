"""A chapter in a second: the slices with something on the air once each, then the longer looks that they ask for.

Almost all of a sweep's time goes to hops that ask for nothing. A glance draws a sky, visits only slices that something
reaches (and their neighbours, which say where a link ends), and where a visit asks for a longer look it takes what the
scheduler would take (`Scheduler`: at the slice, then half a slice to either side, longer), several times over with
fresh noise, fading and time. The pieces are the device's own: analyser, gain plan, link book; only the order of
listening is not.
"""

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.false_alarms.records import Ask, Find, Glance, LookRecord, Noise
from benchmarks.false_alarms.skies import CHAPTER_S, SkyMaker
from benchmarks.false_alarms.sweeps import REACH, SPAN_HZ, Watched, on_air
from benchmarks.rf_sky import FastReceiver
from detector.rf.band_plan import shipped_band_plan
from detector.rf.budget import Lane, make_budget
from detector.rf.gain_plan import GainPlan
from detector.rf.hop_plan import sweep_plan
from detector.rf.link_book import LinkBook
from detector.rf.options import RfOptions
from detector.rf.slice_look import SliceAnalyser, SliceLook
from detector.rf.synth import DongleModel, Emission, FreshNoise, Sky
from detector.rf.video.classifier import balance
from detector.rf.video.line_rate import score_lines
from detector.rf.video.subbands import fine_bands
from detector.types import AlertKind, IqBlock, Tuning

__all__ = ["Effort", "Listener", "glance", "noise_looks"]

_FINE_SHARE = 1 / 15
_WARM_UP_HZ = tuple(1.4e9 + 4e6 * number for number in range(24))
_NEIGHBOURS_HZ = 8e6
_RETUNE_S = 0.01


@dataclass(frozen=True, slots=True)
class Chain:
    """Longer looks that one ask led to, and where the last of them was."""

    looks: tuple[LookRecord, ...]
    last_hz: float


@dataclass(frozen=True, slots=True)
class _Visit:
    """A slice to visit, for how long, and how many visits of a chapter it stands for."""

    hz: float
    dwell_s: float
    visits: float


@dataclass(frozen=True, slots=True)
class Effort:
    """Visits to a slice that asked once, the first one included, and repeats of the look after a confirming one."""

    visits: int = 6
    repeats: int = 6


class Listener:
    """One sky under the device's own analyser, gain plan and link book.

    Parameters
    ----------
    options : RfOptions
    dongle : DongleModel
    emissions : sequence of Emission
    rng : Generator
    """

    def __init__(
        self, options: RfOptions, dongle: DongleModel, emissions: Sequence[Emission], rng: np.random.Generator
    ) -> None:
        self._options, self._emissions, self._rng = options, emissions, rng
        self._receiver = FastReceiver(Sky(emissions, dongle=dongle, noise=FreshNoise(int(rng.integers(1 << 30)))))
        self._receiver.t_ns = int(rng.uniform(0, CHAPTER_S) * 1e9)
        self._analyser = SliceAnalyser(options, shipped_band_plan(options.region))
        self._gains = GainPlan(options.gain, options.gain_db)
        self._book = LinkBook(options, options.sweep.alert_looks, sweeping=True)
        self.block: IqBlock | None = None

    def listen(self, center_hz: float, dwell_s: float, *, thorough: bool) -> SliceLook:
        """Take one dwell, again at a lower gain where it clips."""
        for _ in range(4):
            gain_db = self._gains.gain_db(center_hz)
            tuning = Tuning(
                center_hz=center_hz,
                sample_rate_hz=self._options.sample_rate_hz,
                sample_count=round(dwell_s * self._options.sample_rate_hz),
                gain_db=gain_db,
            )
            block = self._receiver.read(tuning)
            power = np.vdot(block.samples, block.samples).real / len(block.samples)
            level_dbfs = 10 * float(np.log10(power + 1e-12))
            if not self._gains.update(center_hz, gain_db, block.clipped_fraction, level_dbfs, block.t_ns):
                break
        self.block = block
        return self._analyser.look(
            block.samples, center_hz, block.sample_rate_hz, block.t_ns, gain_db, thorough=thorough
        )

    def hop(self, visit: _Visit) -> str | None:
        """Visit a slice; return why it asks for a longer look."""
        seen = self.listen(visit.hz, visit.dwell_s, thorough=False)
        linked = self._book.wants_longer(seen)
        if seen.evidence is not None:
            return "video"
        return "link" if linked else None

    def later(self, longest_s: float = 10.0) -> None:
        """Let some time pass."""
        self._receiver.t_ns += int(self._rng.uniform(0.01, longest_s) * 1e9)

    def chain(self, center_hz: float) -> Chain:
        """Take the longer looks that one ask leads to, at once: what made it ask may still be there."""
        options, beside_hz = self._options, self._options.sample_rate_hz / 2
        book, looks, at_hz = copy.deepcopy(self._book), [], center_hz
        for attempt in range(options.confirm_attempts):
            at_hz = float(np.clip(center_hz + (0.0, beside_hz, -beside_hz)[attempt % 3], *SPAN_HZ))
            dwell_s = options.long_dwell_s if attempt else options.confirm_dwell_s
            seen = self.listen(at_hz, dwell_s, thorough=True)
            looks.append(self._judged(seen, book))
            if looks[-1].kind is not None or (not attempt and seen.evidence is None):
                break
        return Chain(tuple(looks), at_hz)

    def again(self, center_hz: float, repeats: int) -> int:
        """Take the look that follows a confirming one, at the same instant with other noise; return how many agree."""
        now_ns, hits = self._receiver.t_ns, 0
        for number in range(repeats):
            # noise is drawn by the time in ns: a microsecond later the sky is the same and the noise another
            self._receiver.t_ns = now_ns + 1000 * number
            seen = self.listen(center_hz, self._options.confirm_dwell_s, thorough=True)
            hits += self._judged(seen, copy.deepcopy(self._book)).kind is not None
        return hits

    def _judged(self, seen: SliceLook, book: LinkBook) -> LookRecord:
        evidence, link = seen.evidence, seen.link
        kind = str(link.kind) if book.judge(seen) and link is not None else None
        if evidence is not None and evidence.confidence >= self._options.alert_confidence:
            kind = str(AlertKind.ANALOG_VIDEO)
        return LookRecord(
            z=None if evidence is None else round(evidence.lines.z, 2),
            balance=None if evidence is None else round(balance(evidence.lines), 3),
            confidence=0.0 if evidence is None else float(f"{evidence.confidence:.4g}"),
            refusal=None if evidence is None else evidence.refusal,
            link=None if link is None else str(link.kind),
            link_confidence=0.0 if link is None else round(link.confidence, 4),
            snr_db=round(seen.snr_db, 1),
            kind=kind,
        )


def _visits(options: RfOptions, emissions: Sequence[Emission], rng: np.random.Generator) -> list[_Visit]:
    """The slices that something reaches, and the comb's teeth near them."""
    plan = sweep_plan(shipped_band_plan(options.region), SPAN_HZ, options)
    hops = {Lane.CAMERA: plan.camera, Lane.WIDE: plan.rest, Lane.FINE: plan.fine_hz}
    counts = {lane: len(centers) for lane, centers in hops.items()}
    budget = make_budget(counts, options.sweep, options.dwell_s, _RETUNE_S)
    visits = []
    for lane, centers in hops.items():
        share = _FINE_SHARE if lane is Lane.FINE else 1.0
        held = budget.lanes[lane]
        for hop in centers:
            hz = hop if isinstance(hop, float) else hop.center_hz
            reach_hz = REACH * options.sample_rate_hz + (0 if lane is Lane.FINE else 2 * _NEIGHBOURS_HZ)
            if on_air(emissions, hz, reach_hz) and rng.random() < share:
                visits.append(_Visit(hz, held.dwell_s, CHAPTER_S / held.period_s / share))
    return visits


def glance(options: RfOptions, maker: SkyMaker, seed: int, index: int, effort: Effort) -> Glance:
    """Draw a sky and take its longer looks; where one confirms, repeat it, and sweep that sky in earnest."""
    began = time.process_time()
    rng = np.random.default_rng([seed, 2, index])
    emissions = maker.draw(rng)
    listener = Listener(options, maker.dongle, emissions, rng)
    for hz in _WARM_UP_HZ:
        listener.listen(hz, options.dwell_s, thorough=False)
    asks = []
    for visit in _visits(options, emissions, rng):
        why, reached = listener.hop(visit), on_air(emissions, visit.hz, REACH * options.sample_rate_hz)
        # a quiet neighbour asks by chance: that is the noise stratum's
        if why is not None and reached:
            asks.append(_ask(listener, visit, why, reached, effort))
    continued_s, finds = 0.0, []
    if any(ask.repeats for ask in asks):
        continued_s, finds = _continued(options, maker, emissions, rng)
    return Glance(
        seed=seed,
        index=index,
        asks=tuple(asks),
        continued_s=continued_s,
        finds=tuple(finds),
        cpu_s=round(time.process_time() - began, 2),
    )


def _ask(listener: Listener, visit: _Visit, why: str, reached: tuple[str, ...], effort: Effort) -> Ask:
    """Take the looks of an ask at once, and of the further visits that ask again."""
    chains, agreed, repeats = [], 0, 0
    for number in range(effort.visits):
        if number:
            listener.later()
            if listener.hop(visit) is None:
                continue
        chain = listener.chain(visit.hz)
        chains.append(chain.looks)
        if chain.looks[-1].kind is not None:
            agreed += listener.again(chain.last_hz, effort.repeats)
            repeats += effort.repeats
    return Ask(
        hz=visit.hz,
        why=why,
        visits=round(visit.visits, 2),
        on_air=reached,
        chains=tuple(chains),
        agreed=agreed,
        repeats=repeats,
    )


def _continued(
    options: RfOptions, maker: SkyMaker, emissions: Sequence[Emission], rng: np.random.Generator
) -> tuple[float, list[Find]]:
    """Sweep a sky in earnest for a fifth of a chapter: does the whole device raise an alert?"""
    watched = Watched(options, maker.dongle)
    watched.sweep(emissions, CHAPTER_S / 5, int(rng.integers(1 << 30)))
    return round(watched.swept_s, 1), watched.finds


def noise_looks(options: RfOptions, dongle: DongleModel, seed: int, index: int, count: int) -> Noise:
    """Take longer looks where nothing is on the air.

    A hop that asked there did so by chance, and its noise says nothing about that of the look: no hop is needed. The
    fine statistic is measured on every look, whether the look's own quick test would have gone on or not.
    """
    began = time.process_time()
    rng = np.random.default_rng([seed, 3, index])
    listener = Listener(options, dongle, (), rng)
    for hz in _WARM_UP_HZ:
        listener.listen(hz, options.dwell_s, thorough=False)
    z, best, confirmed, taken = [], 0.0, 0, 0
    for _ in range(count):
        looks = listener.chain(float(rng.uniform(*SPAN_HZ))).looks
        taken += len(looks)
        confirmed += looks[-1].kind is not None
        best = max(best, *(max(look.confidence, look.link_confidence) for look in looks))
        block = listener.block
        assert block is not None
        z.append(round(score_lines(fine_bands(block.samples, block.sample_rate_hz, options.limiter)).z, 2))
    return Noise(
        seed=seed,
        index=index,
        z=tuple(z),
        best_confidence=round(best, 4),
        confirmed=confirmed,
        looks=taken,
        cpu_s=round(time.process_time() - began, 2),
    )
