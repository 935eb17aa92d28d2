"""What the radio sense says of digital links, as codes; the words are in web_ui/translations/<language>/rf.po."""

from detector.rf.links import Link
from detector.types import AlertKind, Phrase

__all__ = ["link_reasons"]


def link_reasons(link: Link) -> tuple[Phrase, ...]:
    """Why a link is worth an alert, most telling first."""
    evidence = link.best.evidence
    useful_us = round(evidence.prefix.numerology.useful_s * 1e6, 1)
    if link.kind is AlertKind.CELLULAR_UPLINK:
        told = [Phrase("rf.reason.mobile_symbols", {"useful_us": useful_us})]
        if evidence.grants is not None and evidence.grants.gaps:
            told.append(Phrase("rf.reason.mobile_gaps"))
        told.append(Phrase("rf.reason.flight_mode"))
        return tuple(told)
    told = [Phrase("rf.reason.digital_symbols", {"useful_us": useful_us})]
    if len(link.hits) > 1:
        told.append(Phrase("rf.reason.neighbours", {"slices": len(link.hits)}))
    told.append(Phrase("rf.reason.not_broadcast"))
    return tuple(told)
