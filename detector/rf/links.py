"""Digital links to look at: hits in neighbouring slices and successive looks that belong to one sender."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from detector.rf.classifiers.link import LinkEvidence
from detector.types import AlertKind

__all__ = ["Link", "LinkHit", "LinkTracker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHit:
    """One long look at one slice that speaks for a link.

    Attributes
    ----------
    kind : AlertKind
    center_hz : float
        Slice.
    t_ns, t_end_ns : int
    evidence : LinkEvidence
    snr_db : float
        Power in the slice over the noise.
    """

    kind: AlertKind
    center_hz: float
    t_ns: int
    t_end_ns: int
    evidence: LinkEvidence
    snr_db: float


@dataclass(slots=True)
class Link:
    """A sender and the newest hit of each of its slices."""

    number: int
    kind: AlertKind
    first_t_ns: int
    last_t_ns: int
    confirmed_t_ns: int | None = None
    confirmations: int = 0
    confidence: float = 0.0
    hits: dict[float, LinkHit] = field(default_factory=dict)

    @property
    def best(self) -> LinkHit:
        """The hit with the most surprising rhythm."""
        return max(self.hits.values(), key=lambda hit: hit.evidence.log_ratio)

    @property
    def snr_db(self) -> float:
        """Of the strongest slice."""
        return max(hit.snr_db for hit in self.hits.values())

    @property
    def low_hz(self) -> float:
        """Lowest frequency at which it was seen."""
        return min(hit.evidence.occupied.low_hz for hit in self.hits.values())

    @property
    def high_hz(self) -> float:
        """Highest frequency at which it was seen."""
        return max(hit.evidence.occupied.high_hz for hit in self.hits.values())


class LinkTracker:
    """Assigns hits to links.

    Parameters
    ----------
    merge_hz : float
        A hit of the same kind and symbol length nearer than this to a slice of a link belongs to it.
    """

    def __init__(self, merge_hz: float) -> None:
        self._merge_hz = merge_hz
        self._links: list[Link] = []
        self._made = 0

    @property
    def links(self) -> Sequence[Link]:
        """All links, oldest first."""
        return tuple(self._links)

    def near(self, center_hz: float) -> Link | None:
        """Return the link with a slice at this centre, None when there is none."""
        return next((link for link in self._links if center_hz in link.hits), None)

    def update(self, hit: LinkHit, *, confirmed: bool) -> Link:
        """Take in a hit; return the link that it belongs to."""
        joined = [link for link in self._links if self._belongs(hit, link)]
        if joined:
            link, *others = joined
            for other in others:
                self._absorb(link, other)
        else:
            self._made += 1
            link = Link(self._made, hit.kind, hit.t_ns, hit.t_end_ns)
            self._links.append(link)
        link.hits[hit.center_hz] = hit
        link.last_t_ns = max(link.last_t_ns, hit.t_end_ns)
        link.confidence = max(link.confidence, hit.evidence.confidence)
        if confirmed:
            link.confirmed_t_ns = hit.t_end_ns
            link.confirmations += 1
        return link

    def _belongs(self, hit: LinkHit, link: Link) -> bool:
        useful_s = link.best.evidence.prefix.numerology.useful_s
        if hit.kind is not link.kind or hit.evidence.prefix.numerology.useful_s != useful_s:
            return False
        return min(abs(hit.center_hz - center_hz) for center_hz in link.hits) <= self._merge_hz

    def _absorb(self, link: Link, other: Link) -> None:
        link.hits.update(other.hits)
        link.first_t_ns = min(link.first_t_ns, other.first_t_ns)
        link.last_t_ns = max(link.last_t_ns, other.last_t_ns)
        link.confidence = max(link.confidence, other.confidence)
        link.confirmations += other.confirmations
        times = [t_ns for t_ns in (link.confirmed_t_ns, other.confirmed_t_ns) if t_ns is not None]
        link.confirmed_t_ns = max(times) if times else None
        self._links.remove(other)
