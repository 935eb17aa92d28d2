"""How the hand moved between frames: corners, pyramidal Lucas-Kanade, a robust similarity."""

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from detector.lens.options import LensOptions
from detector.lens.planar import fit_planar
from detector.types import CameraGeometry, Frame

__all__ = ["Motion", "MotionChain", "Registrar", "map_places", "map_points"]

_Matrix = npt.NDArray[np.float64]
_LEVELS = 3
_FINE_LEVELS = 1
_SURROUND_PX = 41
_MIDDLE, _SWING = 110, 30  # level of an even wall, and how far its pattern may leave it
_CORNER_BLOCK_PX = 9
_LEAST_CORNERS = 4
_PLANAR_CORNERS = 8
_KEPT_CORNERS = 0.6  # of the corners wanted, that must still be followed before they are followed further
_CHAIN = 32  # lit frames remembered: some ten sets


@dataclass(frozen=True, slots=True)
class Motion:
    """Motion of the picture from one lit frame to the next.

    Attributes
    ----------
    matrix : ndarray of float64, shape (3, 3)
        Homography from (x, y, 1) in the earlier frame to the later, full-resolution pixels; identity when not found.
    trusted : bool
        Whether enough corners, spread widely enough, agree.
    inliers : int
    residual_px : float
        Scatter of one corner about the motion, full-resolution pixels.
    error_px : float
        Standard error of where the motion puts a place, over the picture; infinite when not found.
    step_deg : ndarray of float64, shape (2,)
        (y, x) by which the viewpoint moved: the camera's sideways step over the wall's range; 0 for a mere turn.
    """

    matrix: _Matrix
    trusted: bool
    inliers: int
    residual_px: float = np.inf
    error_px: float = np.inf
    step_deg: _Matrix = field(default_factory=lambda: np.zeros(2))


