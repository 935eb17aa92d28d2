"""Where the camera has stood: which places it had in view from where, and how many viewpoints it has tried."""

import numpy as np
import numpy.typing as npt

__all__ = ["PastViews"]

_Floats = npt.NDArray[np.float64]
_MOST_VIEWPOINTS = 256  # remembered; more are not counted


class PastViews:
    """The last strobe sets: the motion from each picture to the present one, and the viewpoint it was taken from.

    Parameters
    ----------
    sets : int
        Remembered.
    apart_deg : float
        Viewpoints count as different from this distance on, degrees at the wall.
    margin_px : float
        Margin of the picture in which nothing can be seen.
    size_px : tuple of int
        Height and width of the picture.
    """

    def __init__(self, sets: int, apart_deg: float, margin_px: float, size_px: tuple[int, int]) -> None:
        self._sets = sets
        self._apart_deg = apart_deg
        self._margin_px = margin_px
        self._size_px = size_px
        self.restart()

    @property
    def viewpoints(self) -> int:
        """How many viewpoints, all `apart_deg` from each other, since the start or the last gap; at least 1."""
        return max(1, len(self._apart))

    def restart(self) -> None:
        """Forget everything."""
        self._to_now: _Floats = np.zeros((0, 3, 3))
        self._views: _Floats = np.zeros((0, 2))
        self._apart: _Floats = np.zeros((0, 2))

    def carry(self, motion: _Floats | None) -> None:
        """Take in the motion (x, y, 1) since the newest picture; None where it is not to be relied on."""
        if motion is None:
            self._to_now, self._views = np.zeros((0, 3, 3)), np.zeros((0, 2))
        else:
            self._to_now = motion @ self._to_now

    def add(self, view_deg: tuple[float, float]) -> None:
        """Add the present picture, taken from that viewpoint (y, x)."""
        self._to_now = np.concatenate([self._to_now, np.eye(3)[None]])[-self._sets :]
        self._views = np.concatenate([self._views, [view_deg]])[-self._sets :]
        away_deg = np.linalg.norm(self._apart - view_deg, axis=1)
        if len(self._apart) < _MOST_VIEWPOINTS and (away_deg >= self._apart_deg).all():
            self._apart = np.concatenate([self._apart, [view_deg]])

    def in_view(self, places: _Floats) -> tuple[npt.NDArray[np.bool_], _Floats]:
        """Return whether places were in view in each remembered picture, and the viewpoints.

        Parameters
        ----------
        places : ndarray of float64, shape (n, 2)
            (y, x), pixels of the present picture; things before the wall shift by their parallax, which is ignored.

        Returns
        -------
        ndarray of bool, shape (n, sets)
            Oldest first.
        ndarray of float64, shape (sets, 2)
            (y, x), degrees at the wall.
        """
        here = np.insert(places[:, ::-1], 2, 1.0, axis=1)
        x, y, w = np.einsum("kij,nj->ink", np.linalg.inv(self._to_now), here)
        return self.holds(y / w, x / w), self._views

    def holds(self, y: _Floats, x: _Floats) -> npt.NDArray[np.bool_]:
        """Return whether places lie in the part of a picture that can show them."""
        (height, width), margin = self._size_px, self._margin_px
        return np.asarray((margin <= y) & (y < height - margin) & (margin <= x) & (x < width - margin))
