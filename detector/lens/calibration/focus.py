"""How sharp the picture is: the blur of a slanted edge, as the standard deviation of a point and as MTF50."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from scipy.special import erf

from detector.lens.calibration.options import CalibrationOptions
from detector.lens.calibration.refusal import Refusal, RefusedError
from detector.lens.calibration.results import FocusResult, working_psf_px
from detector.lens.calibration.stack import stack_frames
from detector.lens.options import LensOptions
from detector.lens.working import SATURATED, WorkingScale
from detector.types import CameraGeometry, Frame, LedState

__all__ = ["measure_focus"]

_Floats = npt.NDArray[np.float64]
_WINDOW_PX = 64
_STRIDE_PX = 16
_COHERENCE = 0.8  # of the gradients in a window: 1 for one straight edge, 0 for a dot
_LEAST_SLANT_PX = 2.0  # across the window: the edge must cross pixels at all their phases
_SHARPEST_PX = 0.5  # blur of a lens in focus, pixel included: what others are compared with
_MTF50_SIGMA = 0.18739  # sqrt(ln 2 / 2) / pi: of a Gaussian, times its standard deviation
_GRADIENT_BLUR_PX = 1.5
_TRIES_PX = (0.7, 2.0, 5.0)


def measure_focus(
    frames: Sequence[Frame], geometry: CameraGeometry, options: CalibrationOptions, lens: LensOptions
) -> FocusResult:
    """Measure the strongest straight edge in the picture: a printed black and white one, turned by about 5 degrees.

    Parameters
    ----------
    frames : sequence of Frame
        On-axis ones, of a target and a camera that stand still; others are passed over.
    geometry : CameraGeometry
    options : CalibrationOptions
    lens : LensOptions
        Its working width says what blur costs.

    Raises
    ------
    RefusedError
        Too few frames; no edge; it is clipped, parallel to rows or columns, or not one straight edge.

    Notes
    -----
    The slanted edge of ISO 12233, which samples the blurred step at every phase of the pixel; here the step itself is
    fitted (a Gaussian integral in the distance from a straight line, under light that changes linearly across the
    window) instead of being differentiated, which would need a window and be biased by noise. The standard error is the
    fit's own. MTF50 is that of the fitted Gaussian.
    """
    stack = stack_frames(frames, LedState.ON_AXIS, geometry)
    window = _find_edge(stack.mean)
    if window is None:
        raise RefusedError(Refusal.NO_EDGE, "focus: no straight edge in the picture")
    patch = stack.mean[window].astype(np.float64)
    noise_dn = float(np.sqrt(stack.variance[window].mean() / stack.count))
    upright = _is_upright(patch)
    edge = _fit_edge(patch if upright else patch.T)
    _check(edge, noise_dn, float(2**geometry.bit_depth - 1), float(patch.max()), options)
    factor = WorkingScale.of(geometry, lens).factor
    cost = working_psf_px(edge.sigma_px, factor) / working_psf_px(_SHARPEST_PX, factor)
    mtf50 = _MTF50_SIGMA / edge.sigma_px
    rows, columns = window
    return FocusResult(
        psf_sigma_px=edge.sigma_px,
        psf_sigma_error_px=edge.sigma_error_px,
        mtf50_cy_px=mtf50,
        mtf50_error_cy_px=mtf50 * edge.sigma_error_px / edge.sigma_px,
        y_px=(rows.start + rows.stop - 1) / 2 + (0.0 if upright else edge.offset_px),
        x_px=(columns.start + columns.stop - 1) / 2 + (edge.offset_px if upright else 0.0),
        slant_deg=float(np.degrees(np.arctan(edge.slope))),
        step_dn=edge.step_dn,
        misfit=_misfit(edge, noise_dn),
        cost=cost,
        good=cost <= options.max_focus_cost,
    )


@dataclass(frozen=True, slots=True)
class _Edge:
    """A fitted edge: x = offset + slope * y from the window's middle."""

    offset_px: float
    slope: float
    sigma_px: float
    sigma_error_px: float
    step_dn: float
    residual_dn: float


