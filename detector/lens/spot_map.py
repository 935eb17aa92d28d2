"""The wall in spots, carried along with the hand's registered motion: which of them were looked at well enough."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from detector.lens.fitness import Fitness
from detector.lens.options import LensOptions
from detector.lens.panorama import Panorama, to_px
from detector.types import CameraGeometry, SpotCoverage

__all__ = ["SpotMap"]

_Floats = npt.NDArray[np.float64]
_Mask = npt.NDArray[np.bool_]
_SIDE = 160  # spots along either side of the map: 400 degrees of 2.5
_SHIFT = 40  # spots by which it moves on when the camera comes near its edge; what falls out is only counted
_SHOWN_ROWS, _SHOWN_COLUMNS = 24, 36
_NOT_POINTED, _BEGUN, _DONE = ".", "o", "#"
_LETTERS = np.frombuffer((_NOT_POINTED + _BEGUN + _DONE).encode(), np.uint8)
_WHOLE, _HALF = 2, 1  # a set's worth: without trusted registration a lens is held on to, by wider gates
_MOST_SPOTS = 0.95  # of the done ones, for which the smallest lens holds


@dataclass(slots=True)
class _Spots:
    """One array per quantity, shape (_SIDE, _SIDE); `sets` in halves."""

    sets: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros((_SIDE, _SIDE), np.int32))
    missed: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros((_SIDE, _SIDE), np.int32))
    aimed: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros((_SIDE, _SIDE), np.int32))
    low: _Floats = field(default_factory=lambda: np.zeros((2, _SIDE, _SIDE)))
    high: _Floats = field(default_factory=lambda: np.zeros((2, _SIDE, _SIDE)))
    done: _Mask = field(default_factory=lambda: np.zeros((_SIDE, _SIDE), bool))
    smallest_mm: _Floats = field(default_factory=lambda: np.full((_SIDE, _SIDE), np.inf))

    def shift(self, axis: int, by: int) -> None:
        """Move everything along an axis; untouched spots come in on the other side."""
        line = slice(0, by) if by > 0 else slice(by, None)
        rows, columns = (line, slice(None)) if axis == 0 else (slice(None), line)
        for array in (self.sets, self.missed, self.aimed, self.low, self.high, self.done, self.smallest_mm):
            array[:] = np.roll(array, by, axis=axis - 2)
            array[..., rows, columns] = np.inf if array is self.smallest_mm else 0


@dataclass(frozen=True, slots=True)
class _Look:
    """How the newest picture lies on the map.

    `window` is the part of the map that it may reach, `px` the pixel (y, x) of the middle of each spot there, `aimed`
    marks those in the middle of the picture.
    """

    window: tuple[slice, slice]
    px: _Floats
    aimed: _Mask


class SpotMap:
    """Which spots could have shown a lens often enough, from enough sides, without a break.

    A track of a lens ends when it leaves the searched part of the picture or is missed too often, and then begins
    anew. So does a spot: only sets on end count for it, and it is done when a lens in it would have alerted. Once done
    it stays done.

    Where the hand's motion is not known for too long, the map ends: what it held is only counted from then on, and a
    new one begins. The same spot seen again is then counted twice, never taken for done.

    Parameters
    ----------
    options : LensOptions
    geometry : CameraGeometry
    """

    def __init__(self, options: LensOptions, geometry: CameraGeometry) -> None:
        self._options = options
        self._geometry = geometry
        self._panorama = Panorama(geometry)
        self._spots = _Spots()
        self._origin = np.array([_SIDE // 2, _SIDE // 2])  # (row, column) of the map's zero
        self._pointed_count = self._done_count = 0  # over all maps since the sweep began
        self._left_mm: list[float] = []
        self._slack_deg = 0.0
        self._look = self._seen_now()
        self.ended = 0

    def restart(self) -> None:
        """Begin the sweep again: everything is forgotten."""
        self._spots = _Spots()
        self._begin_map()
        self._pointed_count = self._done_count = 0
        self._left_mm = []
        self.ended = 0

    def carry(self, motion: _Floats | None, slip_deg: float | None) -> None:
        """Follow the picture from the last set to this one.

        Parameters
        ----------
        motion : ndarray of float64, shape (3, 3), or None
            Of the picture, (x, y, 1) in full-resolution pixels; None for the first set.
        slip_deg : float or None
            How far the motion may be off: 0 where it is trusted, None where nobody knows.
        """
        if motion is None:
            return
        self._slack_deg += np.inf if slip_deg is None else slip_deg
        if self._slack_deg > self._options.map_slack_deg:
            self._end_map()
            return
        self._panorama.carry(motion)
        if not self._panorama.is_sane:
            self._end_map()

    def add(self, view_deg: tuple[float, float], fitness: Fitness, trusted: bool) -> None:
        """Take in one set.

        Parameters
        ----------
        view_deg : tuple of float
            (y, x) of the viewpoint, degrees at the wall.
        fitness : Fitness
        trusted : bool
            Whether its registration is; if not, the set counts half.
        """
        o = self._options
        self._forget_all_but(self._look.window)
        self._look = self._seen_now()
        if any(reach.start == 0 or reach.stop == _SIDE for reach in self._look.window):
            self._move_on()
        look = self._look
        window, spots = look.window, self._spots
        seen = self._inside(look.px, o.border_deg + o.spot_deg / 2, 1.0)
        here = self._block(look.px, fitness)
        able = seen & (here <= o.wanted_aperture_mm)
        worth = _WHOLE if trusted else _HALF
        sets, missed, done = spots.sets[window], spots.missed[window], spots.done[window]
        before = self._count(window)
        np.copyto(missed, np.where(able, 0, missed + 1))
        np.copyto(sets, np.where(seen & (missed <= o.max_missed_sets), sets + worth * able, 0))
        low, high = (array[:, window[0], window[1]] for array in (spots.low, spots.high))
        view, first = np.array(view_deg)[:, None, None], able & (sets == worth)
        np.copyto(low, np.minimum(low, view), where=able)
        np.copyto(high, np.maximum(high, view), where=able)
        for edge in (low, high):
            np.copyto(edge, view, where=first)
        done |= (sets >= _WHOLE * o.spot_sets) & (np.hypot(*(high - low)) >= o.spot_view_deg)
        best = spots.smallest_mm[window]
        np.copyto(best, np.minimum(best, here), where=able)
        spots.aimed[window] += look.aimed
        pointed_count, done_count = self._count(window)
        self._pointed_count += pointed_count - before[0]
        self._done_count += done_count - before[1]

    # --- what it says

    def coverage(self, calibrated: bool) -> SpotCoverage:
        """Return the counts, over all maps since the sweep began."""
        return SpotCoverage(
            spot_deg=self._options.spot_deg,
            pointed=self._pointed_count,
            done=self._done_count,
            smallest_lens_mm=self._smallest_mm() if calibrated else None,
        )

    def _smallest_mm(self) -> float | None:
        smallest = np.concatenate([self._left_mm, self._spots.smallest_mm[self._spots.done]])
        return round(float(np.quantile(smallest, _MOST_SPOTS)), 2) if len(smallest) else None

    @property
    def done_share_of_view(self) -> float:
        """Share of the spots in the middle of the picture that are done."""
        done = self._spots.done[self._look.window][self._look.aimed]
        return float(done.mean()) if len(done) else 0.0

    @property
    def wants_viewpoints(self) -> float:
        """Share of the spots in the middle of the picture that lack nothing but a wider span of viewpoints."""
        window, spots = self._look.window, self._spots
        lacking = (~spots.done[window] & (spots.sets[window] >= _WHOLE * self._options.spot_sets))[self._look.aimed]
        return float(lacking.mean()) if len(lacking) else 0.0

    def viewpoint_range(self) -> tuple[_Floats, _Floats]:
        """Return the least and the greatest viewpoint (y, x) of the spot in the middle of the picture, degrees."""
        row, column = np.clip(self._axis().astype(int), 0, _SIDE - 1)
        return self._spots.low[:, row, column], self._spots.high[:, row, column]

    def towards_unfinished(self) -> tuple[float, float] | None:
        """Return (down, right) of the nearest spots that were pointed at and are not done, in degrees of the picture.

        The median of the eight nearest to the middle; None where there are none on this map. Spots that are being
        looked at now need no turn.
        """
        spots = self._spots
        rows, columns = np.nonzero((spots.aimed >= self._options.aim_sets) & ~spots.done & (spots.sets == 0))
        if not len(rows):
            return None
        away = self._panorama.from_map(self._places(rows, columns))
        nearest = np.argsort(np.abs(away))[:8]
        return float(np.median(away.imag[nearest])), float(np.median(away.real[nearest]))

    def done_beside(self) -> tuple[float, float]:
        """Return which share of a picture's width to the left and to the right of the view is done."""
        window = self._look.window
        rows = window[0]
        width = max(1, window[1].stop - window[1].start)
        left = self._spots.done[rows, max(0, window[1].start - width // 2) : window[1].start]
        right = self._spots.done[rows, window[1].stop : window[1].stop + width // 2]
        return tuple(float(part.mean()) if part.size else 0.0 for part in (left, right))  # type: ignore[return-value]

    def picture(self) -> tuple[tuple[str, ...], tuple[float, float, float, float]]:
        """Return the map around the camera as `Guidance.rows`, and `Guidance.view` in it."""
        row, column = self._axis()
        top = int(np.clip(round(row) - _SHOWN_ROWS // 2, 0, _SIDE - _SHOWN_ROWS))
        left = int(np.clip(round(column) - _SHOWN_COLUMNS // 2, 0, _SIDE - _SHOWN_COLUMNS))
        part = (slice(top, top + _SHOWN_ROWS), slice(left, left + _SHOWN_COLUMNS))
        code = self._pointed(part).astype(np.intp) + self._spots.done[part]
        letters = _LETTERS[code]
        window = self._look.window
        view = (window[0].start - top, window[1].start - left, *(s.stop - s.start for s in window))
        return tuple(line.tobytes().decode() for line in letters), tuple(float(v) for v in view)  # type: ignore[return-value]

    def state_at(self, y_px: float, x_px: float) -> str:
        """Return the letter of the spot at a place of the newest picture: for tests and benchmarks."""
        row, column = self._cell(self._panorama.to_map(np.array([y_px]), np.array([x_px])))
        inside = 0 <= row < _SIDE and 0 <= column < _SIDE
        if inside and self._spots.done[row, column]:
            return _DONE
        return _BEGUN if inside and self._spots.aimed[row, column] >= self._options.aim_sets else _NOT_POINTED

    # --- the grid

    def _pointed(self, part: tuple[slice, slice]) -> _Mask:
        return np.asarray(self._spots.done[part] | (self._spots.aimed[part] >= self._options.aim_sets))

    def _count(self, part: tuple[slice, slice]) -> tuple[int, int]:
        """Return how many spots there were pointed at, and how many are done."""
        return int(np.count_nonzero(self._pointed(part))), int(np.count_nonzero(self._spots.done[part]))

    def _axis(self) -> _Floats:
        """Return (row, column) of the middle of the picture."""
        place = self._panorama.axis
        return np.asarray(np.array([place.imag, place.real]) / self._options.spot_deg + self._origin)

    def _cell(self, place: npt.NDArray[np.complex128]) -> tuple[int, int]:
        rows_columns = np.array([place.imag[0], place.real[0]]) / self._options.spot_deg + self._origin
        row, column = np.floor(rows_columns).astype(int)
        return int(row), int(column)

    def _places(self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> npt.NDArray[np.complex128]:
        """Return the middles of spots, degrees of the map, x + iy."""
        x, y = (columns - self._origin[1] + 0.5), (rows - self._origin[0] + 0.5)
        return np.asarray((x + 1j * y) * self._options.spot_deg)

    def _seen_now(self) -> _Look:
        corners = self._panorama.corners()
        reach = np.array([corners.imag, corners.real]) / self._options.spot_deg + self._origin[:, None]
        low = np.clip(np.floor(reach.min(axis=1)).astype(int), 0, _SIDE - 1)
        high = np.clip(np.ceil(reach.max(axis=1)).astype(int), 1, _SIDE)
        window = (slice(int(low[0]), int(high[0])), slice(int(low[1]), int(high[1])))
        rows, columns = np.mgrid[window]
        px = to_px(self._panorama.from_map(self._places(rows, columns)), self._geometry)
        return _Look(window, px, self._inside(px, 0.0, self._options.aim_share))

    def _inside(self, px: _Floats, margin_deg: float, share: float) -> _Mask:
        """Mark the spots whose middle lies in the middle `share` of the picture, this far from its edge at least."""
        size = np.array([self._geometry.height_px, self._geometry.width_px])[:, None, None]
        margin = (1 - share) / 2 * size + margin_deg * self._geometry.focal_px * np.radians(1.0)
        return np.asarray(((px >= margin) & (px < size - margin)).all(axis=0))

    def _block(self, px: _Floats, fitness: Fitness) -> _Floats:
        """Return the value of the block in which each spot's middle lies; the nearest one outside the picture."""
        blocks = fitness.smallest_mm
        row, column = (np.clip(px[k] / fitness.block_px, 0, blocks.shape[k] - 1).astype(np.intp) for k in (0, 1))
        return np.asarray(blocks[row, column], dtype=np.float64)

    def _forget_all_but(self, window: tuple[slice, slice]) -> None:
        """Begin anew with all spots but those in reach of the last set; these are asked again in this one."""
        kept = self._spots.sets[window].copy()
        self._spots.sets[:] = 0
        self._spots.sets[window] = kept

    def _move_on(self) -> None:
        """Shift the map when the picture has come to its edge."""
        for axis, reach in enumerate(self._look.window):
            if reach.start == 0 or reach.stop == _SIDE:
                self._shift(axis, _SHIFT if reach.start == 0 else -_SHIFT)

    def _shift(self, axis: int, by: int) -> None:
        gone = slice(-by, None) if by > 0 else slice(0, -by)
        self._keep_sizes((gone, slice(None)) if axis == 0 else (slice(None), gone))
        self._spots.shift(axis, by)
        self._origin[axis] += by
        self._look = self._seen_now()

    def _keep_sizes(self, part: tuple[slice, ...]) -> None:
        """Remember what the done spots of a part that is given up could have shown."""
        self._left_mm = (self._left_mm + self._spots.smallest_mm[part][self._spots.done[part]].tolist())[-(_SIDE**2) :]

    def _end_map(self) -> None:
        self._keep_sizes((slice(None), slice(None)))
        self._spots = _Spots()
        self.ended += 1
        self._begin_map()

    def _begin_map(self) -> None:
        self._panorama = Panorama(self._geometry)
        self._origin = np.array([_SIDE // 2, _SIDE // 2])
        self._slack_deg = 0.0
        self._look = self._seen_now()
