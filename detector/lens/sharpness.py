"""Whether the picture is as sharp as it lately was, told by the steepness of its sharpest edges."""

from collections import deque
from math import ceil

import numpy as np
import numpy.typing as npt

from detector.lens.noise import NoiseModel
from detector.lens.options import LensOptions

__all__ = ["SharpnessMeter", "edge_steepness"]

_ROW_STEP = 8
_REACH_PX = 6  # half the distance over which an edge's whole step is taken
_STEP_SIGMA = 20.0  # an edge's step over the noise: of less, noise would decide how steep it is
_LEAST_PIXELS = 100
_SHARPEST = 0.9  # quantile: the picture holds edges that are soft by themselves
_REMEMBERED_SETS = 300  # half a minute: what was sharper before is another wall
_BEST = 0.75  # quantile of those sets: the very best is a matter of chance


def edge_steepness(grey: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], noise: NoiseModel) -> float | None:
    """Return which part of an edge's step lies between two neighbouring pixels, at the sharpest edges.

    A step blurred by a Gaussian of sigma s has 2 Phi(1 / 2s) - 1 of it there: 0.60 for 0.6 px, 0.30 for 1.3, 0.13 for
    3. The contrast cancels; how soft the wall's own pattern is does not, so only values of one wall compare.

    Parameters
    ----------
    grey : ndarray of uint8 or uint16, shape (h, w)
        Every eighth row is looked at.
    noise : NoiseModel

    Returns
    -------
    float or None
        None where the picture has too few edges that stand well out of the noise.
    """
    rows = grey[::_ROW_STEP].astype(np.float32)
    beside = np.abs(np.diff(rows, axis=1))
    whole = np.abs(rows[:, 2 * _REACH_PX :] - rows[:, : -2 * _REACH_PX])
    edge = whole > _STEP_SIGMA * float(noise.sigma_dn(rows.mean()))
    first, width = _REACH_PX - 2, whole.shape[1]
    near = np.maximum.reduce([beside[:, first + k : first + k + width] for k in range(4)])
    share = near[edge] / whole[edge]
    share = share[share <= 1]  # more than the whole step lies there: a spike, a glint or sparkle
    if len(share) < _LEAST_PIXELS:
        return None
    rank = int(_SHARPEST * len(share))
    return float(np.partition(share, rank)[rank])


class SharpnessMeter:
    """Compares each picture with the better ones before it on the same wall."""

    def __init__(self, options: LensOptions) -> None:
        self._options = options
        self._lately: deque[float] = deque(maxlen=_REMEMBERED_SETS)

    def restart(self) -> None:
        """Forget them, after a gap."""
        self._lately.clear()

    def is_sharp(self, grey: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], noise: NoiseModel) -> bool:
        """Return whether the picture's edges are nearly as steep as those before; true where it has none to tell by."""
        steepness = edge_steepness(grey, noise)
        if steepness is None:
            return True
        self._lately.append(steepness)
        ranked = sorted(self._lately)
        return steepness >= self._options.min_sharpness * ranked[ceil(_BEST * (len(ranked) - 1))]
