"""Neighbouring slices and successive looks that belong to one transmitter."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from detector.rf.video.classifier import LineEvidence

__all__ = ["Emitter", "EmitterTracker", "SliceHit"]


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


@dataclass(slots=True)
class Emitter:
    """A transmitter and the newest hit of each of its slices."""

    number: int
    first_t_ns: int
    last_t_ns: int
    confirmed_t_ns: int | None = None
    confidence: float = 0.0
    hits: dict[float, SliceHit] = field(default_factory=dict)

    @property
    def best(self) -> SliceHit:
        """The hit with the strongest line score."""
        return max(self.hits.values(), key=lambda hit: hit.evidence.lines.score_db)

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
    def freq_hz(self) -> float:
        """Centroid of the power over the slices."""
        hits = list(self.hits.values())
        weights = np.array([max(hit.power, 1e-12) for hit in hits])
        return float(np.average([hit.centroid_hz for hit in hits], weights=weights))

    @property
    def bandwidth_hz(self) -> float:
        """From the lowest to the highest frequency at which a slice stood above the noise."""
        hits = self.hits.values()
        return float(max(hit.high_hz for hit in hits) - min(hit.low_hz for hit in hits))

    def modulation(self, carrier_fraction: float) -> str:
        """Return ``AM`` when a slice holds a vision carrier, else ``FM``."""
        return "AM" if any(hit.carrier >= carrier_fraction for hit in self.hits.values()) else "FM"


class EmitterTracker:
    """Assigns hits to emitters.

    Parameters
    ----------
    merge_hz : float
        A hit nearer than this to a slice of an emitter of the same line system belongs to it.
    """

    def __init__(self, merge_hz: float) -> None:
        self._merge_hz = merge_hz
        self._emitters: list[Emitter] = []
        self._made = 0

    @property
    def emitters(self) -> Sequence[Emitter]:
        """All emitters, oldest first."""
        return tuple(self._emitters)

    def near(self, center_hz: float) -> Emitter | None:
        """Return the emitter with a slice at this centre, None when there is none."""
        return next((emitter for emitter in self._emitters if center_hz in emitter.hits), None)

    def update(self, hit: SliceHit) -> Emitter:
        """Take in a hit; return the emitter that it belongs to (new, known, or several now joined)."""
        joined = [emitter for emitter in self._emitters if self._belongs(hit, emitter)]
        if joined:
            emitter, *others = joined
            for other in others:
                self._absorb(emitter, other)
        else:
            self._made += 1
            emitter = Emitter(number=self._made, first_t_ns=hit.t_ns, last_t_ns=hit.t_end_ns)
            self._emitters.append(emitter)
        emitter.hits[hit.center_hz] = hit
        emitter.last_t_ns = max(emitter.last_t_ns, hit.t_end_ns)
        emitter.confidence = max(emitter.confidence, hit.evidence.confidence)
        return emitter

    def _belongs(self, hit: SliceHit, emitter: Emitter) -> bool:
        if min(abs(hit.center_hz - center_hz) for center_hz in emitter.hits) > self._merge_hz:
            return False
        # a slice that sees the other system only faintly (edge of the picture) still is the same transmitter
        same = hit.evidence.lines.standard.name == emitter.standard
        return same or hit.evidence.lines.score_db < emitter.best.evidence.lines.score_db - 6

    def _absorb(self, emitter: Emitter, other: Emitter) -> None:
        emitter.hits.update(other.hits)
        emitter.first_t_ns = min(emitter.first_t_ns, other.first_t_ns)
        emitter.last_t_ns = max(emitter.last_t_ns, other.last_t_ns)
        emitter.confidence = max(emitter.confidence, other.confidence)
        times = [t_ns for t_ns in (emitter.confirmed_t_ns, other.confirmed_t_ns) if t_ns is not None]
        emitter.confirmed_t_ns = min(times) if times else None
        self._emitters.remove(other)
