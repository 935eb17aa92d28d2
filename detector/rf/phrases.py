"""What the radio sense says, as codes; the words are in web_ui/translations/<language>/rf.po."""

from collections.abc import Iterable, Mapping

from detector.rf.budget import Lane, SweepBudget
from detector.rf.emitters import Emitter
from detector.types import Phrase

__all__ = ["blind_spots", "budget_figures", "mhz", "overloaded", "pace", "reasons", "spoilt"]

_BANDS_TOLD = 4
_VIDEO_24_HZ, _VIDEO_58_HZ = (2.4e9, 2.4835e9), (5.725e9, 5.875e9)

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


def blind_spots(low_hz: float, high_hz: float, *, recording: bool, converter: bool = False) -> tuple[Phrase, ...]:
    """What the radio sense can never show.

    Parameters
    ----------
    low_hz, high_hz : float
        Reach on the air.
    recording : bool
        Samples from a file: nothing outside was recorded.
    converter : bool
        The reach lies elsewhere than a plain receiver's.
    """
    reach = {"low_mhz": mhz(low_hz), "high_mhz": mhz(high_hz)}
    if recording:
        told = [Phrase("rf.cannot_see.outside", reach)]
    elif converter:
        told = [Phrase("rf.cannot_see.converter", reach)]
        hidden = (("rf.cannot_see.band_24", _VIDEO_24_HZ), ("rf.cannot_see.band_58", _VIDEO_58_HZ))
        told += [Phrase(code) for code, band in hidden if low_hz > band[0] or high_hz < band[1]]
    else:
        told = [Phrase("rf.cannot_see.above", reach)]
    return (*told, Phrase("rf.cannot_see.digital"), Phrase("rf.cannot_see.silent"))


def pace(budget: SweepBudget) -> tuple[Phrase, ...]:
    """How often everything comes round."""
    told = []
    camera_s, fine_s = budget.period_s(Lane.CAMERA), budget.period_s(Lane.FINE)
    if budget.whole_s:
        told.append(Phrase("rf.done.whole_every", {"seconds": _round_s(budget.whole_s)}))
    if camera_s is not None:
        told.append(Phrase("rf.done.camera_every", {"seconds": _round_s(camera_s)}))
    if fine_s is not None:
        told.append(Phrase("rf.done.fine_every", {"seconds": _round_s(fine_s)}))
    return tuple(told)


def budget_figures(budget: SweepBudget) -> dict[str, float]:
    """The budget in numbers, for technicians."""
    figures = {
        "retune_ms": round(budget.retune_s * 1e3, 2),
        "longer_share": round(budget.longer_share, 3),
        "whole_every_s": round(budget.whole_s, 1),
    }
    for lane, held in budget.lanes.items():
        figures |= {
            f"{lane}_hops": float(held.hops),
            f"{lane}_dwell_ms": round(held.dwell_s * 1e3, 1),
            f"{lane}_pass_s": round(held.pass_s, 2),
            f"{lane}_every_s": round(held.period_s, 1),
        }
    return figures


def spoilt(hops: Mapping[str, int]) -> tuple[Phrase, ...]:
    """Which hops were of no use, by reason: ``silent_hops`` of them, or so many ``lost_samples``."""
    told = []
    if hops.get("silent_hops"):
        told.append(Phrase("rf.missing.silent", {"hops": hops["silent_hops"]}))
    if hops.get("lost_samples"):
        told.append(Phrase("rf.missing.lost", {"samples": hops["lost_samples"]}))
    return tuple(told)


def overloaded(bands_hz: Iterable[tuple[float, float]]) -> tuple[Phrase, ...]:
    """Which bands were too loud to be heard, at the lowest gain or for want of another look; the first few by name."""
    bands = list(bands_hz)
    told = [
        Phrase("rf.missing.overload_band", {"low_mhz": mhz(low), "high_mhz": mhz(high)})
        for low, high in bands[:_BANDS_TOLD]
    ]
    if len(bands) > _BANDS_TOLD:
        told.append(Phrase("rf.missing.overload_more", {"bands": len(bands) - _BANDS_TOLD}))
    return tuple(told)


def _round_s(seconds: float) -> int:
    """Whole seconds, in steps of five above twenty: the sentence must not flicker."""
    return max(1, round(seconds)) if seconds < 20 else 5 * round(seconds / 5)