def _find_edge(image: npt.NDArray[np.float32]) -> tuple[slice, slice] | None:
    """Return the window with the strongest gradients of one direction, or None where no window has one direction."""
    smooth = cv2.GaussianBlur(image, (0, 0), _GRADIENT_BLUR_PX)
    dx, dy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3)
    sums = [_window_sums(part) for part in (dx * dx, dy * dy, dx * dy)]
    xx, yy, xy = sums
    energy = xx + yy
    coherence = np.hypot(xx - yy, 2 * xy) / np.maximum(energy, 1e-9)
    score = np.where(coherence > _COHERENCE, energy, 0.0)
    if not score.size or score.max() <= 0:
        return None
    row, column = np.unravel_index(int(score.argmax()), score.shape)
    top, left = int(row) * _STRIDE_PX, int(column) * _STRIDE_PX
    return slice(top, top + _WINDOW_PX), slice(left, left + _WINDOW_PX)


def _window_sums(image: npt.NDArray[np.float32]) -> _Floats:
    total = cv2.integral(image, sdepth=cv2.CV_64F)
    a, b = total[:-_WINDOW_PX:_STRIDE_PX], total[_WINDOW_PX::_STRIDE_PX]
    left, right = slice(None, -_WINDOW_PX, _STRIDE_PX), slice(_WINDOW_PX, None, _STRIDE_PX)
    return np.asarray(b[:, right] - b[:, left] - a[:, right] + a[:, left])


def _is_upright(patch: _Floats) -> bool:
    return bool(np.abs(np.diff(patch, axis=1)).sum() >= np.abs(np.diff(patch, axis=0)).sum())


def _fit_edge(patch: _Floats) -> _Edge:
    """Fit a blurred step whose edge runs from top to bottom."""
    side = np.arange(_WINDOW_PX) - (_WINDOW_PX - 1) / 2
    x, y = side[None, :], side[:, None]
    gradient = np.abs(np.gradient(cv2.GaussianBlur(patch, (0, 0), _GRADIENT_BLUR_PX), axis=1))
    crossing = (gradient**2 * x).sum(axis=1) / np.maximum((gradient**2).sum(axis=1), 1e-9)
    slope, offset = np.polyfit(side, crossing, 1)
    low, high = patch[:, :8].mean(), patch[:, -8:].mean()

    def model(p: _Floats) -> _Floats:
        distance = (x - p[0] - p[1] * y) / np.sqrt(1 + p[1] ** 2)
        step = 0.5 * (1 + erf(distance / (np.sqrt(2) * np.exp(p[2]))))
        return np.asarray((p[3] + p[4] * step) * (1 + p[5] * x + p[6] * y) - patch).ravel()

    tries = [
        least_squares(model, [offset, slope, np.log(start), low, high - low, 0.0, 0.0], method="lm", x_scale="jac")
        for start in _TRIES_PX
    ]
    best = min(tries, key=lambda fit: fit.cost)
    sigma_px = float(np.exp(best.x[2]))
    residual_dn = float(np.sqrt(2 * best.cost / (patch.size - 7)))
    covariance = np.linalg.pinv(best.jac.T @ best.jac) * residual_dn**2
    error_px = sigma_px * float(np.sqrt(covariance[2, 2]))
    return _Edge(float(best.x[0]), float(best.x[1]), sigma_px, error_px, abs(float(best.x[4])), residual_dn)


def _misfit(edge: _Edge, noise_dn: float) -> float:
    return float(np.sqrt(max(edge.residual_dn**2 - noise_dn**2, 0.0))) / max(edge.step_dn, 1e-9)


def _check(edge: _Edge, noise_dn: float, full_dn: float, highest_dn: float, options: CalibrationOptions) -> None:
    if highest_dn >= SATURATED * full_dn:
        raise RefusedError(Refusal.CLIPPED, "focus: the bright side of the edge is saturated: shorten the exposure")
    inside = abs(edge.offset_px) < _WINDOW_PX / 2 and edge.sigma_px < _WINDOW_PX / 4
    if (
        not inside
        or edge.step_dn < options.min_edge_snr * noise_dn
        or _misfit(edge, noise_dn) > options.max_edge_misfit
    ):
        raise RefusedError(Refusal.NO_EDGE, "focus: no single straight edge in the picture", step_dn=edge.step_dn)
    if abs(edge.slope) * _WINDOW_PX < _LEAST_SLANT_PX:
        line = "focus: the edge runs along rows or columns of pixels: turn the target by about 5 degrees"
        raise RefusedError(Refusal.NOT_SLANTED, line, slant_deg=float(np.degrees(np.arctan(edge.slope))))
