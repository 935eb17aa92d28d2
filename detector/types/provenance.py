"""Where data came from: three different words, never mixed up."""

from collections.abc import Iterable
from enum import StrEnum

__all__ = ["Provenance"]


class Provenance(StrEnum):
    """Origin of an item, carried by everything derived from it."""

    LIVE = "live"
    REPLAY = "replay"
    SIMULATED = "simulated"

    @classmethod
    def least_real(cls, origins: "Iterable[Provenance]") -> "Provenance":
        """Return the label that a whole made of these parts must bear: simulated before replay before live.

        Parameters
        ----------
        origins : iterable of Provenance
            At least one.
        """
        order = (cls.LIVE, cls.REPLAY, cls.SIMULATED)
        return max(origins, key=order.index)
