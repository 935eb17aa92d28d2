"""What clips under the on-axis ring, measured under a small share of its light.

A lens near by returns fifty times what a white wall does: exposed for the wall it clips, and its flux ratio is what the
clipping left of it. A frame under the same ring, dimmed to a sixteenth, shows the rest. The ring is dimmed and not the
exposure: the room's own light stays the same, so that the set's dark frame serves both, and nothing waits for a camera
to change its exposure.
"""

import numpy as np

from detector.lens.working import WorkingFrame

__all__ = ["WALL_STEP", "dim_gain"]

WALL_STEP = 7  # every seventh pixel of every seventh row tells the wall's level well enough
_TRIM = 0.1  # of the pixels at either end, which are taken for as bright as the rest's extremes
_LEAST_LIGHT_DN = 0.5  # less light of the dimmed ring on the wall cannot be told from a drifting black level
_LEAST_GAIN, _MOST_GAIN = 2.0, 100.0


def dim_gain(on: WorkingFrame, dim: WorkingFrame, dark: WorkingFrame, black_level_dn: float) -> float | None:
    """Return by how much brighter the whole on-axis ring is than the dimmed one, as the wall says.

    Parameters
    ----------
    on, dim, dark : WorkingFrame
        Under the whole ring, the dimmed one, and none, of the same wall.
    black_level_dn : float

    Returns
    -------
    float or None
        Ratio of the light that either adds, per frame as they were exposed. None where the wall says nothing: too
        little light, or a ratio outside 2 to 100 (the dimmed ring does not shine, or is not dimmed).

    Notes
    -----
    Winsorized means (the outer tenths count as the extremes of the rest) over every seventh pixel: unlike a median they
    are not bound to whole digital numbers, which are a sixth of the light here, and glints hardly move them. With 1.5
    DN of noise a wall of 6 DN gives 0.4 % on 6300 pixels.
    """
    room = (_mean_dn(dark) - black_level_dn) / dark.exposure
    bright_dn, little_dn = (_mean_dn(item) - black_level_dn - room * item.exposure for item in (on, dim))
    if little_dn < _LEAST_LIGHT_DN:
        return None
    gain = bright_dn / little_dn
    return gain if _LEAST_GAIN <= gain <= _MOST_GAIN else None


def _mean_dn(item: WorkingFrame) -> float:
    grey = item.grey[::WALL_STEP, ::WALL_STEP].ravel()
    cut = round(_TRIM * (grey.size - 1))
    ordered = np.partition(grey, (cut, grey.size - 1 - cut))
    return float(np.clip(grey, ordered[cut], ordered[grey.size - 1 - cut]).mean())
