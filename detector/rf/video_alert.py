"""An emitter as the alert that the page shows."""

from detector.rf.emitters import Emitter
from detector.rf.options import RfOptions
from detector.rf.persistence import Persistence
from detector.rf.phrases import reasons
from detector.types import AlertKind, RadioAlert

__all__ = ["video_alert"]


def video_alert(emitter: Emitter, persistence: Persistence, options: RfOptions, t_ns: int) -> RadioAlert:
    """Return the alert for an emitter of analog video.

    Parameters
    ----------
    emitter : Emitter
    persistence : Persistence
        Says what may be said against it since.
    options : RfOptions
    t_ns : int
        Now, on the clock of the blocks.
    """
    modulation = emitter.modulation(options.carrier_fraction)
    return RadioAlert(
        key=f"rf:{emitter.number}",
        kind=AlertKind.ANALOG_VIDEO,
        confidence=persistence.confidence(emitter),
        first_t_ns=emitter.first_t_ns,
        last_t_ns=emitter.last_t_ns,
        reasons=(*reasons(emitter, modulation), *persistence.afterthoughts(emitter, t_ns)),
        freq_hz=emitter.freq_hz,
        bandwidth_hz=emitter.bandwidth_hz,
        snr_db=emitter.snr_db,
        standard=emitter.standard,
        modulation=modulation,
        level_dbfs=emitter.level_dbfs,
        over_floor_db=emitter.occupied.over_floor_db if emitter.occupied else None,
        line_ppm=emitter.line_ppm,
        history=tuple((round(t_ns / 1e9, 1), level_dbfs) for t_ns, level_dbfs in emitter.history),
    )
