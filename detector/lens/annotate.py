"""Alerts drawn onto a frame, for a person to look at."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from detector.types import AlertKind, GlintAlert

__all__ = ["annotate", "blank"]

_COLOUR_BGR = {AlertKind.LENS_GLINT: (0, 0, 255), AlertKind.RETRO_REFLECTOR: (0, 200, 255)}
_RADIUS_OF_WIDTH = 0.018
_BRIGHT_PERCENT = 99.0
_BRIGHT_SHARE = 200.0


def annotate(
    pixels: npt.NDArray[np.uint8] | npt.NDArray[np.uint16],
    full_scale_dn: float,
    items: Sequence[tuple[GlintAlert, float, float]],
) -> npt.NDArray[np.uint8]:
    """Return a brightened colour copy with a ring around each alert.

    Parameters
    ----------
    pixels : ndarray of uint8 or uint16, shape (h, w)
        Linear; brightened so that its 99th percentile shows well, never darkened.
    full_scale_dn : float
    items : sequence of (GlintAlert, y_px, x_px)
        Where each alert is in this very frame; those outside are drawn as far as they reach in.

    Returns
    -------
    ndarray of uint8, shape (h, w, 3)
        BGR: lenses red with their confidence in percent, other retro-reflectors amber.
    """
    bright = max(1.0, float(np.percentile(pixels[::4, ::4], _BRIGHT_PERCENT)))
    gain = max(255.0 / full_scale_dn, _BRIGHT_SHARE / bright)
    picture = np.ascontiguousarray(cv2.cvtColor(cv2.convertScaleAbs(pixels, alpha=gain), cv2.COLOR_GRAY2BGR))
    radius = max(6, round(_RADIUS_OF_WIDTH * pixels.shape[1]))
    for alert, y_px, x_px in items:
        colour = _COLOUR_BGR[alert.kind]
        centre = (round(x_px), round(y_px))
        cv2.circle(picture, centre, radius, colour, 2, cv2.LINE_AA)
        if alert.kind is AlertKind.LENS_GLINT:  # a strip of tape would be a heap of numbers
            corner = (centre[0] + radius + 2, centre[1] - radius // 2)
            words = f"{alert.confidence:.0%}"
            cv2.putText(picture, words, corner, cv2.FONT_HERSHEY_SIMPLEX, radius / 24, colour, 1, cv2.LINE_AA)
    return np.asarray(picture, dtype=np.uint8)


def blank(shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Return a black BGR picture of that height and width: what is shown instead of a person."""
    return np.zeros((*shape[:2], 3), dtype=np.uint8)
