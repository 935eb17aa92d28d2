"""What the tuner chips of RTL-SDR dongles can do, as librtlsdr numbers them (``enum rtlsdr_tuner``)."""

from dataclasses import dataclass

from detector.rf.gain_plan import R82XX_GAINS_DB

__all__ = ["TUNERS", "Tuner"]


@dataclass(frozen=True, slots=True)
class Tuner:
    """A tuner chip.

    Attributes
    ----------
    name : str
    span_hz : tuple of float
        Lowest and highest frequency, inclusive.
    gains_db : tuple of float
        Gains that it has, rising; empty where not known.
    """

    name: str
    span_hz: tuple[float, float]
    gains_db: tuple[float, ...] = ()

    def nearest_gain_db(self, gain_db: float) -> float:
        """Return the gain that asking for `gain_db` sets."""
        return min(self.gains_db, key=lambda known_db: abs(known_db - gain_db), default=gain_db)


_R82XX_SPAN_HZ = (24e6, 1766e6)
TUNERS = {
    0: Tuner("unknown tuner", _R82XX_SPAN_HZ),
    1: Tuner("E4000", (52e6, 2200e6)),
    2: Tuner("FC0012", (22e6, 948.6e6)),
    3: Tuner("FC0013", (22e6, 1100e6)),
    4: Tuner("FC2580", (146e6, 924e6)),
    5: Tuner("R820T", _R82XX_SPAN_HZ, R82XX_GAINS_DB),
    6: Tuner("R828D", _R82XX_SPAN_HZ, R82XX_GAINS_DB),
}
