"""A frame made ready: shrunk, compact light separated from everything wider."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from detector.lens.options import LensOptions
from detector.types import CameraGeometry, Frame, LedState

__all__ = ["SATURATED", "WorkingFrame", "WorkingScale"]

SATURATED = 0.98  # of full scale, from which on a pixel counts as clipped

Grey = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class WorkingScale:
    """Between full-resolution and working pixels; both have pixel centres on integers.

    Attributes
    ----------
    factor : int
        Full-resolution pixels per working pixel along each axis.
    focal_px : float
        Focal length in working pixels.
    """

    factor: int
    focal_px: float

    @classmethod
    def of(cls, geometry: CameraGeometry, options: LensOptions) -> "WorkingScale":
        """Choose the whole factor that brings the frame nearest to the wanted width, never enlarging."""
        factor = max(1, round(geometry.width_px / options.working_width_px))
        return cls(factor, geometry.focal_px / factor)

    def px(self, angle_deg: float) -> float:
        """Return the length in working pixels of a small angle."""
        return float(self.focal_px * np.radians(angle_deg))

    def to_full(self, yx: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return full-resolution coordinates of working ones."""
        return (yx + 0.5) * self.factor - 0.5

    def to_working(self, yx: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return working coordinates of full-resolution ones."""
        return (yx + 0.5) / self.factor - 0.5

    def matrix_to_working(self, full: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return a full-resolution 3x3 (x, y, 1) motion expressed in working pixels."""
        half = 0.5 / self.factor - 0.5
        down = np.array([[1 / self.factor, 0, half], [0, 1 / self.factor, half], [0, 0, 1]])
        return np.asarray(down @ full @ np.linalg.inv(down))


@dataclass(frozen=True, slots=True)
class WorkingFrame:
    """One frame with what every later step needs of it.

    Attributes
    ----------
    frame : Frame
    led : LedState
    grey : ndarray of uint8 or uint16, shape (h, w)
        Area-averaged by the working factor.
    compact : ndarray of the same dtype and shape
        White top-hat: light narrower than the widest glint, in digital numbers over what surrounds it. A spot in a
        dark hole counts from the hole's floor; steps and wide patches vanish.
    exposure : float
        Exposure time in ns times gain: divides digital numbers into radiance.
    """

    frame: Frame
    led: LedState
    grey: Grey
    compact: Grey
    exposure: float

    @classmethod
    def of(cls, frame: Frame, led: LedState, scale: WorkingScale, options: LensOptions) -> "WorkingFrame":
        """Shrink the frame and take its top-hat (Serra 1982) with a square as wide as the widest glint."""
        pixels = frame.pixels
        if scale.factor > 1:
            size = (pixels.shape[1] // scale.factor, pixels.shape[0] // scale.factor)
            cropped = pixels[: size[1] * scale.factor, : size[0] * scale.factor]
            grey = cv2.resize(cropped, size, interpolation=cv2.INTER_AREA)
        else:
            grey = pixels
        side = 2 * int(np.ceil(scale.px(options.max_extent_deg) / 2)) + 1
        kernel = np.ones((side, side), np.uint8)
        compact = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, kernel)
        return cls(frame, led, grey, compact, frame.exposure_ns * frame.gain)  # type: ignore[arg-type]
