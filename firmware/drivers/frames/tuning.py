"""The image processor made straight: luma in proportion to light.

libcamera's tuning file of a sensor (`rpi.contrast`) bends luma by a gamma curve and stretches it by the scene's
contrast. Flux ratios of bent luma are wrong, so the curve is replaced by a straight line and the stretching is ended.
"""

from copy import deepcopy
from typing import Any

__all__ = ["straight_tuning"]

_CONTRAST = "rpi.contrast"
_STRAIGHT = [0, 0, 65535, 65535]  # input and output in turn, 16 bits


def straight_tuning(tuning: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a tuning (version 2: a list of algorithms) whose luma is linear.

    Raises
    ------
    LookupError
        It has no contrast algorithm, so that nobody knows how it bends luma.
    """
    straight = deepcopy(tuning)
    found = [entry[_CONTRAST] for entry in straight.get("algorithms", ()) if _CONTRAST in entry]
    if not found:
        raise LookupError(f"the tuning file has no {_CONTRAST}")
    for contrast in found:
        contrast["ce_enable"] = 0
        contrast["gamma_curve"] = _STRAIGHT
    return straight
