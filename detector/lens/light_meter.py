"""Light at places of one strobe set: over its surroundings, under each ring, under none, and what was clipped of it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.lens.differencing import StrobePlanes
from detector.lens.noise import NoiseModel, estimate_noise
from detector.lens.options import LensOptions
from detector.lens.photometry import aperture_flux, disc_offsets, highest_summit, matched_flux, window_at
from detector.lens.ratio import FLUX_SIGMA, SUMMIT_SIGMA
from detector.lens.registration import map_places
from detector.lens.strobe import StrobeSet
from detector.lens.working import SATURATED, WorkingFrame, WorkingScale

__all__ = ["LEAST_RADIUS_PX", "LightMeter", "OffAxisLight"]

_Floats = npt.NDArray[np.float64]
_HALF_GAUSSIAN_MEAN = 0.4
LEAST_RADIUS_PX = 1.5  # of the aperture, however coarse the picture
_CORE_REACH = 2  # full-resolution pixels about a glint in which its brightest is looked for
_LEAST_OF_NINE_SIGMA = 1.49  # by which the least of nine Gaussian pixels is expected below their mean
_SINGLE_SHARE = 0.65  # of nine pixels' light: through the sharpest lens the middle one has at most 0.4
_HOLE_RATIO = 3.0  # on-axis over off-axis level of a lens in a dark hole; glass has 2


@dataclass(frozen=True, slots=True)
class OffAxisLight:
    """What the off-axis ring shows of glints at most, balanced to the on-axis one; arrays of shape (n,).

    Attributes
    ----------
    flux_dn : ndarray of float64
        On-axis digital numbers times working pixels; may be negative by noise.
    summit_dn : ndarray of float64
        Height of the highest summit.
    peak_dn : ndarray of float64
        Highest pixel, as it was read: for whether it clips.
    pattern_dn : ndarray of float64
        Flux of what both rings show alike beside the glint: not to be counted in either.
    """

    flux_dn: _Floats
    summit_dn: _Floats
    peak_dn: _Floats
    pattern_dn: _Floats


class LightMeter:
    """Measures places of a camera's strobe sets; all places are (y, x) in working pixels, shape (n, 2).

    Parameters
    ----------
    options : LensOptions
    scale : WorkingScale
    black_level_dn, full_scale_dn : float

    Attributes
    ----------
    radius_px : float
        Of the aperture in which flux is summed.
    disc : ndarray of bool, shape (d, d)
        The same as a mask, d odd.
    """

    def __init__(self, options: LensOptions, scale: WorkingScale, black_level_dn: float, full_scale_dn: float) -> None:
        self._options = options
        self._scale = scale
        self._black_dn = black_level_dn
        self._full_dn = full_scale_dn
        self.radius_px = max(LEAST_RADIUS_PX, scale.px(options.aperture_deg))
        self.disc = disc_offsets(self.radius_px)

    def level_dn(self, item: WorkingFrame, yx: _Floats) -> _Floats:
        """Return the median around each place, from every other pixel."""
        around = window_at(item.grey, yx, self._body_px())[:, ::2, ::2]
        return np.asarray(np.median(around.reshape(len(yx), around.shape[1] * around.shape[2]), axis=1))

    def light(self, item: WorkingFrame, yx: _Floats, level_dn: _Floats, radius_px: int) -> _Floats:
        """Return windows of what is both compact and above the surroundings.

        The top-hat alone takes wall between two dark holes for light; the excess alone takes a step in the wall's
        pattern for it. A glint is both.
        """
        excess = window_at(item.grey, yx, radius_px) - level_dn[:, None, None]
        return np.maximum(np.minimum(window_at(item.compact, yx, radius_px), excess), 0.0)

    def own_light(
        self,
        on: WorkingFrame,
        planes: StrobePlanes,
        yx: _Floats,
        level_dn: _Floats,
        radius_px: int,
        noise: NoiseModel,
    ) -> _Floats:
        """Return windows of the on-axis frame's light: over its surroundings or over the off-axis picture, if more.

        The latter counts only where the on-axis frame is several times as bright as the off-axis one, black level
        apart. How bright the body itself is below the wall is not known, and a glass ball too small to be resolved
        doubles the light of its dark body. A dark body before the wall that moved against it between the two frames
        bares wall on one side and covers as much on the other: only what exceeds the deepest loss nearby is a light.
        """
        light = self.light(on, yx, level_dn, radius_px)
        if not planes.motions.trusted:
            return light
        more = window_at(planes.difference, yx, radius_px)
        least = planes.noise_gain * self.threshold_dn(level_dn, noise)
        covered = -window_at(planes.difference, yx, self._body_px()).min(axis=(1, 2))
        least = np.maximum(least, covered)
        other = window_at(on.grey, yx, radius_px) - more - self._black_dn
        clear = (more > least[:, None, None]) & (more > (_HOLE_RATIO - 1) * other)
        return np.maximum(light, np.where(clear, more, 0.0))

    def threshold_dn(self, level_dn: _Floats, noise: NoiseModel) -> _Floats:
        """Return from which height over its surroundings on a pixel counts as light."""
        return np.asarray(self._options.segment_snr * noise.sigma_dn(level_dn))

    def flux_elsewhere(
        self,
        item: WorkingFrame,
        motion: _Floats,
        yx: _Floats,
        masks: npt.NDArray[np.bool_],
        trusted: bool,
        noise: NoiseModel,
    ) -> _Floats:
        """Return the most flux near where the glint should be in another frame: under its own shape, or any shape.

        Looking around forgives registration; it can only raise the flux, never make a screw look like a lens.
        """
        there = map_places(motion, yx)
        level = self.level_dn(item, there)
        light = self.light(item, there, level, self.disc.shape[0] // 2 + self._search_px(trusted))
        bias_dn = _HALF_GAUSSIAN_MEAN * noise.sigma_dn(level) * masks.sum(axis=(1, 2))
        same_shape = matched_flux(light, masks) - bias_dn
        any_shape = aperture_flux(light, self.disc, self.threshold_dn(level, noise))
        return np.asarray(np.maximum(same_shape, any_shape))

    def off_axis_light(
        self,
        strobe: StrobeSet,
        planes: StrobePlanes,
        yx: _Floats,
        light: _Floats,
        masks: npt.NDArray[np.bool_],
        sigma_dn: _Floats,
        noise: NoiseModel,
    ) -> "OffAxisLight":
        """Return the most that the off-axis ring may show of glints.

        Light is looked for around each place, under the glint's own shape or any. Where registration is trusted more is
        known: the wall's pattern shows under both rings alike, and what is no brighter in the one picture than in the
        other is no glint's unless it lies under the glint's own light, that which only the on-axis ring shows. A
        highlight that moved between the two frames shows beside it under the off-axis ring alone, and counts. A lens
        beside a light patch of wallpaper is not given the patch. Where nothing is the on-axis ring's alone, or no more
        than a body that moved bares of the wall, the wider search stands. Summits are never left out: to leave out
        those that both rings show alike let screws through, 28 in 712 scenes.

        Parameters
        ----------
        strobe : StrobeSet
        planes : StrobePlanes
        yx : ndarray of float64, shape (n, 2)
        light : ndarray of float64, shape (n, d, d)
            Their own light in the on-axis frame.
        masks : ndarray of bool, shape (n, d, d)
            Which pixels of it count.
        sigma_dn : ndarray of float64, shape (n,)
            Noise of one pixel there.
        noise : NoiseModel
        """
        to_off, trusted, balance = planes.motions.to_off, planes.motions.trusted, planes.balance_at(yx)
        flux_dn = self.flux_elsewhere(strobe.off, to_off, yx, masks, trusted, noise) * balance
        summit_dn, peak_dn = self.summit_elsewhere(strobe.off, to_off, yx, trusted, sigma_dn)
        summit_dn = summit_dn * balance
        if not trusted:
            return OffAxisLight(flux_dn, summit_dn, peak_dn, np.zeros(len(yx)))
        reach, body_px = masks.shape[1] // 2, self._body_px()
        difference = window_at(planes.difference, yx, body_px)
        around = window_at(strobe.on.grey, yx, body_px) - difference
        level = np.median(around[:, ::2, ::2].reshape(len(yx), -1), axis=1)
        more, excess = _middle(difference, reach), _middle(around, reach) - level[:, None, None]
        other = np.maximum(np.minimum(window_at(planes.shared, yx, reach), excess), 0.0)
        sigma = planes.noise_gain * noise.sigma_dn(level)
        least = (self._options.segment_snr * sigma)[:, None, None]
        covered = -difference.min(axis=(1, 2))[:, None, None]
        own = masks & (more > np.maximum(least, covered))
        clear = own.any(axis=(1, 2))
        beside = np.where((-more > least) & self.disc, np.minimum(other, -more), 0.0).sum(axis=(1, 2))
        bias_dn = _HALF_GAUSSIAN_MEAN * sigma * own.sum(axis=(1, 2))
        own_dn = np.where(own, other, 0.0).sum(axis=(1, 2)) - bias_dn + beside
        pattern_dn = np.where(masks & ~own, np.minimum(light, other), 0.0).sum(axis=(1, 2))
        return OffAxisLight(
            flux_dn=np.where(clear, own_dn, flux_dn),
            summit_dn=summit_dn,
            peak_dn=peak_dn,
            pattern_dn=np.where(clear, pattern_dn, 0.0),
        )

    def dark_flux(
        self,
        strobe: StrobeSet,
        planes: StrobePlanes,
        yx: _Floats,
        masks: npt.NDArray[np.bool_],
        dark_noise: NoiseModel | None,
    ) -> _Floats | None:
        """Return the flux left without rings, brought to the on-axis exposure."""
        if strobe.dark is None or planes.motions.to_dark is None or dark_noise is None:
            return None
        flux = self.flux_elsewhere(strobe.dark, planes.motions.to_dark, yx, masks, planes.motions.trusted, dark_noise)
        return flux * (strobe.on.exposure / strobe.dark.exposure)

    def summit_elsewhere(
        self, item: WorkingFrame, motion: _Floats, yx: _Floats, trusted: bool, sigma_dn: _Floats
    ) -> tuple[_Floats, _Floats]:
        """Return how far the highest summit near a place stands over its own dark body, and the highest pixel.

        A single full-resolution pixel is no summit: no optics can do that, sparkle can.
        """
        there = map_places(motion, yx)
        search_px = max(1, self._search_px(trusted) - 1)  # nearer than for flux: walls between dark holes have summits
        grey = window_at(item.grey, there, search_px + 1)
        summit = highest_summit(grey, window_at(item.compact, there, search_px))
        speck = self.single_pixel(item, there, sigma_dn)
        return np.where(speck, 0.0, summit), np.asarray(grey.max(axis=(1, 2)))

    def clips(self, item: WorkingFrame, yx: _Floats) -> npt.NDArray[np.bool_]:
        """Mark places near which a full-resolution pixel is saturated; shrinking would average it away."""
        reach = _CORE_REACH * self._scale.factor
        peak = window_at(item.frame.pixels, self._scale.to_full(yx), reach).max(axis=(1, 2))
        return np.asarray(peak >= SATURATED * self._full_dn)

    def dimmed(
        self, strobe: StrobeSet, planes: StrobePlanes, yx: _Floats, masks: npt.NDArray[np.bool_], dark_dn: _Floats
    ) -> tuple[_Floats, _Floats]:
        """Return flux and height that clipped glints have at least, by what the dimmed ring shows of them.

        0 where the set has no dimmed frame, its ring's share or the motion is not known, or one pixel holds it all.
        Like everything that goes into the ratio they are lower bounds: noise is taken off, and what may still clip
        counts as clipped.
        """
        dim, to_dim, gain = strobe.dim, planes.motions.to_dim, planes.dim_gain
        if dim is None or to_dim is None or gain is None or not planes.motions.trusted:
            return np.zeros(len(yx)), np.zeros(len(yx))
        there = map_places(to_dim, yx)
        level_dn = self.level_dn(dim, there)
        sigma_dn = estimate_noise(dim.grey, self._full_dn).sigma_dn(level_dn)
        light = self.light(dim, there, level_dn, self.disc.shape[0] // 2)
        area_px = masks.sum(axis=(1, 2))
        noise_dn = sigma_dn * (_HALF_GAUSSIAN_MEAN * area_px + FLUX_SIGMA * np.sqrt(area_px))
        own_dn = dark_dn * (dim.exposure / strobe.on.exposure)
        flux_dn = matched_flux(light, masks) - noise_dn - own_dn
        reach = light.shape[1] // 2
        core = light[:, reach - 1 : reach + 2, reach - 1 : reach + 2].max(axis=(1, 2))
        height_dn = core - SUMMIT_SIGMA * sigma_dn - own_dn
        seen = ~self.single_pixel(dim, there, sigma_dn)
        lower = np.where(seen, gain, 0.0)
        return lower * np.maximum(flux_dn, 0.0) + dark_dn * seen, lower * np.maximum(height_dn, 0.0)

    def single_pixel(self, item: WorkingFrame, yx: _Floats, sigma_dn: _Floats) -> npt.NDArray[np.bool_]:
        """Mark what is one full-resolution pixel: its share of the three by three around the brightest one."""
        factor = self._scale.factor
        sigma_full_dn = sigma_dn * factor  # averaging took the noise of factor^2 pixels down by the factor
        reach = _CORE_REACH + factor
        wide = window_at(item.frame.pixels, self._scale.to_full(yx), reach)
        middle = wide[:, 1:-1, 1:-1].reshape(len(yx), -1)
        row, column = np.unravel_index(middle.argmax(axis=1), (2 * reach - 1, 2 * reach - 1))
        nine = np.lib.stride_tricks.sliding_window_view(wide, (3, 3), axis=(1, 2))[np.arange(len(yx)), row, column]
        nine = nine.reshape(len(yx), -1)
        ground = nine.min(axis=1) + _LEAST_OF_NINE_SIGMA * sigma_full_dn  # a lens's dark hole is its ground
        around = np.maximum((nine - ground[:, None]).sum(axis=1), 1e-6)
        return np.asarray(nine[:, 4] - ground > _SINGLE_SHARE * around)

    def _body_px(self) -> int:
        """Return how far around a place its surroundings are looked at: an even number, the widest glint."""
        return 2 * int(np.ceil(self._scale.px(self._options.max_extent_deg) / 2))

    def _search_px(self, trusted: bool) -> int:
        """Return how far around its place light is looked for in another frame.

        Not at all where registration is trusted: what a rounded pixel and parallax shift is still within the aperture,
        and a wall's pattern beside a lens must not be held against it.
        """
        return 0 if trusted else round(self._scale.px(self._options.search_untrusted_deg))


def _middle(windows: _Floats, radius_px: int) -> _Floats:
    """Return the middle of square windows, 2 * radius_px + 1 wide."""
    cut = windows.shape[1] // 2 - radius_px
    return windows[:, cut : cut + 2 * radius_px + 1, cut : cut + 2 * radius_px + 1]
