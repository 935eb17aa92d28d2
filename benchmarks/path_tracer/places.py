"""Where the parts of an object lie that are asked about: what needs neither meshes nor Mitsuba."""

import numpy as np

from detector.lens.synth import Drop, SceneObject, Screw

__all__ = ["cap_curvature_mm", "centre_depth_mm"]

_SUNK = 0.6  # of a cap's radius of curvature: how far its centre lies behind the wall


def centre_depth_mm(item: SceneObject) -> float:
    """Return how far before the wall lies what an object's highlight belongs to: the middle of a ball, a lens's stop.

    Negative behind the wall: a screw's head and a drop are caps of a larger ball.
    """
    if isinstance(item, Screw | Drop) and not item.depth_mm:
        return -_SUNK * cap_curvature_mm(item)
    return item.depth_mm


def cap_curvature_mm(item: Screw | Drop) -> float:
    """Return the radius of the ball of which a cap as wide as the object stands out of the wall."""
    return item.radius_mm / float(np.sqrt(1 - _SUNK**2))
