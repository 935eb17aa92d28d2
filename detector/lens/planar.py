"""The motion of a flat wall's picture between two instants: eight numbers, how sure they are, and what they mean."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["PlanarFit", "fit_planar"]

_Floats = npt.NDArray[np.float64]
_ROUNDS = 4
_TUKEY_SIGMAS = 4.0
_LEAST_SIGMA = 0.02  # px of the shrunken frame: corners are never followed better
_MAD_TO_SIGMA = 1.4826
_GRID = np.array([(x, y) for x in (-0.8, 0.0, 0.8) for y in (-0.8, 0.0, 0.8)])
_SHEAR_PRIOR = 0.02  # what slant, zoom and a rolling shutter under acceleration add between two frames, 1 sigma
_KEYSTONE_PRIOR = 0.05  # radians of turn that may turn out to be a step, 1 sigma


@dataclass(frozen=True, slots=True)
class PlanarFit:
    """A fitted motion.

    Attributes
    ----------
    matrix : ndarray of float64, shape (3, 3)
        Homography in (x, y, 1) pixels.
    residual_px : float
        Robust standard deviation of one corner's misfit along one axis.
    error_px : float
        Standard error of where it puts a place, root mean square over the picture.
    step_rad : ndarray of float64, shape (2,)
        How far the viewpoint moved, (y, x): the camera's own sideways step over the wall's range.
    step_sigma_rad : float
        Standard error of each.
    """

    matrix: _Floats
    residual_px: float
    error_px: float
    step_rad: _Floats
    step_sigma_rad: float


def fit_planar(
    start: _Floats, end: _Floats, guess: _Floats, focal_px: float, centre_px: tuple[float, float]
) -> PlanarFit:
    """Refine a homography by iteratively reweighted least squares with Tukey's biweight.

    A turn of the camera and a step to the side move the middle of the picture alike and differ in the keystone: a turn
    by w has terms w x^2 and w xy that a step has not (Longuet-Higgins and Prazdny 1980, frontal plane). Affine terms
    take up roll, zoom, the wall's slant, and the shear of a rolling shutter that is accelerated between two frames.

    Parameters
    ----------
    start, end : ndarray of float64, shape (n, 2)
        (x, y) of corners in the earlier and the later frame, n at least 8.
    guess : ndarray of float64, shape (3, 3)
        Near the answer; its departure from it is held down by weak priors, so that few corners on one spot cannot
        throw the edge of the picture about.
    focal_px : float
    centre_px : tuple of float
        (x, y) of the optical axis.
    """
    to_norm = np.array(
        [[1 / focal_px, 0, -centre_px[0] / focal_px], [0, 1 / focal_px, -centre_px[1] / focal_px], [0, 0, 1.0]]
    )
    from_norm = np.linalg.inv(to_norm)
    base = to_norm @ guess @ from_norm
    base = base / base[2, 2]
    source, target = _norm(start, to_norm), _norm(end, to_norm)
    prior = np.diag(
        np.array([0.0, 0, 0, 0, 0, 0, 1, 1]) / _KEYSTONE_PRIOR**2 + np.array([0, 1, 1, 0, 1, 1, 0, 0]) / _SHEAR_PRIOR**2
    )
    least = _LEAST_SIGMA / focal_px
    delta = np.zeros(8)
    for _ in range(_ROUNDS):
        moved = _apply(base + _square(delta), source)
        residual = target - moved
        size = np.hypot(residual[:, 0], residual[:, 1])
        sigma = max(least, float(np.median(size)) / 1.1774)  # the median of a Rayleigh distribution
        weight = np.clip(1 - (size / (_TUKEY_SIGMAS * sigma)) ** 2, 0, None) ** 2
        jacobian = _jacobian(moved)
        weighted = jacobian * (np.repeat(weight, 2) / sigma**2)[:, None]
        normal = weighted.T @ jacobian + prior
        delta = delta + np.linalg.solve(normal, weighted.T @ residual.ravel() - prior @ delta)
    covariance = np.linalg.inv(normal)
    matrix = base + _square(delta)
    reach = np.array([centre_px[0] / focal_px, centre_px[1] / focal_px])
    at_grid = _jacobian(_GRID * reach)
    error = np.sqrt(np.einsum("ij,jk,ik->i", at_grid, covariance, at_grid).reshape(-1, 2).sum(axis=1).mean())
    to_step = np.zeros((2, 8))
    to_step[0, [3, 7]] = to_step[1, [0, 6]] = 1.0
    step = np.array([matrix[1, 2] + matrix[2, 1], matrix[0, 2] + matrix[2, 0]])
    step_sigma = float(np.sqrt(np.trace(to_step @ covariance @ to_step.T) / 2))
    full = from_norm @ matrix @ to_norm
    return PlanarFit(full / full[2, 2], sigma * focal_px, float(error * focal_px), step, step_sigma)


def _square(delta: _Floats) -> _Floats:
    """Return the change of the matrix; order: x, x by x, x by y, y, y by x, y by y, keystone x, keystone y."""
    a, b, c, d, e, f, g, h = delta
    return np.array([[b, c, a], [e, f, d], [g, h, 0.0]])


def _jacobian(points: _Floats) -> _Floats:
    """Return how the eight numbers move each point, shape (2 n, 8), rows x then y of each."""
    x, y = points[:, 0], points[:, 1]
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows_x = np.column_stack([one, x, y, zero, zero, zero, -x * x, -x * y])
    rows_y = np.column_stack([zero, zero, zero, one, x, y, -x * y, -y * y])
    return np.stack([rows_x, rows_y], axis=1).reshape(-1, 8)


def _norm(points: _Floats, to_norm: _Floats) -> _Floats:
    return np.asarray(points * to_norm[[0, 1], [0, 1]] + to_norm[:2, 2], dtype=np.float64)


def _apply(matrix: _Floats, points: _Floats) -> _Floats:
    moved = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])
