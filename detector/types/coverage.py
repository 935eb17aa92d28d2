"""What was checked, what was not, and what follows from it, as coded phrases that the page puts into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Phrase", "SenseCoverage", "SpotCoverage", "Verdict"]


class Verdict(StrEnum):
    """The only four things the device ever says of a room."""

    INCOMPLETE = "incomplete"
    NOTHING_DETECTED = "nothing_detected"
    CHECK_THIS_SPOT = "check_this_spot"
    STRONG_SIGN = "strong_sign"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence by its code, with the values it mentions; translations hold the words.

    Attributes
    ----------
    code : str
        Message id in the translations, for example ``rf.reason.line_rate``.
    values : mapping of str to str, int or float
        Named values that the sentence mentions; units belong to the names (``freq_mhz``).
    """

    code: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotCoverage:
    """Spots of the wall, small squares of angle, that were pointed at since the sweep began or the last gap.

    Attributes
    ----------
    spot_deg : float
        Side of a spot.
    pointed, done : int
        Spots pointed at; those among them that were scanned well enough.
    smallest_lens_mm : float or None
        Aperture of the smallest lens that nineteen in twenty of the done spots would have shown, on its axis. None
        where nothing is done or no calibration says how far away the wall is.
    """

    spot_deg: float
    pointed: int
    done: int
    smallest_lens_mm: float | None = None

    @property
    def share(self) -> float:
        """Share of the spots pointed at that is done; 0 when nothing was pointed at."""
        return self.done / self.pointed if self.pointed else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseCoverage:
    """Coverage of one sense since the sweep began.

    Attributes
    ----------
    complete : bool
        Whether "nothing detected" may be said of this sense.
    done, missing, cannot_see : tuple of Phrase
        What was analysed; what is short or was lost, and why; what this sense can never show.
    spots : SpotCoverage or None
        Which part of what was pointed at is done; None for a sense that is not pointed.
    """

    complete: bool
    done: tuple[Phrase, ...] = ()
    missing: tuple[Phrase, ...] = ()
    cannot_see: tuple[Phrase, ...] = ()
    spots: SpotCoverage | None = None
