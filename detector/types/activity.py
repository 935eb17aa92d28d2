"""What a sense does besides sweeping: walk to an emitter, record or compare a baseline, rest for a person in view."""

from dataclasses import dataclass
from enum import StrEnum

from detector.types.coverage import Phrase

__all__ = ["BaselineMode", "BaselineState", "HomingState", "PeopleState", "Trend"]


class Trend(StrEnum):
    """Which way the level goes, by a test that noise passes rarely."""

    WAITING = "waiting"
    WARMER = "warmer"
    COLDER = "colder"
    STEADY = "steady"
    NOT_HEARD = "not_heard"
    VERY_CLOSE = "very_close"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomingState:
    """One emitter as the walker needs it.

    Attributes
    ----------
    alert_id : str
        Alert that is being walked to.
    freq_hz : float
        Centre of the slice that is listened to.
    level_db, peak_db : float
        Average of the last second or two and the highest such average since the start, in dB relative to full scale at
        no gain: the same whatever the gain.
    strength, peak : float
        The same as parts, 0 to 1, of the range from just below the noise to the receiver's limit.
    trend : Trend
    gain_db : float
        Gain in force.
    """

    alert_id: str
    freq_hz: float
    level_db: float
    peak_db: float
    strength: float
    peak: float
    trend: Trend
    gain_db: float


class BaselineMode(StrEnum):
    """What is being done with a baseline."""

    IDLE = "idle"
    RECORDING = "recording"
    RECORDED = "recorded"
    COMPARING = "comparing"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineState:
    """Where recording or comparing stands.

    Attributes
    ----------
    mode : BaselineMode
    place : str
        Name that the operator gave, empty when idle.
    progress : float
        Part, 0 to 1, of the hops that have been looked at often enough.
    common_db : float
        How far all that comes from outside has risen together (a window); 0 unless comparing.
    problem : Phrase or None
        Why the last request was refused or came to nothing.
    """

    mode: BaselineMode = BaselineMode.IDLE
    place: str = ""
    progress: float = 0.0
    common_db: float = 0.0
    problem: Phrase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleState:
    """Whether the camera's search rests because a person is in view.

    Attributes
    ----------
    paused : bool
        It rests now.
    withheld : bool
        No picture may leave the process: it rests, or something may be a pair of eyes.
    paused_s : float
        How long it has rested so far, over all pauses and this one.
    times : int
        Pauses so far.
    since_t_ns : int or None
        Monotonic begin of this pause or, while none, end of the last; None before the first.
    """

    paused: bool = False
    withheld: bool = False
    paused_s: float = 0.0
    times: int = 0
    since_t_ns: int | None = None
