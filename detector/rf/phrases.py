"""What the radio sense says, as codes; the words are in web_ui/translations/<language>/rf.po."""

from detector.rf.emitters import Emitter
from detector.types import Phrase

__all__ = ["blind_spots", "mhz", "reasons"]

_FIELDS_SHOW_Z = 5.0


def mhz(freq_hz: float) -> float:
    """Return MHz rounded to 0.1."""
    return round(freq_hz / 1e6, 1)


def reasons(emitter: Emitter, modulation: str) -> tuple[Phrase, ...]:
    """Why an emitter is taken for a camera, most telling first."""
    best = emitter.best.evidence
    standard = best.lines.standard
    told = [
        Phrase(
            "rf.reason.line_rate",
            {
                "standard": standard.name,
                "line_khz": round(standard.line_hz / 1e3, 3),
                "score_db": round(best.lines.score_db, 1),
            },
        )
    ]
    if any(hit.evidence.fields and hit.evidence.fields.low_z > _FIELDS_SHOW_Z for hit in emitter.hits.values()):
        told.append(Phrase("rf.reason.field_rate", {"field_hz": 50.0 if standard.name == "PAL" else 59.94}))
    if len(emitter.hits) > 1:
        told.append(Phrase("rf.reason.neighbours", {"slices": len(emitter.hits)}))
    if modulation == "AM":
        told.append(Phrase("rf.reason.carrier"))
    return tuple(told)


def blind_spots(low_hz: float, high_hz: float, *, recording: bool) -> tuple[Phrase, ...]:
    """What the radio sense can never show."""
    code = "rf.cannot_see.outside" if recording else "rf.cannot_see.above"
    return (
        Phrase(code, {"low_mhz": mhz(low_hz), "high_mhz": mhz(high_hz)}),
        Phrase("rf.cannot_see.digital"),
        Phrase("rf.cannot_see.silent"),
    )