class Registrar:
    """Follows corners from each lit frame to the next.

    Shi-Tomasi corners, Lucas-Kanade there and back (Bouguet 2001), all on a shrunken frame brought to 8 bits and to
    the first frame's exposure. A hand that turns the camera by 3 degrees moves the edge of a 62 degree picture 9 px
    further than its middle: the turn that explains the median flow is taken out first and put back after. A partial
    affine by RANSAC picks the corners that agree; `fit_planar` refines them to a plane's motion.
    """

    def __init__(self, options: LensOptions, geometry: CameraGeometry) -> None:
        self._options = options
        self._to_8_bits = 255.0 / (2**geometry.bit_depth - 1)
        shrink = options.registration_shrink
        self._focal_px = geometry.focal_px / shrink
        self._centre_px = ((geometry.width_px / shrink - 1) / 2, (geometry.height_px / shrink - 1) / 2)
        self._reference_exposure: float | None = None
        self._previous: npt.NDArray[np.uint8] | None = None
        self._corners: npt.NDArray[np.float32] | None = None
        self._followed: npt.NDArray[np.float32] | None = None
        self._found = self._age = 0
        self._drift: _Matrix | None = None
        self._t_ns = 0

    def restart(self) -> None:
        """Forget the previous frame, after a gap."""
        self._previous = None
        self._corners = None
        self._followed = None
        self._drift = None

    def follow(self, frame: Frame) -> Motion | None:
        """Return the motion since the previous lit frame; None for the first.

        Corners are first looked for where the last motion, continued, would take them: a repeating pattern looks the
        same one tile further on. When that fails they are looked for from where they were.
        """
        small = self._shrink(frame)
        previous, self._previous = self._previous, small
        period_ns, self._t_ns = frame.t_ns - self._t_ns, frame.t_ns
        motion = None if previous is None else self._between(previous, small, period_ns)
        self._drift = (
            (_down(motion.matrix, self._options) - np.eye(3)) / period_ns if motion and motion.trusted else None
        )
        self._corners = self._still_followed(motion) if motion else None
        if self._corners is None:
            self._corners, self._age = self._find_corners(small), 0
            self._found = 0 if self._corners is None else len(self._corners)
        return motion

    def _still_followed(self, motion: Motion) -> npt.NDArray[np.float32] | None:
        """Return the corners that agreed, where they are now; None when it is time to look for new ones.

        Looking for corners costs as much as following them, and those that were followed are still there.
        """
        o = self._options
        self._age += 1
        enough = self._followed is not None and len(self._followed) >= _KEPT_CORNERS * o.corners
        return self._followed if motion.trusted and enough and self._age < o.corner_frames else None

    def _shrink(self, frame: Frame) -> npt.NDArray[np.uint8]:
        exposure = frame.exposure_ns * frame.gain
        if self._reference_exposure is None:
            self._reference_exposure = exposure
        factor = self._options.registration_shrink
        size = (frame.pixels.shape[1] // factor, frame.pixels.shape[0] // factor)
        small = cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA)
        grey = cv2.convertScaleAbs(small, alpha=self._to_8_bits * self._reference_exposure / exposure)
        # Highlights, black holes and the rings' own lobe would be the strongest corners of all, and they do not move
        # with the wall: keep only what is left after dividing by the surroundings.
        calm = cv2.medianBlur(grey, 3)
        surround = cv2.blur(calm, (_SURROUND_PX, _SURROUND_PX))
        flat = cv2.divide(calm, surround, scale=_MIDDLE)
        return np.clip(flat, _MIDDLE - _SWING, _MIDDLE + _SWING)

    def _find_corners(self, small: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32] | None:
        o = self._options
        found = cv2.goodFeaturesToTrack(
            small, o.corners, o.corner_quality, o.corner_spacing_px, blockSize=_CORNER_BLOCK_PX
        )
        return None if found is None or len(found) < _LEAST_CORNERS else found  # type: ignore[return-value]

    def _between(self, earlier: npt.NDArray[np.uint8], later: npt.NDArray[np.uint8], period_ns: int) -> Motion:
        self._followed = None
        if self._corners is None:
            return Motion(np.eye(3), False, 0)
        guesses = [np.eye(3)] if self._drift is None else [np.eye(3) + self._drift * period_ns, np.eye(3)]
        best = Motion(np.eye(3), False, 0)
        for guess in guesses:
            found = self._from_guess(earlier, later, self._corners, guess)
            if found.inliers > best.inliers:
                best = found
            if best.trusted:
                return best
        if best.inliers >= _PLANAR_CORNERS:
            # A fine pattern loses its way in the coarse levels of the pyramid, where it is even; those corners that
            # did not say where the others went.
            again = self._from_guess(earlier, later, self._corners, _down(best.matrix, self._options), _FINE_LEVELS)
            best = again if again.inliers > best.inliers else best
        return best

    def _from_guess(
        self,
        earlier: npt.NDArray[np.uint8],
        later: npt.NDArray[np.uint8],
        corners: npt.NDArray[np.float32],
        guess: _Matrix,
        levels: int = _LEVELS,
    ) -> Motion:
        o = self._options
        start = map_points(guess, corners.reshape(-1, 2)).astype(np.float32).reshape(-1, 1, 2)
        window = (o.follow_window_px, o.follow_window_px)
        flow = {"winSize": window, "maxLevel": levels, "flags": cv2.OPTFLOW_USE_INITIAL_FLOW}
        there, found, _ = cv2.calcOpticalFlowPyrLK(earlier, later, corners, start, **flow)  # type: ignore[call-overload]
        returning = corners + (there - start)
        back, found_back, _ = cv2.calcOpticalFlowPyrLK(later, earlier, there, returning, **flow)  # type: ignore[call-overload]
        returned = np.linalg.norm(back - corners, axis=2).ravel() < o.follow_back_px
        good = returned & (found.ravel() == 1) & (found_back.ravel() == 1)
        if good.sum() < _LEAST_CORNERS:
            return Motion(np.eye(3), False, int(good.sum()))
        return self._fit(corners[good].reshape(-1, 2), there[good].reshape(-1, 2), self._found)

    def _fit(self, start: npt.NDArray[np.float32], end: npt.NDArray[np.float32], tried: int) -> Motion:
        o = self._options
        shift = np.median(end - start, axis=0)
        turn = _turn(float(shift[0]), float(shift[1]), self._focal_px, self._centre_px)
        straight = map_points(np.asarray(np.linalg.inv(turn), dtype=np.float64), end).astype(np.float32)
        cv2.setRNGSeed(0)  # RANSAC draws from OpenCV's own state; the same frames must give the same answer
        partial, mask = cv2.estimateAffinePartial2D(
            start, straight, method=cv2.RANSAC, ransacReprojThreshold=o.inlier_px
        )
        if partial is None:
            return Motion(np.eye(3), False, 0)
        agree = mask.ravel() == 1
        inliers = int(agree.sum())
        rough = turn @ np.vstack([partial, [0, 0, 1]])
        if inliers < _PLANAR_CORNERS:
            return Motion(_to_full(rough, o.registration_shrink), False, inliers)
        self._followed = end[agree].reshape(-1, 1, 2)
        start64, end64 = (np.asarray(p[agree], dtype=np.float64) for p in (start, end))
        fit = fit_planar(start64, end64, rough, self._focal_px, self._centre_px)
        enough = inliers >= o.min_inliers and inliers >= o.min_inlier_fraction * tried
        sure = fit.residual_px <= o.max_residual_px and fit.error_px <= self._focal_px * np.radians(o.max_error_deg)
        return Motion(
            _to_full(fit.matrix, o.registration_shrink),
            enough and bool(sure),
            inliers,
            fit.residual_px * o.registration_shrink,
            fit.error_px * o.registration_shrink,
            np.degrees(fit.step_rad),
        )


