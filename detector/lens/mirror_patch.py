"""Patches of mirrors, told by what answers the off-axis ring alone: no lens does, and every such patch does.

Flakes, sequins and chips of gloss lie at all angles. Each flashes where its normal halves the angle between a lamp and
the camera, so that in one look as many answer the one ring as the other. A lens beside a bare wall has no counterpart.
"""

from math import log

import numpy as np
import numpy.typing as npt

from detector.lens.chance import SparkleField
from detector.lens.registration import map_places

__all__ = ["MirrorPatches", "patch_evidence"]

_Floats = npt.NDArray[np.float64]


class MirrorPatches:
    """Where lights of the off-axis ring alone came up lately, carried along with the hand's motion.

    Parameters
    ----------
    field : SparkleField
        Empty; theirs alone.
    gate_px : float
        A light nearer than this to one of the set before is the same.
    """

    def __init__(self, field: SparkleField, gate_px: float) -> None:
        self._field = field
        self._gate_px = gate_px
        self._before: _Floats = np.zeros((0, 2))

    def restart(self) -> None:
        """Forget the places, after a gap."""
        self._field.restart()
        self._before = np.zeros((0, 2))

    def carry(self, motion: _Floats) -> None:
        """Move every place by the picture's motion since the set before."""
        self._field.carry(motion)
        if len(self._before):
            self._before = map_places(motion, self._before)

    def add(self, lights: _Floats) -> None:
        """Note (y, x, 1 for a single pixel) of one set's lights, shape (n, 3); one that stays on counts once."""
        away_px = np.linalg.norm(lights[:, None, :2] - self._before[None], axis=2)
        self._field.add(lights[(away_px > self._gate_px).all(axis=1)])
        self._before = lights[:, :2]

    def evidence(self, places: _Floats, on_axis: _Floats) -> list[float]:
        """Return `patch_evidence` for places (y, x) with so many lights of the on-axis ring alone about each."""
        off_axis = self._field.near(places)[:, 0]
        usual = self._field.usual_near
        return [patch_evidence(int(on), int(off), usual) for on, off in zip(on_axis, off_axis, strict=True)]


def patch_evidence(on_axis: int, off_axis: int, usual: float) -> float:
    """Return the log likelihood ratio of a lone lens against a patch of mirrors around it; never positive.

    Parameters
    ----------
    on_axis, off_axis : int
        Glints of the neighbourhood that lit up under the one ring alone, the track itself among them, and under the
        other.
    usual : float
        How many of the latter such a neighbourhood has by chance, greater than 0.

    Returns
    -------
    float
        Poisson: a patch shows as many under the off-axis ring as under the on-axis one on top of what is usual, a lens
        only what is usual. That none is there says little for a lens: a flake may lie alone.
    """
    alike = max(1, on_axis)
    return min(0.0, alike - off_axis * log(1 + alike / usual))
