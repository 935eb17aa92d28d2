"""Black level, read noise and hot pixels from frames without light."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from detector.lens.calibration.options import CalibrationOptions
from detector.lens.calibration.refusal import Refusal, RefusedError
from detector.lens.calibration.results import DarkResult
from detector.lens.calibration.stack import FrameStack, block_means, stack_frames
from detector.types import CameraGeometry, Frame, LedState

__all__ = ["measure_dark"]

_ROUNDING_DN2 = 1 / 12  # of rounding to whole numbers (Sheppard)
_ROUNDS = 4
_MAD_TO_SIGMA = 1.4826
_BLOCKS = (12, 16)
_STATED_BLACK_FALLBACK = 0.1  # of full scale, where the camera states no black level
_LEAST_SIGMA_DN = 0.05  # of a mean: below it rounding is not noise any more
_DITHER_SIGMA_DN = 0.5  # frames that jitter less do not have Gaussian noise after rounding,
_HALF_STEP_DN = 0.5  # and rounding may move a mean by this
_BLOCK_SPREAD_SIGMA = 6.0  # widest of the blocks, by noise alone


def measure_dark(frames: Sequence[Frame], geometry: CameraGeometry, options: CalibrationOptions) -> DarkResult:
    """Measure a covered camera.

    Parameters
    ----------
    frames : sequence of Frame
        Rings off, camera covered; all labelled dark, same exposure and gain.
    geometry : CameraGeometry
        Its black level is what the camera states, 0 where it states none.
    options : CalibrationOptions

    Raises
    ------
    RefusedError
        A frame was lit; too few; clipped at 0 or saturated; not dark, uneven, unsteady; too many hot pixels.

    Notes
    -----
    A mean over n frames of a sound pixel is Gaussian about the black level; its standard deviation (noise and
    non-uniformity together) is taken from the sound pixels themselves, found by clipping anew until they stand. A pixel
    is hot beyond the line that `false_hot_pixels` sound ones of a whole frame would pass, or if its variance over time
    is beyond that line of its chi-square distribution (it blinks). Black level, noise and DSNU as in EMVA 1288, 4.0.
    """
    if any(frame.led is not LedState.DARK for frame in frames):
        raise RefusedError(Refusal.WRONG_LIGHT, "dark frame: a ring was lit in some of the frames")
    stack = stack_frames(frames, LedState.DARK, geometry)
    _check_range(stack, options)
    share = options.false_hot_pixels / stack.mean.size / 2
    sound, level_dn, sigma_dn = _sound_pixels(stack, float(stats.norm.isf(share)))
    variance = float(stack.variance[sound].mean(dtype=np.float64))
    dithered = variance > _DITHER_SIGMA_DN**2
    line_dn = float(stats.norm.isf(share)) * sigma_dn + (0.0 if dithered else _HALF_STEP_DN)
    hot = stack.mean - level_dn > line_dn
    if dithered:
        hot |= stack.variance > variance * stats.chi2.isf(share, stack.count - 1) / (stack.count - 1)
    _check_dark(stack, hot, (level_dn, sigma_dn), geometry, options)
    noise_dn2 = max(variance - _ROUNDING_DN2, 0.0)
    count = int(sound.sum())
    frame_error = float(stack.frame_means.std(ddof=1)) / np.sqrt(stack.count)
    y, x = np.nonzero(hot)
    return DarkResult(
        black_level_dn=level_dn,
        black_level_error_dn=float(np.hypot(sigma_dn / np.sqrt(count), frame_error)),
        read_noise_dn=float(np.sqrt(noise_dn2)),
        read_noise_error_dn=float(np.sqrt(variance / (2 * count * (stack.count - 1)))),
        dsnu_dn=float(np.sqrt(max(sigma_dn**2 - variance / stack.count, 0.0))),
        hot_pixels=tuple((int(a), int(b), float(stack.mean[a, b] - level_dn)) for a, b in zip(y, x, strict=True)),
        hot_line_dn=line_dn,
        exposure_us=stack.exposure_us,
        gain=stack.gain,
        frames=stack.count,
    )


def _sound_pixels(stack: FrameStack, line_sigma: float) -> tuple[npt.NDArray[np.bool_], float, float]:
    """Return which pixels are sound, their level and its standard deviation from pixel to pixel."""
    level_dn = float(np.median(stack.mean))
    sigma_dn = _MAD_TO_SIGMA * float(np.median(np.abs(stack.mean - level_dn)))
    for _ in range(_ROUNDS):
        sigma_dn = max(sigma_dn, _LEAST_SIGMA_DN)
        sound = np.abs(stack.mean - level_dn) <= line_sigma * sigma_dn
        level_dn = float(stack.mean[sound].mean(dtype=np.float64))
        sigma_dn = float(stack.mean[sound].std(dtype=np.float64))
    return sound, level_dn, max(sigma_dn, _LEAST_SIGMA_DN)


def _check_range(stack: FrameStack, options: CalibrationOptions) -> None:
    for share, where in ((stack.clipped_low, "0"), (stack.clipped_high, "saturation")):
        if share > options.max_clipped:
            line = f"dark frame: {share:.1%} of the pixels stand at {where}, the level cannot be measured"
            raise RefusedError(Refusal.CLIPPED, line, share=share)


def _check_dark(
    stack: FrameStack,
    hot: npt.NDArray[np.bool_],
    level: tuple[float, float],
    geometry: CameraGeometry,
    options: CalibrationOptions,
) -> None:
    """Refuse frames that some light has reached."""
    full_dn = float(2**geometry.bit_depth - 1)
    level_dn, sigma_dn = level
    stated_dn = geometry.black_level_dn
    most_dn = stated_dn + options.max_dark_offset * full_dn if stated_dn else _STATED_BLACK_FALLBACK * full_dn
    if level_dn > most_dn or level_dn < 2 * stated_dn - most_dn:
        line = f"dark frame: level {level_dn:.1f} DN, black is at {stated_dn:.1f} DN: cover the lens, darken the room"
        raise RefusedError(Refusal.NOT_DARK, line, level_dn=level_dn, stated_dn=stated_dn)
    scatter = float(stack.frame_means.std(ddof=1))
    if scatter > options.max_dark_spread * full_dn:
        line = f"dark frame: the level wanders by {scatter:.2f} DN from frame to frame: light, or not warmed up"
        raise RefusedError(Refusal.UNSTEADY, line, scatter_dn=scatter)
    blocks = block_means(np.where(hot, np.float32(level_dn), stack.mean), *_BLOCKS)
    chance_dn = _BLOCK_SPREAD_SIGMA * sigma_dn / np.sqrt(hot.size / blocks.size)
    spread_dn = float(np.ptp(blocks))
    if spread_dn > options.max_dark_spread * full_dn + chance_dn:
        line = f"dark frame: {spread_dn:.1f} DN brighter in one place than in another: light leaks in"
        raise RefusedError(Refusal.LIGHT_LEAK, line, spread_dn=spread_dn)
    if hot.mean() > options.max_hot_fraction:
        line = f"dark frame: {hot.mean():.1%} of the pixels are brighter than noise makes them: not dark"
        raise RefusedError(Refusal.NOT_DARK, line, share=float(hot.mean()))
