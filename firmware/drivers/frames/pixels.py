"""Grey frames from what a camera delivers: bytes with row padding, and mostly a mosaic of colours.

Under 850 nm all Bayer filters pass about alike, so grey is the mean of overlapping 2 x 2 windows, each of which holds
every colour once; it lies half a pixel up and left of the raw grid, in every frame alike.
"""

import re
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["PixelLayout"]


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """How the bytes of a stream lie.

    Attributes
    ----------
    size_px : (int, int)
        Width and height.
    stride : int
        Bytes from row to row.
    bit_depth : int
    bayer : bool
        Whether neighbouring pixels are of different colours.
    """

    size_px: tuple[int, int]
    stride: int
    bit_depth: int
    bayer: bool

    @classmethod
    def of_raw(cls, config: dict[str, Any]) -> "PixelLayout":
        """Return the layout of a raw stream as picamera2 configured it.

        The Pi 5 delivers 16 bits whatever was asked for, and a mono sensor has no mosaic: only the configuration in
        force tells.

        Raises
        ------
        ValueError
            The format is packed or compressed, so that pixels do not lie in whole bytes.
        """
        name = str(config["format"])
        digits = re.fullmatch(r"S?[RGB]+(\d+)", name)
        if digits is None:
            raise ValueError(f"raw frames come as {name}, not in whole bytes")
        return cls(config["size"], config["stride"], int(digits.group(1)), name.startswith("S"))

    @classmethod
    def of_luma(cls, config: dict[str, Any]) -> "PixelLayout":
        """Return the layout of the Y plane, which comes first in every planar YUV stream.

        Raises
        ------
        ValueError
            The stream is not planar YUV.
        """
        name = str(config["format"])
        if name not in ("YUV420", "YVU420", "NV12", "NV21"):
            raise ValueError(f"frames come as {name}, which has no plane of luma")
        return cls(config["size"], config["stride"], 8, False)

    def grey(self, buffer: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
        """Return the frame, padding and mosaic taken out.

        Parameters
        ----------
        buffer : ndarray of uint8, one-dimensional

        Returns
        -------
        ndarray of uint8 or uint16, shape (height, width)
            Of its own memory. The last row and column of a mosaic average three or one instead of four pixels of
            the frame (its border is reflected).
        """
        width, height = self.size_px
        rows = buffer[: height * self.stride].reshape(height, self.stride)
        wide: npt.NDArray[Any] = rows.view(np.uint16) if self.bit_depth > 8 else rows
        pixels = wide[:, :width].copy()
        if self.bayer:
            cv2.blur(pixels, (2, 2), dst=pixels)
        return pixels
