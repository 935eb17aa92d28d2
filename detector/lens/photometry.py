"""Sums over many small apertures at once."""

import numpy as np
import numpy.typing as npt

__all__ = [
    "aperture_flux",
    "disc_offsets",
    "grow_within",
    "highest_summit",
    "longer_axis",
    "matched_flux",
    "window_at",
]

_Floats = npt.NDArray[np.float64]
_PIXEL_VARIANCE = 1 / 12


def window_at(image: npt.NDArray[np.generic], yx: _Floats, radius_px: int) -> _Floats:
    """Return square windows around places, as float64.

    Parameters
    ----------
    image : ndarray, shape (h, w)
    yx : ndarray of float64, shape (n, 2)
        Rounded to the nearest pixel.
    radius_px : int
        Windows are 2 * radius_px + 1 wide.

    Returns
    -------
    ndarray of float64, shape (n, 2 * radius_px + 1, 2 * radius_px + 1)
        Beyond the border the nearest pixel is repeated.
    """
    axis = np.arange(-radius_px, radius_px + 1)
    centre = np.round(yx).astype(np.intp)
    rows = np.clip(centre[:, 0, None] + axis, 0, image.shape[0] - 1)
    columns = np.clip(centre[:, 1, None] + axis, 0, image.shape[1] - 1)
    return np.asarray(image[rows[:, :, None], columns[:, None, :]], dtype=np.float64)


def disc_offsets(radius_px: float) -> npt.NDArray[np.bool_]:
    """Return a disc as a boolean square whose side is odd; pixels count whose centre lies inside."""
    reach = int(np.floor(radius_px))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return np.asarray(np.hypot(y, x) <= radius_px)


def aperture_flux(light: _Floats, disc: npt.NDArray[np.bool_], threshold_dn: _Floats) -> _Floats:
    """Return the flux in the brightest aperture of each window.

    Pixels at or below the threshold count nothing, so that noise and the top-hat's bias do not add up.

    Parameters
    ----------
    light : ndarray of float64, shape (n, p, p)
        Windows with the background removed; the aperture is tried at every whole-pixel place at which it fits.
    disc : ndarray of bool, shape (d, d)
        Aperture, d odd and at most p; with d equal to p there is one place, the middle.
    threshold_dn : ndarray of float64, shape (n,)

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    lit = np.where(light > threshold_dn[:, None, None], light, 0.0)
    shifts = np.lib.stride_tricks.sliding_window_view(lit, disc.shape, axis=(1, 2))
    sums = np.tensordot(shifts, disc.astype(np.float64), axes=2)
    return np.asarray(sums.max(axis=(1, 2)))


def matched_flux(light: _Floats, masks: npt.NDArray[np.bool_]) -> _Floats:
    """Return the flux under each window's own mask, at the place where that is most.

    Unlike `aperture_flux` it counts pixels too faint to stand out one by one: a threshold would hide up to itself in
    every pixel, and make a weak highlight look as if it had gone out.

    Parameters
    ----------
    light : ndarray of float64, shape (n, p, p)
        Windows with the background removed and negative pixels at 0.
    masks : ndarray of bool, shape (n, d, d)
        d odd and at most p.

    Returns
    -------
    ndarray of float64, shape (n,)
        Noise of standard deviation s adds 0.4 s per masked pixel (the mean of the positive half of a Gaussian).
    """
    shifts = np.lib.stride_tricks.sliding_window_view(light, masks.shape[1:], axis=(1, 2))
    sums = np.einsum("nijkl,nkl->nij", shifts, masks.astype(np.float64), optimize=True)
    return np.asarray(sums.max(axis=(1, 2)))


def highest_summit(grey: _Floats, height: _Floats) -> _Floats:
    """Return the height of the highest summit of each window, a summit being no lower than its eight neighbours.

    A highlight in a dark body is a summit though it may stay below the wall around; the slope from a dark hole up to
    the wall is none.

    Parameters
    ----------
    grey : ndarray of float64, shape (n, p + 2, p + 2)
        Where summits are looked for; the outermost pixels are only neighbours.
    height : ndarray of float64, shape (n, p, p)
        What is returned of them.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 where there is no summit.
    """
    around = np.lib.stride_tricks.sliding_window_view(grey, (3, 3), axis=(1, 2)).max(axis=(3, 4))
    return np.asarray(np.where(grey[:, 1:-1, 1:-1] >= around, height, 0.0).max(axis=(1, 2)))


def grow_within(seeds: npt.NDArray[np.bool_], allowed: npt.NDArray[np.bool_], steps: int) -> npt.NDArray[np.bool_]:
    """Return what can be reached from the seeds within what is allowed, by at most `steps` steps to side or corner.

    Parameters
    ----------
    seeds, allowed : ndarray of bool, shape (n, p, p)
    steps : int
    """
    body = seeds & allowed
    for _ in range(steps):
        rows = body.copy()
        rows[:, 1:] |= body[:, :-1]
        rows[:, :-1] |= body[:, 1:]
        grown = rows.copy()
        grown[:, :, 1:] |= rows[:, :, :-1]
        grown[:, :, :-1] |= rows[:, :, 1:]
        grown &= allowed
        if np.array_equal(grown, body):
            break
        body = grown
    return body


def longer_axis(bodies: npt.NDArray[np.bool_]) -> _Floats:
    """Return the longer axis, pixels, of the ellipse that has each body's second moments.

    Parameters
    ----------
    bodies : ndarray of bool, shape (n, p, p)

    Returns
    -------
    ndarray of float64, shape (n,)
        A disc's diameter; 2 / sqrt(3) for a single pixel (its own width included), 0 for an empty body.
    """
    weight = bodies.astype(np.float64)
    count = np.maximum(weight.sum(axis=(1, 2)), 1.0)
    axis = np.arange(bodies.shape[1], dtype=np.float64)
    by_row, by_column = weight.sum(axis=2), weight.sum(axis=1)
    y, x = by_row @ axis / count, by_column @ axis / count
    yy, xx = by_row @ axis**2 / count - y**2 + _PIXEL_VARIANCE, by_column @ axis**2 / count - x**2 + _PIXEL_VARIANCE
    yx = np.einsum("nij,i,j->n", weight, axis, axis) / count - y * x
    larger = (yy + xx) / 2 + np.sqrt(((yy - xx) / 2) ** 2 + yx**2)
    return np.asarray(np.where(bodies.any(axis=(1, 2)), 4 * np.sqrt(larger), 0.0))
