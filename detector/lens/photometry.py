"""Sums over many small apertures at once."""

import numpy as np
import numpy.typing as npt

__all__ = ["aperture_flux", "disc_offsets", "window_at"]

_Floats = npt.NDArray[np.float64]


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