class MotionChain:
    """Motions laid end to end, asked at any time: between lit frames they are interpolated, beyond them continued."""

    def __init__(self) -> None:
        self._links: deque[tuple[int, Motion]] = deque(maxlen=_CHAIN)

    def restart(self) -> None:
        """Forget everything, after a gap."""
        self._links.clear()

    def add(self, t_ns: int, motion: Motion | None) -> None:
        """Append a lit frame and the motion that led to it (None for the first)."""
        self._links.append((t_ns, motion or Motion(np.eye(3), False, 0)))

    def covers(self, t_ns: int) -> bool:
        """Return whether `t_ns` is not older than what is remembered."""
        return bool(self._links) and t_ns >= self._links[0][0]

    def between(self, start_ns: int, end_ns: int) -> _Matrix:
        """Return the 3x3 motion of the picture from one instant to another, either way in time."""
        return np.asarray(self._since_first(end_ns) @ np.linalg.inv(self._since_first(start_ns)))

    def trusted(self, start_ns: int, end_ns: int) -> bool:
        """Return whether every motion used between the two instants is trusted."""
        low, high = min(start_ns, end_ns), max(start_ns, end_ns)
        if low == high:
            return True
        if len(self._links) < 2:
            return False
        newest_ns = self._links[-1][0]
        used = [m for (t0, _), (t1, m) in pairwise(self._links) if t0 < high and (t1 > low or t1 == newest_ns <= low)]
        return bool(used) and all(m.trusted for m in used)

    def _since_first(self, t_ns: int) -> _Matrix:
        total = np.eye(3)
        links = list(self._links)
        for (before_ns, _), (after_ns, motion) in pairwise(links):
            if t_ns < after_ns:
                return np.asarray(_part(motion.matrix, (t_ns - before_ns) / (after_ns - before_ns)) @ total)
            total = motion.matrix @ total
            total = total / total[2, 2]
        if len(links) < 2 or t_ns == links[-1][0]:
            return total
        period_ns = links[-1][0] - links[-2][0]
        return np.asarray(_part(links[-1][1].matrix, (t_ns - links[-1][0]) / period_ns) @ total)


def _part(matrix: _Matrix, fraction: float) -> _Matrix:
    """Return a fraction of a small motion; linear is exact to first order in its rotation and zoom."""
    return np.asarray(np.eye(3) + fraction * (matrix - np.eye(3)))


def map_points(matrix: _Matrix, xy: npt.ArrayLike) -> _Matrix:
    """Return (x, y) points moved by a homography; shape (n, 2) in and out."""
    points = np.asarray(xy, dtype=np.float64)
    moved = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def map_places(matrix: _Matrix, yx: npt.ArrayLike) -> _Matrix:
    """Return (y, x) places moved by a homography of (x, y, 1); shape (n, 2) in and out."""
    return map_points(matrix, np.asarray(yx)[:, ::-1])[:, ::-1]


def _turn(x_px: float, y_px: float, focal_px: float, centre_px: tuple[float, float]) -> _Matrix:
    """Return the homography of the small pan and tilt that move the middle of the picture by (x_px, y_px)."""
    to_centre = np.array([[1, 0, -centre_px[0]], [0, 1, -centre_px[1]], [0, 0, 1.0]])
    turn = np.array([[1, 0, x_px], [0, 1, y_px], [-x_px / focal_px**2, -y_px / focal_px**2, 1.0]])
    return np.asarray(np.linalg.inv(to_centre) @ turn @ to_centre)


def _down(matrix: _Matrix, options: LensOptions) -> _Matrix:
    return _to_full(matrix, 1 / options.registration_shrink)


def _to_full(matrix: _Matrix, factor: float) -> _Matrix:
    offset = factor / 2 - 0.5
    up = np.array([[factor, 0, offset], [0, factor, offset], [0, 0, 1.0]])
    full = up @ matrix @ np.linalg.inv(up)
    return np.asarray(full / full[2, 2])
