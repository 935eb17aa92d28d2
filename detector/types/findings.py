"""What a sense found: alerts, ambient signals, and the report that carries them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from detector.types.activity import BaselineState, HomingState, PeopleState
from detector.types.coverage import Phrase, SenseCoverage
from detector.types.guidance import Guidance
from detector.types.provenance import Provenance

__all__ = ["Alert", "AlertKind", "GlintAlert", "RadioAlert", "RadioSignal", "SenseReport", "SignalKind"]


class AlertKind(StrEnum):
    """What an alert says is there. `RETRO_REFLECTOR` only ever appears below the alert line (`SenseReport.inspect`)."""

    ANALOG_VIDEO = "analog_video"
    DIGITAL_VIDEO = "digital_video"
    CELLULAR_UPLINK = "cellular_uplink"
    UNKNOWN_EMITTER = "unknown_emitter"
    LENS_GLINT = "lens_glint"
    RETRO_REFLECTOR = "retro_reflector"


class SignalKind(StrEnum):
    """Ambient transmissions; never alerts by themselves."""

    BROADCAST_FM = "broadcast_fm"
    BROADCAST_TV = "broadcast_tv"
    BROADCAST_DAB = "broadcast_dab"
    CELLULAR_DOWNLINK = "cellular_downlink"
    OOK_FSK = "ook_fsk"
    PULSED = "pulsed"
    NARROWBAND = "narrowband"
    CARRIER = "carrier"
    NOISE_LIKE = "noise_like"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something a person should look at.

    Attributes
    ----------
    key : str
        Identity within its sense, stable while the same thing is seen.
    kind : AlertKind
    confidence : float
        Calibrated probability in [0, 1] that the alert is what it says.
    first_t_ns, last_t_ns : int
        Monotonic times of the first and the newest sample or frame that speak for it.
    reasons : tuple of Phrase
        Why, most telling first.
    """

    key: str
    kind: AlertKind
    confidence: float
    first_t_ns: int
    last_t_ns: int
    reasons: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioAlert(Alert):
    """An alert for a transmitter; frequencies in Hz, `snr_db` within the best slice.

    `standard` is the line system ``PAL`` (625/50, SECAM too) or ``NTSC`` (525/59.94), None where it has none.
    `modulation` is ``FM`` or ``AM`` for analog, ``OFDM`` or ``SC-FDMA`` for digital links, None where undecided.
    `level_dbfs` is the power of the strongest slice referred to one gain, so that levels compare; `over_floor_db` the
    height of the strongest part of its band over the noise. `line_ppm` is the offset of its line rate, `history`
    (s, dBFS) of about the last minute in which it was looked at, `rise_db` how far it stands above the baseline, None
    where it was not compared with one.
    """

    freq_hz: float
    bandwidth_hz: float
    snr_db: float
    standard: str | None = None
    modulation: str | None = None
    level_dbfs: float | None = None
    over_floor_db: float | None = None
    line_ppm: float | None = None
    history: tuple[tuple[float, float], ...] = ()
    rise_db: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GlintAlert(Alert):
    """An alert for a glint; position in full-resolution pixels of the newest frame of its track.

    `track` lists (frame sequence number, y_px, x_px) of every frame in which the glint was measured.
    """

    y_px: float
    x_px: float
    frames: int
    track: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioSignal:
    """An ambient transmission."""

    kind: SignalKind
    freq_hz: float
    bandwidth_hz: float
    snr_db: float
    last_t_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseReport:
    """All that a sense has to say after an item; each replaces the one before.

    Attributes
    ----------
    sense : str
        ``rf``, ``lens``, ...
    provenance : Provenance
    t_ns : int
        Monotonic time of the newest item analysed.
    alerts, inspect : tuple of Alert
        At or above the alert line; worth a look but below it.
    signals : tuple of RadioSignal
    rejected : mapping of str to int
        Candidates turned down since the start, by reason.
    coverage : SenseCoverage
    figures : mapping of str to float
        Numbers for technicians (hops per second, sweep seconds, frames analysed, frames dropped ...).
    homing : HomingState or None
        The emitter that somebody walks towards, None while nobody does.
    baseline : BaselineState or None
        Where recording outside or comparing inside stands; None for a sense that has no baseline.
    guidance : Guidance or None
        What helps the person who holds the device; None for a sense that is not pointed.
    people : PeopleState or None
        Whether it rests because a person is in view; None for a sense that sees nobody.
    """

    sense: str
    provenance: Provenance
    t_ns: int
    coverage: SenseCoverage
    alerts: tuple[Alert, ...] = ()
    inspect: tuple[Alert, ...] = ()
    signals: tuple[RadioSignal, ...] = ()
    rejected: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    homing: HomingState | None = None
    baseline: BaselineState | None = None
    guidance: Guidance | None = None
    people: PeopleState | None = None
