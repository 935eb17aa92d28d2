"""Which digital links are alerts: long looks confirm, neighbouring slices bound the width, the newest figures stand."""

from detector.rf.classifiers.link import LinkEvidence
from detector.rf.link_phrases import link_reasons
from detector.rf.links import Link, LinkHit, LinkTracker
from detector.rf.options import RfOptions
from detector.rf.slice_look import SliceLook
from detector.types import AlertKind, RadioAlert, RadioSignal, SignalKind

__all__ = ["LinkBook"]

_QUIET_DB = 10.0
_REACH_HZ = 8e6


class LinkBook:
    """Links seen so far, and how loud each slice was last.

    Parameters
    ----------
    options : RfOptions
    looks : int
        Longer looks that have to agree before an alert.
    sweeping : bool
        Quiet slices tell the floor from what fills a slice, so that levels say how near a device is. A recording has
        none: a link that fills it is its own floor.
    """

    def __init__(self, options: RfOptions, looks: int, *, sweeping: bool) -> None:
        self._options, self._looks, self._sweeping = options, looks, sweeping
        self._tracker = LinkTracker(options.link_merge_hz)
        self._levels_db: dict[float, float] = {}

    def wants_longer(self, seen: SliceLook) -> bool:
        """Take in a hop; return whether a longer look is due: something to look at that no recent one confirmed."""
        hit = self._hit(seen)
        if hit is None:
            return False
        known = self._tracker.near(hit.center_hz)
        if known is None or known.confirmed_t_ns is None or known.kind is not hit.kind:
            return True
        known.last_t_ns = max(known.last_t_ns, hit.t_end_ns)
        return seen.t_ns - known.confirmed_t_ns >= self._options.refresh_s * 1e9

    def judge(self, seen: SliceLook) -> bool:
        """Take in a long look; return whether it speaks for a link above the alert line."""
        hit = self._hit(seen)
        if hit is None:
            return False
        confirmed = hit.evidence.confidence >= self._options.alert_confidence
        if hit.evidence.confidence >= self._options.inspect_confidence:
            self._tracker.update(hit, confirmed=confirmed)
        return confirmed

    def alerts(self) -> tuple[list[RadioAlert], list[RadioAlert]]:
        """Return the links above the alert line, and those worth a look."""
        above: list[RadioAlert] = []
        below: list[RadioAlert] = []
        for link in self._tracker.links:
            (above if self._settled(link) else below).append(_alert(link))
        return above, below

    def unsettled(self, center_hz: float) -> bool:
        """Return whether the link seen in a slice needs one more longer look before it is an alert."""
        link = self._tracker.near(center_hz)
        return link is not None and not self._settled(link)

    def _settled(self, link: Link) -> bool:
        return link.confirmed_t_ns is not None and link.confirmations >= self._looks

    def others(self, signals: tuple[RadioSignal, ...]) -> tuple[RadioSignal, ...]:
        """Return the signals without those that an alert stands for: television, as long as its width was not known."""
        taken = [(link.low_hz, link.high_hz) for link in self._tracker.links if link.confirmed_t_ns is not None]
        return tuple(
            signal
            for signal in signals
            if signal.kind is not SignalKind.BROADCAST_TV
            or not any(low_hz <= signal.freq_hz <= high_hz for low_hz, high_hz in taken)
        )

    def _hit(self, seen: SliceLook) -> LinkHit | None:
        """The look as a hit, None where it holds nothing to look at."""
        center_hz = seen.spectrum.center_hz
        self._levels_db[center_hz] = seen.snr_db
        kind = None if seen.link is None else self._kind(seen.link, center_hz, seen.snr_db)
        far = self._sweeping and seen.snr_db < self._options.uplink_near_db
        if kind is AlertKind.CELLULAR_UPLINK and far:
            kind = None
        if seen.link is None or kind is None:
            return None
        return LinkHit(
            kind=kind,
            center_hz=center_hz,
            t_ns=seen.t_ns,
            t_end_ns=seen.t_end_ns,
            evidence=seen.link,
            snr_db=seen.snr_db,
        )

    def _kind(self, link: LinkEvidence, center_hz: float, level_db: float) -> AlertKind | None:
        """What to alert for: in a television band also a link between two quiet slices, too near for television."""
        if isinstance(link.kind, AlertKind):
            return link.kind
        if link.kind is SignalKind.BROADCAST_TV and self._room_hz(center_hz, level_db) <= self._options.narrow_link_hz:
            return AlertKind.DIGITAL_VIDEO
        return None

    def _room_hz(self, center_hz: float, level_db: float) -> float:
        """Widest that something here can be, by the quiet slices on either side; infinite where there are none."""
        half_hz = self._options.sample_rate_hz * self._options.usable_fraction / 2
        quiet = [
            hz for hz, db in self._levels_db.items() if db < level_db - _QUIET_DB and abs(hz - center_hz) < _REACH_HZ
        ]
        above = min((hz for hz in quiet if hz > center_hz), default=float("inf"))
        below = max((hz for hz in quiet if hz < center_hz), default=-float("inf"))
        return above - below - 2 * half_hz


def _alert(link: Link) -> RadioAlert:
    uplink = link.kind is AlertKind.CELLULAR_UPLINK
    return RadioAlert(
        key=f"rf:link:{link.number}",
        kind=link.kind,
        confidence=link.confidence,
        first_t_ns=link.first_t_ns,
        last_t_ns=link.last_t_ns,
        reasons=link_reasons(link),
        freq_hz=(link.low_hz + link.high_hz) / 2,
        bandwidth_hz=link.high_hz - link.low_hz,
        snr_db=link.snr_db,
        standard=None,
        modulation="SC-FDMA" if uplink else "OFDM",
    )
