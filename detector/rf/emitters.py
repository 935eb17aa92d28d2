"""Neighbouring slices and successive looks that belong to one transmitter."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from detector.rf.extent import ExtentSurvey
from detector.rf.occupancy import Mosaic, Occupied
from detector.rf.video.classifier import LineEvidence

__all__ = ["Emitter", "EmitterTracker", "SliceHit"]

_HISTORY, _HISTORY_STEP_NS = 60, 1_000_000_000
_FAINT_DB = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceHit:
    """One look at one slice that speaks for video.

    Attributes
    ----------
    center_hz, width_hz : float
        Slice and the part of it that counts.
    t_ns, t_end_ns : int
    evidence : LineEvidence
    snr_db : float
        Power in the slice over the noise.
    power : float
        Power above the noise, full-scale tone 1.
    carrier : float
        Part of the power in one spectral line.
    centroid_hz, low_hz, high_hz : float
        Where in the slice the power lies, and between which frequencies it stands above the noise.
    line_ppm : float or None
        Offset of the line rate from the nominal one, where it could be measured.
    """

    center_hz: float
    width_hz: float
    t_ns: int
    t_end_ns: int
    evidence: LineEvidence
    snr_db: float
    power: float
    carrier: float
    centroid_hz: float
    low_hz: float
    high_hz: float
    line_ppm: float | None = None


@dataclass(slots=True)
class Emitter:
    """A transmitter and the newest hit of each of its slices.

    Attributes
    ----------
    confirmed_t_ns : int or None
        End of the newest look that speaks for it above the alert line.
    confirmations, doubts : int
        Longer looks that did, and, since it became an alert, looks that heard its rhythm and refuted it.
    alerted : bool
        It became an alert; it stays one (docs/decisions/0005).
    history : deque of (int, float)
        Time in ns and level in dBFS, about one a second, newest last.
    mosaic : Mosaic
        Power against frequency over its slices and those beside them.
    survey : ExtentSurvey or None
        The measurement of its width, once begun.
    fence_hz : tuple of float
        Half way to its neighbours on either side; its band ends there.
    """

    number: int
    first_t_ns: int
    last_t_ns: int
    confirmed_t_ns: int | None = None
    confidence: float = 0.0
    hits: dict[float, SliceHit] = field(default_factory=dict)
    confirmations: int = 0
    doubts: int = 0
    alerted: bool = False
    history: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=_HISTORY))
    mosaic: Mosaic = field(default_factory=Mosaic)
    survey: ExtentSurvey | None = None
    fence_hz: tuple[float, float] = (float("-inf"), float("inf"))

    @property
    def best(self) -> SliceHit:
        """The hit with the strongest line score."""
        return max(self.hits.values(), key=lambda hit: hit.evidence.lines.score_db)

    @property
    def strongest(self) -> SliceHit:
        """The hit with the most power."""
        return max(self.hits.values(), key=lambda hit: hit.power)

    @property
    def standard(self) -> str:
        """Line system that the slices vote for, weighted by how far it wins in each."""
        votes: dict[str, float] = {}
        for hit in self.hits.values():
            lines = hit.evidence.lines
            votes[lines.standard.name] = votes.get(lines.standard.name, 0.0) + max(lines.score_db - lines.other_db, 0.1)
        return max(votes, key=lambda name: votes[name])

    @property
    def snr_db(self) -> float:
        """Of the best slice by power."""
        return max(hit.snr_db for hit in self.hits.values())

    @property
    def level_dbfs(self) -> float:
        """Power of the strongest slice, as at the gain that levels refer to; a full-scale tone is 0."""
        return 10 * float(np.log10(self.strongest.power + 1e-12))

    def heard(self, center_hz: float, power: float, t_ns: int) -> None:
        """Take in a short look at a known slice: it is still there, louder or weaker by so much."""
        self.last_t_ns = max(self.last_t_ns, t_ns)
        self._rescale(center_hz, power)
        self.note_level(t_ns, self.level_dbfs)

    def take(self, hit: SliceHit) -> None:
        """Take in a long look at a slice."""
        self._rescale(hit.center_hz, hit.power)
        self.hits[hit.center_hz] = hit
        self.last_t_ns = max(self.last_t_ns, hit.t_end_ns)
        self.confidence = max(self.confidence, hit.evidence.confidence)
        self.note_level(hit.t_end_ns, self.level_dbfs)

    def _rescale(self, center_hz: float, power: float) -> None:
        """A slice got louder or weaker: so did, for all that is known, the slices that were not looked at since."""
        known = self.hits.get(center_hz)
        if known is not None and known.power > 0 and power > 0:
            ratio = power / known.power
            self.hits = {center: replace(hit, power=hit.power * ratio) for center, hit in self.hits.items()}

    def note_level(self, t_ns: int, level_dbfs: float) -> None:
        """Add to the history, at most about once a second."""
        if not self.history or t_ns - self.history[-1][0] >= _HISTORY_STEP_NS:
            self.history.append((t_ns, round(level_dbfs, 1)))

    @property
    def line_ppm(self) -> float | None:
        """Offset of the line rate, the median over the slices that could measure it."""
        known = [hit.line_ppm for hit in self.hits.values() if hit.line_ppm is not None]
        return float(np.median(known)) if known else None

    @property
    def occupied(self) -> Occupied | None:
        """The band that it fills, None where its slices do not stand over the floor."""
        half_hz = max(hit.width_hz for hit in self.hits.values()) / 2
        low_hz, high_hz = min(self.hits) - half_hz, max(self.hits) + half_hz
        return self.mosaic.occupied(max(low_hz, self.fence_hz[0]), min(high_hz, self.fence_hz[1]))

    @property
    def freq_hz(self) -> float:
        """Centroid of the power over its band."""
        occupied = self.occupied
        if occupied is not None:
            return occupied.centroid_hz
        hits = list(self.hits.values())
        weights = np.array([max(hit.power, 1e-12) for hit in hits])
        return float(np.average([hit.centroid_hz for hit in hits], weights=weights))

    @property
    def bandwidth_hz(self) -> float:
        """Band that holds 99 % of its power, as far as it was looked at."""
        occupied = self.occupied
        if occupied is not None:
            return occupied.high_hz - occupied.low_hz
        hits = self.hits.values()
        return float(max(hit.high_hz for hit in hits) - min(hit.low_hz for hit in hits))

    def modulation(self, carrier_fraction: float) -> str:
        """Return ``AM`` when the strongest slice, which would hold it, holds a vision carrier, else ``FM``."""
        strongest = max(self.hits.values(), key=lambda hit: hit.power)
        return "AM" if strongest.carrier >= carrier_fraction else "FM"


class EmitterTracker:
    """Assigns hits to emitters.

    Parameters
    ----------
    merge_hz : float
        A hit nearer than this to a slice of an emitter of the same line system belongs to it.
    apart_ppm : float
        Unless their line rates, both measured, are further apart than this: no crystal drives two.
    """

    def __init__(self, merge_hz: float, apart_ppm: float = 8.0) -> None:
        self._merge_hz, self._apart_ppm = merge_hz, apart_ppm
        self._emitters: list[Emitter] = []
        self._made = 0

    @property
    def emitters(self) -> Sequence[Emitter]:
        """All emitters, oldest first."""
        return tuple(self._emitters)

    def near(self, center_hz: float) -> Emitter | None:
        """Return the emitter with a slice at this centre, None when there is none."""
        return next((emitter for emitter in self._emitters if center_hz in emitter.hits), None)

    def around(self, center_hz: float) -> tuple[Emitter, ...]:
        """Return the emitters with a slice so near that one here may be theirs, nearest first."""
        near = [emitter for emitter in self._emitters if _distance_hz(center_hz, emitter) <= self._merge_hz]
        return tuple(sorted(near, key=lambda emitter: _distance_hz(center_hz, emitter)))

    def update(self, hit: SliceHit) -> Emitter:
        """Take in a hit; return the emitter that it belongs to (new, known, or several now joined)."""
        joined = [emitter for emitter in self.around(hit.center_hz) if self.belongs(hit, emitter)]
        if joined:
            emitter, *others = joined
            for other in others:
                if self._one(emitter.line_ppm, other.line_ppm):
                    self._absorb(emitter, other)
        else:
            self._made += 1
            emitter = Emitter(number=self._made, first_t_ns=hit.t_ns, last_t_ns=hit.t_end_ns)
            self._emitters.append(emitter)
        for other in self._emitters:
            if other is not emitter and len(other.hits) > 1:
                other.hits.pop(hit.center_hz, None)
        emitter.take(hit)
        self._fence()
        return emitter

    def _fence(self) -> None:
        """Put a fence half way between the strongest slices of neighbours."""
        ranked = sorted(self._emitters, key=lambda emitter: emitter.strongest.centroid_hz)
        peaks_hz = [emitter.strongest.centroid_hz for emitter in ranked]
        fences_hz = [(below + above) / 2 for below, above in pairwise(peaks_hz)]
        for place, emitter in enumerate(ranked):
            low_hz = fences_hz[place - 1] if place else float("-inf")
            emitter.fence_hz = (low_hz, fences_hz[place] if place < len(fences_hz) else float("inf"))

    def belongs(self, hit: SliceHit, emitter: Emitter) -> bool:
        """Return whether a hit near an emitter may be part of it: line system and line rate agree."""
        # a slice that sees the other system only faintly (edge of the picture) still is the same transmitter
        same = hit.evidence.lines.standard.name == emitter.standard
        faint = hit.evidence.lines.score_db < emitter.best.evidence.lines.score_db - _FAINT_DB
        return (same or faint) and self._one(hit.line_ppm if same else None, emitter.line_ppm)

    def _one(self, ppm: float | None, other_ppm: float | None) -> bool:
        """Whether two line rates may come from one crystal."""
        return ppm is None or other_ppm is None or abs(ppm - other_ppm) <= self._apart_ppm

    def _absorb(self, emitter: Emitter, other: Emitter) -> None:
        emitter.hits.update(other.hits)
        emitter.mosaic.update(other.mosaic)
        emitter.first_t_ns = min(emitter.first_t_ns, other.first_t_ns)
        emitter.last_t_ns = max(emitter.last_t_ns, other.last_t_ns)
        emitter.confidence = max(emitter.confidence, other.confidence)
        emitter.confirmations += other.confirmations
        emitter.doubts += other.doubts
        # the name under which it became an alert stays, the older one where both did
        if emitter.alerted == other.alerted:
            emitter.number = min(emitter.number, other.number)
        elif other.alerted:
            emitter.number, emitter.alerted = other.number, True
        times = [t_ns for t_ns in (emitter.confirmed_t_ns, other.confirmed_t_ns) if t_ns is not None]
        emitter.confirmed_t_ns = max(times) if times else None
        self._emitters.remove(other)


def _distance_hz(center_hz: float, emitter: Emitter) -> float:
    return min(abs(center_hz - known_hz) for known_hz in emitter.hits)
