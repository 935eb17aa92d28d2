"""What one strobe set could have shown: the smallest lens that it would have brought out, place by place."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from math import exp, log

import cv2
import numpy as np
import numpy.typing as npt

from detector.lens.detectability import LARGEST_APERTURE_MM, DetectabilityModel
from detector.lens.noise import OPENING_BIAS_SIGMA, NoiseModel
from detector.lens.options import LensOptions
from detector.lens.sharpness import SharpnessMeter
from detector.lens.strobe import StrobeSet
from detector.lens.working import SATURATED, WorkingScale
from detector.types import CameraGeometry

__all__ = ["Fitness", "FitnessMeter", "Hand"]

_Floats = npt.NDArray[np.float64]
_Grey = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
_ALL = np.uint8(255)  # stands for 1 where shares are taken as means of bytes
_BLOCKS_PER_SPOT = 2
_PIXEL_STEP = 3  # every third working pixel of every third row tells a block's level well enough
_LEVELS = 24  # wall levels at which the smallest aperture is computed; those between are interpolated
_STEP = 0.1  # natural logarithm: noise, blur and range this near to each other share one computation
_REMEMBERED = 256
_NONE_MM = 100.0  # stands for "no lens at all" in the tables
_NEARER, _FARTHER = 0.7, 1.4  # of the range: a step that a person takes
_UNCALIBRATED = DetectabilityModel(retro_gain=80.0, edge_deg=1.55, wall_dn_at_1m=1.0)  # path-traced simple lens


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What the hand did since the last set.

    Attributes
    ----------
    speed_deg_s : float
        Of the middle of the picture.
    trusted : bool
        Whether the motion since the last set, and that within this one, is to be relied on.
    """

    speed_deg_s: float
    trusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitness:
    """What one set is good for.

    Attributes
    ----------
    smallest_mm : ndarray of float32, shape (rows, columns)
        In square blocks from the top left: aperture of the smallest simple lens on its axis that would have read
        `retro` there; infinite where none would. Rests on an assumed range without a calibration.
    block_px : int
        Side of a block, full-resolution pixels.
    lit, sharp : bool
        Whether both rings lit the wall; whether its edges are as sharp as they lately were.
    speed_deg_s : float
    trusted : bool
    clipped : float
        Share of the blocks with too many clipped pixels.
    range_mm : tuple of float or None
        Nearest and farthest that the wall may be; None without a calibration.
    middle_mm : float
        Median of `smallest_mm` in the middle of the picture; NaN without a calibration.
    nearer_mm, farther_mm : float
        Smallest aperture if the camera stood at 0.7 and at 1.4 of the range; NaN without a calibration.
    """

    smallest_mm: npt.NDArray[np.float32]
    block_px: int
    lit: bool
    sharp: bool
    speed_deg_s: float
    trusted: bool
    clipped: float
    range_mm: tuple[float, float] | None
    middle_mm: float
    nearer_mm: float
    farther_mm: float

    def share(self, wanted_mm: float) -> float:
        """Return the share of the picture that would have shown a lens this wide."""
        return float((self.smallest_mm <= wanted_mm).mean())


