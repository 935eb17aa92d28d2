"""Many frames under one light, made into a mean picture and its noise."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.errors import InputError
from detector.lens.calibration.refusal import Refusal, RefusedError
from detector.lens.working import SATURATED
from detector.types import CameraGeometry, Frame, LedState

__all__ = ["FrameStack", "block_means", "stack_frames", "stack_rings"]

_Image = npt.NDArray[np.float32]
_NAMES = {LedState.ON_AXIS: "on-axis", LedState.OFF_AXIS: "off-axis", LedState.DARK: "dark"}
_LEAST_FRAMES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameStack:
    """Statistics of frames that show the same thing.

    Attributes
    ----------
    mean : ndarray of float32, shape (height, width)
        Black level included.
    halves : tuple of two such arrays
        Of the earlier and of the later frames.
    variance : ndarray of float32, shape (height, width)
        Of one frame, over time, unbiased.
    frame_means : ndarray of float64, shape (count,)
    clipped_low, clipped_high : float
        Share of all pixels at 0 and at saturation.
    exposure_us, gain : float
    """

    mean: _Image
    halves: tuple[_Image, _Image]
    variance: _Image
    frame_means: npt.NDArray[np.float64]
    clipped_low: float
    clipped_high: float
    exposure_us: float
    gain: float

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self.frame_means)

    @property
    def exposure(self) -> float:
        """Microseconds times gain."""
        return self.exposure_us * self.gain

    def light(self, dark: "FrameStack", black_level_dn: float) -> _Image:
        """Return what the ring adds to the mean picture: black level and the room's light taken off."""
        scale = np.float32(self.exposure / dark.exposure)
        room = (dark.mean - np.float32(black_level_dn)) * scale
        return self.mean - np.float32(black_level_dn) - room


def stack_frames(frames: Sequence[Frame], led: LedState, geometry: CameraGeometry) -> FrameStack:
    """Stack those of the frames that were taken under one light.

    Parameters
    ----------
    frames : sequence of Frame
        Others are passed over.
    led : LedState
    geometry : CameraGeometry

    Raises
    ------
    RefusedError
        Fewer than four, or exposure or gain changed between them.
    InputError
        A frame has another size than the camera.
    """
    chosen = [frame for frame in frames if frame.led is led]
    if len(chosen) < _LEAST_FRAMES:
        line = f"{len(chosen)} {_NAMES[led]} frames: at least {_LEAST_FRAMES} are needed"
        raise RefusedError(Refusal.TOO_FEW_FRAMES, line, frames=len(chosen))
    shape = (geometry.height_px, geometry.width_px)
    for frame in chosen:
        if frame.pixels.shape != shape:
            raise InputError(f"frame {frame.sequence}: size {frame.pixels.shape} is not the camera's {shape}")
    if len({(frame.exposure_ns, frame.gain) for frame in chosen}) > 1:
        raise RefusedError(Refusal.SETTINGS_CHANGED, f"{_NAMES[led]} frames: exposure or gain changed between them")
    return _statistics(chosen, 2**geometry.bit_depth - 1)


def stack_rings(frames: Sequence[Frame], geometry: CameraGeometry) -> tuple[FrameStack, FrameStack, FrameStack]:
    """Stack the on-axis, the off-axis and the dark frames; raises as `stack_frames` does."""
    on, off, dark = (
        stack_frames(frames, led, geometry) for led in (LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK)
    )
    return on, off, dark


def _statistics(frames: list[Frame], full_dn: int) -> FrameStack:
    first = frames[0].pixels.astype(np.float32)
    sums = [np.zeros_like(first), np.zeros_like(first)]
    squares = np.zeros_like(first)
    means, low, high = [], 0, 0
    for number, frame in enumerate(frames):
        change = frame.pixels.astype(np.float32) - first
        sums[2 * number >= len(frames)] += change
        squares += change * change
        means.append(float(frame.pixels.mean()))
        low += int((frame.pixels == 0).sum())
        high += int((frame.pixels >= SATURATED * full_dn).sum())
    count, early = len(frames), (len(frames) + 1) // 2
    total = sums[0] + sums[1]
    variance = np.maximum(squares - total * total / np.float32(count), 0) / np.float32(count - 1)
    return FrameStack(
        mean=first + total / np.float32(count),
        halves=(first + sums[0] / np.float32(early), first + sums[1] / np.float32(count - early)),
        variance=np.asarray(variance, dtype=np.float32),
        frame_means=np.array(means),
        clipped_low=low / (count * first.size),
        clipped_high=high / (count * first.size),
        exposure_us=frames[0].exposure_ns / 1000,
        gain=frames[0].gain,
    )


def block_means(image: _Image, rows: int, columns: int) -> npt.NDArray[np.float64]:
    """Return the means of rows x columns equal blocks; what is left over is left out at the edges, evenly.

    Parameters
    ----------
    image : ndarray of float32, shape (height, width)
        Height at least `rows`, width at least `columns`.
    """
    height, width = image.shape[0] // rows, image.shape[1] // columns
    top, left = (image.shape[0] - height * rows) // 2, (image.shape[1] - width * columns) // 2
    cut = image[top : top + height * rows, left : left + width * columns].reshape(rows, height, columns, width)
    return np.asarray(cut.mean(axis=(1, 3), dtype=np.float64))
