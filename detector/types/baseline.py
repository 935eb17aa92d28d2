"""The air of one place, to be compared with the air of another."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.types.provenance import Provenance

__all__ = ["Baseline"]

_Levels = npt.NDArray[np.float32]
_HEARD_DB = 10.0
_MOVED_DB = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The air at one place.

    Attributes
    ----------
    place : str
    provenance : Provenance
    cell_hz : float
    cells : ndarray of int32, shape (n,)
        Numbers of the cells, rising.
    high_db, middle_db, spread_db, floor_db : ndarray of float32, shape (n,)
        Strongest and median look, largest less smallest, and the receiver's noise; relative to full scale at no gain.
    looks : ndarray of int32, shape (n,)
    """

    place: str
    provenance: Provenance
    cell_hz: float
    cells: npt.NDArray[np.int32]
    high_db: _Levels
    middle_db: _Levels
    spread_db: _Levels
    floor_db: _Levels
    looks: npt.NDArray[np.int32]

    @property
    def moved(self) -> bool:
        """Whether what was heard well faded from look to look: recorded walking, or nothing was heard to tell by."""
        heard = self.middle_db > self.floor_db + _HEARD_DB
        return not heard.any() or float(np.median(self.spread_db[heard])) >= _MOVED_DB
