"""What was listened to and what was not, as phrases."""

from dataclasses import dataclass

from detector.rf.gain_plan import GainPlan
from detector.rf.options import RfOptions
from detector.rf.phrases import blind_spots, budget_figures, mhz, pace
from detector.rf.scheduler import Scheduler
from detector.types import Phrase, SenseCoverage

__all__ = ["Recorded", "recording_coverage", "sweep_figures", "swept"]


def swept(
    scheduler: Scheduler, camera_hz: frozenset[float], span_hz: tuple[float, float]
) -> tuple[list[Phrase], list[Phrase]]:
    """Return what a sweep has done and what it lacks, hops only.

    Parameters
    ----------
    scheduler : Scheduler
    camera_hz : frozenset of float
        Centres in camera bands.
    span_hz : tuple of float
        Of the receiver.
    """
    left = scheduler.unvisited
    values = {"hops": scheduler.hops - len(left), "of": scheduler.hops}
    done = [Phrase("rf.done.hops", {**values, "low_mhz": mhz(span_hz[0]), "high_mhz": mhz(span_hz[1])})]
    if camera_hz and not left & camera_hz:
        done.append(Phrase("rf.done.camera_bands", {"hops": len(camera_hz)}))
    missing = [Phrase("rf.missing.hops", {"hops": len(left), "of": scheduler.hops})] if left else []
    return [*done, *pace(scheduler.budget)], missing


def sweep_figures(scheduler: Scheduler, gains: GainPlan) -> dict[str, float]:
    """Return what technicians see of a sweep: its budget, its rests, its gains."""
    lowest_db, highest_db = gains.range_db()
    return budget_figures(scheduler.budget) | {
        "resting": float(scheduler.resting),
        "gain_changes": float(gains.changes),
        "gain_low_db": lowest_db,
        "gain_high_db": highest_db,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What recordings held.

    Attributes
    ----------
    seconds : float
    span_hz : tuple of float
    lost_samples : int
    overload_share : float
        Part of the blocks that clipped.
    """

    seconds: float
    span_hz: tuple[float, float]
    lost_samples: int
    overload_share: float


def recording_coverage(recorded: Recorded, gaps: list[Phrase], options: RfOptions) -> SenseCoverage:
    """Return the coverage of recordings.

    Parameters
    ----------
    recorded : Recorded
    gaps : list of Phrase
        What was lost on the way.
    options : RfOptions
    """
    seconds, (low_hz, high_hz) = round(recorded.seconds, 4), recorded.span_hz
    missing = list(gaps)
    if seconds < options.dwell_s:
        missing.append(Phrase("rf.missing.short", {"seconds": seconds, "dwell_s": options.dwell_s}))
    if recorded.lost_samples:
        missing.append(Phrase("rf.missing.lost", {"samples": recorded.lost_samples}))
    missing += _overload(recorded.overload_share, options)
    if not seconds:
        return SenseCoverage(complete=False, missing=tuple(missing))
    values = {"seconds": seconds, "low_mhz": mhz(low_hz), "high_mhz": mhz(high_hz)}
    return SenseCoverage(
        complete=not missing,
        done=(Phrase("rf.done.recording", values),),
        missing=tuple(missing),
        cannot_see=blind_spots(low_hz, high_hz, recording=True),
    )


def _overload(share: float, options: RfOptions) -> list[Phrase]:
    """Return the phrase for a share of overloaded blocks that spoils coverage, none for less."""
    return [] if share <= options.overload_limit else [Phrase("rf.missing.overload", {"percent": round(100 * share)})]
