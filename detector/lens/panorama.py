"""Where the picture lies on the wall, in degrees, kept by laying registered motions end to end."""

import numpy as np
import numpy.typing as npt

from detector.lens.registration import map_points
from detector.types import CameraGeometry

__all__ = ["Panorama", "to_px"]

_Floats = npt.NDArray[np.float64]
_Complex = npt.NDArray[np.complex128]
_GRID = np.array([(x, y) for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0)])
_GRID_SHARE = 0.2  # of the picture's width: the middle decides, since a turn and a step agree there
_ZOOM = (0.25, 4.0)  # beyond this, small errors of zoom have added up to nonsense


def to_px(away_deg: _Complex, geometry: CameraGeometry) -> _Floats:
    """Return the pixels (y, x), shape (2, ...), of places given as x + iy degrees from the optical axis.

    Equal angles are equal distances from the axis, so that a turn about it and one of the camera's other axes shift
    places alike.
    """
    angle = np.radians(np.minimum(np.abs(away_deg), 89.0))
    stretch = np.where(angle > 1e-9, np.tan(angle) / np.maximum(angle, 1e-9), 1.0) * np.radians(1.0) * geometry.focal_px
    y = away_deg.imag * stretch + (geometry.height_px - 1) / 2
    x = away_deg.real * stretch + (geometry.width_px - 1) / 2
    return np.stack([y, x])


def to_deg(y_px: _Floats, x_px: _Floats, geometry: CameraGeometry) -> _Complex:
    """Return places as x + iy degrees from the optical axis; the inverse of `to_px`."""
    x = (x_px - (geometry.width_px - 1) / 2) / geometry.focal_px
    y = (y_px - (geometry.height_px - 1) / 2) / geometry.focal_px
    radius = np.hypot(x, y)
    shrink = np.where(radius > 1e-9, np.arctan(radius) / np.maximum(radius, 1e-9), 1.0)
    return np.asarray(np.degrees(shrink) * (x + 1j * y))


class Panorama:
    """A similarity from the newest picture to the wall: degrees from the optical axis to degrees of the map.

    A turn of the camera and a step to the side move the middle of the picture alike and are one here: the map is pinned
    to the wall, unrolled, and a circle walked or turned does not close. In the corners of the picture the two differ,
    by 13 % of the step over the range at 20 degrees. Coming closer is a zoom.

    Parameters
    ----------
    geometry : CameraGeometry
    """

    def __init__(self, geometry: CameraGeometry) -> None:
        self._geometry = geometry
        self._turn = 1.0 + 0.0j  # roll and zoom
        self.axis = 0.0 + 0.0j
        middle = np.array([(geometry.width_px - 1) / 2, (geometry.height_px - 1) / 2])
        self._grid_px = middle + _GRID * _GRID_SHARE * geometry.width_px
        self._grid_deg = to_deg(self._grid_px[:, 1], self._grid_px[:, 0], geometry)

    @property
    def is_sane(self) -> bool:
        """Whether roll, zoom and place are numbers that a hand can have led to."""
        return bool(np.isfinite(self.axis) and np.isfinite(self._turn) and _ZOOM[0] < abs(self._turn) < _ZOOM[1])

    def carry(self, motion: _Floats) -> None:
        """Follow the picture: `motion` maps (x, y, 1) of the picture before to that of now."""
        before_px = map_points(np.asarray(np.linalg.inv(motion)), self._grid_px)
        there = self.to_map(before_px[:, 1], before_px[:, 0])
        here = self._grid_deg
        turned, shifted = here - here.mean(), there - there.mean()
        self._turn = complex((np.conj(turned) * shifted).sum() / (np.abs(turned) ** 2).sum())
        self.axis = complex(there.mean() - self._turn * here.mean())

    def to_map(self, y_px: _Floats, x_px: _Floats) -> _Complex:
        """Return where places of the newest picture lie on the map."""
        return np.asarray(self._turn * to_deg(y_px, x_px, self._geometry) + self.axis)

    def from_map(self, place: _Complex) -> _Complex:
        """Return how far places of the map lie from the optical axis, x + iy degrees of the picture."""
        return np.asarray((place - self.axis) / self._turn)

    def corners(self) -> _Complex:
        """Return the corners and the middles of the sides of the picture on the map."""
        edge_x, edge_y = self._geometry.width_px - 1, self._geometry.height_px - 1
        x = np.array([0, edge_x, 0, edge_x, edge_x / 2, edge_x / 2, 0, edge_x], dtype=np.float64)
        y = np.array([0, 0, edge_y, edge_y, 0, edge_y, edge_y / 2, edge_y / 2], dtype=np.float64)
        return self.to_map(y, x)