class FitnessMeter:
    """Measures sets; remembers only how sharp the wall lately was, and what it has computed before.

    Parameters
    ----------
    options : LensOptions
    geometry : CameraGeometry
    scale : WorkingScale
    model : DetectabilityModel, optional
        What calibration found; without it a simple lens at `assumed_range_mm` stands in, and no size may be stated.
    """

    def __init__(
        self,
        options: LensOptions,
        geometry: CameraGeometry,
        scale: WorkingScale,
        model: DetectabilityModel | None = None,
    ) -> None:
        self._options = options
        self._geometry = geometry
        self._scale = scale
        self._model = model
        self._full_dn = float(2**geometry.bit_depth - 1)
        self._sharpness = SharpnessMeter(options)
        self._known: OrderedDict[tuple[int, ...], _Floats] = OrderedDict()
        self._level_step = log(self._full_dn) / _LEVELS
        self._level_places = np.arange(_LEVELS + 1, dtype=np.float64)
        self._per_block = max(1, round(scale.px(options.spot_deg) / _BLOCKS_PER_SPOT / _PIXEL_STEP))
        self._block_px = self._per_block * _PIXEL_STEP * scale.factor

    @property
    def calibrated(self) -> bool:
        """Whether apertures may be stated."""
        return self._model is not None

    def restart(self) -> None:
        """Forget how sharp the wall was, after a gap."""
        self._sharpness.restart()

    def measure(self, strobe: StrobeSet, hand: Hand, noise: NoiseModel, lit: bool) -> Fitness:
        """Measure one set.

        Parameters
        ----------
        strobe : StrobeSet
        hand : Hand
        noise : NoiseModel
            Of the on-axis frame.
        lit : bool
            Whether both rings brightened the frame.

        Notes
        -----
        Places of the off-axis and dark frames are taken where they are in their own pictures: their brightness changes
        slowly over the picture, and a hand moves little within a set.
        """
        black_dn = self._geometry.black_level_dn
        on_grey = self._thinned(strobe.on.grey)
        on_dn = self._block_means(on_grey)
        ambient_dn = self._dark(strobe, on_dn) * strobe.on.exposure
        wall_dn = on_dn - black_dn - ambient_dn
        ratio = strobe.on.exposure / strobe.off.exposure
        off_dn = (self._block_means(self._thinned(strobe.off.grey)) - black_dn) * ratio - ambient_dn
        is_clipped = np.multiply(on_grey >= SATURATED * self._full_dn, _ALL, dtype=np.uint8)
        clipped = self._block_means(is_clipped) > _ALL * self._options.max_clipped_share
        usable = ~clipped & (wall_dn > 0) & (off_dn >= self._options.min_off_axis_share * wall_dn)
        usable &= self._has_headroom(on_dn, wall_dn, noise)
        sharp = self._sharpness.is_sharp(strobe.on.grey, noise)
        exposure_us = strobe.on.frame.exposure_ns / 1e3
        middle_dn, ranges = np.nan, None
        if self._model is not None:
            middle_dn = float(np.median(wall_dn))
            ranges = self._model.range_mm(middle_dn, exposure_us, strobe.on.frame.gain)
        blur_deg = hand.speed_deg_s * exposure_us / 1e6
        look = _Look(
            ranges or (self._options.assumed_range_mm,) * 2,
            blur_deg,
            noise,
            max(0.0, black_dn + float(ambient_dn.mean())),
        )
        smallest_mm = np.where(usable & lit & sharp, self._smallest_mm(wall_dn, look), np.inf)
        return Fitness(
            smallest_mm=smallest_mm.astype(np.float32),
            block_px=self._block_px,
            lit=lit,
            sharp=sharp,
            speed_deg_s=hand.speed_deg_s,
            trusted=hand.trusted,
            clipped=float(clipped.mean()),
            range_mm=ranges,
            middle_mm=_middle(smallest_mm) if self._model else np.nan,
            nearer_mm=self._from(_NEARER, middle_dn, look),
            farther_mm=self._from(_FARTHER, middle_dn, look),
        )

    def _thinned(self, image: _Grey) -> _Grey:
        """Return every third pixel of whole blocks; what fills none, at the right and at the bottom, is left out."""
        few = image[::_PIXEL_STEP, ::_PIXEL_STEP]
        rows, columns = (side - side % self._per_block for side in few.shape)
        return np.ascontiguousarray(few[:rows, :columns])  # type: ignore[return-value]

    def _block_means(self, thinned: _Grey) -> _Floats:
        size = (thinned.shape[1] // self._per_block, thinned.shape[0] // self._per_block)
        return np.asarray(cv2.resize(thinned, size, interpolation=cv2.INTER_AREA), dtype=np.float64)

    def _dark(self, strobe: StrobeSet, like: _Floats) -> _Floats:
        """Return the room's own light per exposure, block by block; none where no dark frame tells."""
        if strobe.dark is None:
            return np.zeros_like(like)
        return (
            self._block_means(self._thinned(strobe.dark.grey)) - self._geometry.black_level_dn
        ) / strobe.dark.exposure

    def _has_headroom(self, on_dn: _Floats, wall_dn: _Floats, noise: NoiseModel) -> npt.NDArray[np.bool_]:
        """Mark where a glint can still stand out before it clips."""
        o = self._options
        least_dn = np.maximum((o.detect_snr + OPENING_BIAS_SIGMA) * noise.sigma_dn(on_dn), o.min_contrast * wall_dn)
        return np.asarray(SATURATED * self._full_dn - on_dn >= least_dn)

    def _smallest_mm(self, wall_dn: _Floats, look: "_Look") -> _Floats:
        """Return the smallest aperture per level of wall, the worse of both ranges; infinite where none is enough."""
        tables = [self._table(range_mm, look) for range_mm in set(look.ranges_mm) if np.isfinite(range_mm)]
        if not tables:
            return np.full_like(wall_dn, np.inf)
        place = np.log(np.maximum(wall_dn, 1.0)) / self._level_step
        found = np.interp(place, self._level_places, tables[0] if len(tables) == 1 else np.maximum(*tables))
        return np.where(found <= LARGEST_APERTURE_MM, found, np.inf)

    def _from(self, share: float, wall_dn: float, look: "_Look") -> float:
        """Return the smallest aperture if the camera stood at this share of the range; light falls with its square."""
        if self._model is None:
            return np.nan
        moved = replace(look, ranges_mm=(look.ranges_mm[0] * share, look.ranges_mm[1] * share))
        return float(self._smallest_mm(np.array([wall_dn / share**2]), moved)[0])

    def _table(self, range_mm: float, look: "_Look") -> _Floats:
        """Return the smallest aperture at each of a few levels, computed once for all looks that are nearly alike."""
        model = self._model or _UNCALIBRATED
        # A point smeared along a line of length b has the variance b^2 / 12 along it, half of that per axis.
        psf_deg = float(np.hypot(model.psf_sigma_deg, look.blur_deg / 24**0.5))
        dim_dn, bright_dn = (float(look.noise.sigma_dn(level)) for level in (look.ambient_dn, self._full_dn))
        key = tuple(round(log(value) / _STEP) for value in (range_mm, psf_deg, dim_dn, bright_dn))
        if key not in self._known:
            self._known[key] = self._apertures(model, *(exp(k * _STEP) for k in key))
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]

    def _apertures(
        self, model: DetectabilityModel, range_mm: float, psf_deg: float, dim_dn: float, bright_dn: float
    ) -> _Floats:
        """Return the smallest aperture at every level; the noise's variance grows from dim to bright with the level."""
        blurred, o = replace(model, psf_sigma_deg=psf_deg), self._options
        apertures = []
        for wall_dn in np.exp(self._level_places * self._level_step):
            share = min(1.0, wall_dn / self._full_dn)
            sigma_dn = float(np.sqrt((1 - share) * dim_dn**2 + share * bright_dn**2))
            found = blurred.smallest_aperture_mm(
                range_mm, self._geometry.on_axis_radius_mm, self._scale.focal_px, float(wall_dn), sigma_dn, o
            )
            apertures.append(_NONE_MM if found is None else found)
        return np.array(apertures)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one set's apertures depend on beside the wall's level."""

    ranges_mm: tuple[float, float]
    blur_deg: float
    noise: NoiseModel
    ambient_dn: float


def _middle(smallest_mm: _Floats) -> float:
    """Return the median over the middle ninth of the picture."""
    rows, columns = smallest_mm.shape
    return float(np.median(smallest_mm[rows // 3 : max(rows // 3 + 1, 2 * rows // 3), columns // 3 : 2 * columns // 3]))
