"""Candidate glints of one strobe set and their photometry."""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from detector.lens.differencing import StrobePlanes
from detector.lens.noise import NoiseModel, estimate_noise
from detector.lens.options import LensOptions
from detector.lens.photometry import (
    aperture_flux,
    disc_offsets,
    grow_within,
    highest_summit,
    longer_axis,
    matched_flux,
    window_at,
)
from detector.lens.ratio import FLUX_SIGMA, SUMMIT_SIGMA, Lights, lower_ratio
from detector.lens.registration import map_points
from detector.lens.strobe import StrobeSet
from detector.lens.working import WorkingFrame, WorkingScale

__all__ = ["Glint", "GlintFinder", "Reading"]

_Floats = npt.NDArray[np.float64]
_HALF_GAUSSIAN_MEAN = 0.4
_HALF_PEAK = 0.5
_SATURATED = 0.98
_SPECK_WEIGHT = 0.8  # of a single pixel's own light that does not count in the ranking
_SHARED_RANK = 0.25  # how much of what is not known to be shared counts beside what is known to be on-axis only
_CORE_REACH = 2  # full-resolution pixels about a glint in which its brightest is looked for
_LEAST_OF_NINE_SIGMA = 1.49  # by which the least of nine Gaussian pixels is expected below their mean
_SINGLE_SHARE = 0.65  # of nine pixels' light: through the sharpest lens the middle one has at most 0.4
_HOLE_RATIO = 3.0  # on-axis over off-axis level of a lens in a dark hole; glass has 2
_EXTENT_REACH = 0.7  # of the widest glint: a square of it still holds a disc that is too wide
_OPENING_BIAS_SIGMA = 1.3  # a top-hat of pure noise lies this far above zero


class Reading(StrEnum):
    """What one strobe set says of a candidate.

    `FAINT`: the off-axis ring showed nothing of it, but noise could have hidden that. Several sets together may tell.
    """

    RETRO = "retro"
    SPECULAR = "specular"
    DARK_RESIDUE = "dark_residue"
    TOO_LARGE = "too_large"
    FAINT = "faint"
    SATURATED = "saturated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Glint:
    """A compact light in an on-axis frame and what became of it under the other lights.

    Attributes
    ----------
    y_px, x_px : float
        Centroid of its compact flux, full-resolution pixels.
    flux_dn : float
        On-axis flux over the local background, working pixels times digital numbers; clipped pixels count as clipped.
    whole_dn : float
        The same with what was clipped, as far as a dimmed frame shows it; `flux_dn` where none does.
    ratio : float
        On-axis over balanced off-axis flux, both less the dark flux; or, if that is less, over the highest off-axis
        summit that stands in the same dark body. A lower bound: noise sets the least denominator, clipping lowers the
        numerator, unless a dimmed frame showed what was clipped.
    dark_residue : float or None
        Dark flux over on-axis flux, equal exposure; None without a dark frame.
    extent_deg : float
        Longer axis of the body within which the difference exceeds half its peak; a disc's diameter.
    saturated : bool
        Whether both the on-axis and the off-axis peak are clipped, so that the ratio says little.
    speck : bool
        Whether a single full-resolution pixel holds nearly all of it: no optics can do that, sparkle and bad pixels
        can.
    snr : float
    lights : Lights
        What `ratio` was made of.
    reading : Reading
    """

    y_px: float
    x_px: float
    flux_dn: float
    whole_dn: float
    ratio: float
    dark_residue: float | None
    extent_deg: float
    saturated: bool
    speck: bool
    snr: float
    lights: Lights
    reading: Reading


class GlintFinder:
    """Finds and measures glints; configured once, called per strobe set."""

    def __init__(self, options: LensOptions, scale: WorkingScale, black_level_dn: float, full_scale_dn: float) -> None:
        self._options = options
        self._scale = scale
        self._black_dn = black_level_dn
        self._full_dn = full_scale_dn
        self._radius_px = max(1.5, scale.px(options.aperture_deg))
        self._disc = disc_offsets(self._radius_px)

    def find(
        self, strobe: StrobeSet, planes: StrobePlanes, noise: NoiseModel, dark_noise: NoiseModel | None
    ) -> tuple[Glint, ...]:
        """Return the strongest candidates, each with its reading, brightest in rank first; possibly none.

        Parameters
        ----------
        strobe : StrobeSet
        planes : StrobePlanes
        noise, dark_noise : NoiseModel
            Of the lit frames and of the dark frame.
        """
        yx, level_dn, snr = self._candidates(strobe.on, planes, noise)
        if not len(yx):
            return ()
        threshold = self._threshold_dn(level_dn, noise)
        reach = self._disc.shape[0] // 2
        yx = _centroids(self._own_light(strobe.on, planes, yx, level_dn, reach, noise), yx, threshold)
        first = _untouched(yx, self._radius_px)  # two peaks of one blob have just met at its centroid
        yx, level_dn, threshold, snr = yx[first], level_dn[first], threshold[first], snr[first]
        light = self._own_light(strobe.on, planes, yx, level_dn, reach, noise)
        masks = (light > threshold[:, None, None]) & self._disc
        on_dn = aperture_flux(light, self._disc, threshold)
        balance = planes.balance_at(yx)
        to_off, trusted = planes.motions.to_off, planes.motions.trusted
        off_dn = self._flux_elsewhere(strobe.off, to_off, yx, masks, trusted, noise) * balance
        dark_dn = self._dark_flux(strobe, planes, yx, masks, dark_noise)
        area_px = np.maximum(masks.sum(axis=(1, 2)), 1)
        sigma_dn = noise.sigma_dn(level_dn) * max(1.0, planes.balance)
        floor_dn = FLUX_SIGMA * sigma_dn * np.sqrt(area_px)
        summit_dn, off_peak = self._summit_elsewhere(strobe.off, to_off, yx, trusted, sigma_dn)
        core = light[:, reach - 1 : reach + 2, reach - 1 : reach + 2]
        on_summit = np.maximum(window_at(strobe.on.compact, yx, 1), core).max(axis=(1, 2))
        whole_dn, told_dn, told_summit = on_dn, on_dn, on_summit
        if dark_dn is not None:
            more_dn, higher = self._dimmed(strobe, planes, yx, masks, dark_dn)
            whole_dn = np.where(self._clips(strobe.on, yx), np.maximum(on_dn, more_dn), on_dn)
            # What clips under both rings is as bright as that, but of the ratio nothing more is known.
            told = (whole_dn > on_dn) & ~self._clips(strobe.off, map_points(to_off, yx[:, ::-1])[:, ::-1])
            told_dn = np.where(told, whole_dn, on_dn)
            told_summit = np.where(told, np.maximum(on_summit, higher), on_summit)
        lamp_dn = 0.0 if dark_dn is None else dark_dn
        lights = Lights(
            on_dn=told_dn - lamp_dn,
            off_dn=off_dn - lamp_dn,
            sigma_dn=sigma_dn * np.sqrt(area_px),
            on_summit_dn=told_summit,
            off_summit_dn=summit_dn * balance - SUMMIT_SIGMA * sigma_dn,
            summit_sigma_dn=sigma_dn,
        )
        on_peak = window_at(strobe.on.grey, yx, 1).max(axis=(1, 2))
        table = _Table(
            yx=self._scale.to_full(yx),
            flux=np.maximum(on_dn, 1.0),
            whole=np.maximum(whole_dn, 1.0),
            lights=lights,
            ratio=lower_ratio(lights, self._options.ratio_cap),
            residue=None if dark_dn is None else dark_dn / np.maximum(on_dn, floor_dn),
            length_px=self._length_px(planes, yx),
            saturated=np.minimum(on_peak, off_peak) >= _SATURATED * self._full_dn,
            snr=snr,
            speck=self._single_pixel(strobe.on, yx, sigma_dn),
        )
        return tuple(self._glint(table, k) for k in range(len(yx)))

    def _glint(self, table: "_Table", k: int) -> Glint:
        residue, lights = None if table.residue is None else float(table.residue[k]), table.lights.at(k)
        ratio, saturated = float(table.ratio[k]), bool(table.saturated[k])
        extent_deg = float(np.degrees(table.length_px[k] / self._scale.focal_px))
        return Glint(
            y_px=float(table.yx[k, 0]),
            x_px=float(table.yx[k, 1]),
            flux_dn=float(table.flux[k]),
            whole_dn=float(table.whole[k]),
            ratio=ratio,
            dark_residue=residue,
            extent_deg=extent_deg,
            saturated=saturated,
            speck=bool(table.speck[k]),
            snr=float(table.snr[k]),
            lights=lights,
            reading=self._read(lights, ratio, residue, extent_deg, saturated),
        )

    def _candidates(
        self, on: WorkingFrame, planes: StrobePlanes, noise: NoiseModel
    ) -> tuple[_Floats, _Floats, _Floats]:
        """Return (y, x), surrounding level and SNR of compact peaks, ranked by what off-axis light lacks."""
        o = self._options
        compact = self._standing_out(on, planes)
        margin = int(np.ceil(self._scale.px(o.border_deg)))
        least_dn = (o.detect_snr + _OPENING_BIAS_SIGMA) * float(noise.sigma_dn(self._black_dn))
        peak = compact == cv2.dilate(compact, np.ones((3, 3), np.uint8))
        y, x = np.nonzero(peak[margin:-margin, margin:-margin] & (compact[margin:-margin, margin:-margin] > least_dn))
        y, x = y + margin, x + margin
        height = compact[y, x].astype(np.float64)
        clear = height > (o.detect_snr + _OPENING_BIAS_SIGMA) * noise.sigma_dn(on.grey[y, x] - height)
        y, x, height = y[clear], x[clear], height[clear]
        rank = self._rank(compact, planes, y, x)
        order = np.argsort(-rank, kind="stable")
        cells = _cells(y[order], x[order], max(1, int(self._radius_px)))
        best = np.sort(np.unique(cells, return_index=True)[1])[: 2 * o.max_candidates]
        yx = np.column_stack([y, x])[order[best]].astype(np.float64)
        yx = yx[_untouched(yx, self._radius_px)][: o.max_candidates]
        level = self._level_dn(on, yx)
        light = self._own_light(on, planes, yx, level, 1, noise)
        height, nine = light[:, 1, 1], light.sum(axis=(1, 2))
        # Clipping takes the height of a bright glint away but not its width: nine pixels jitter three times as much.
        snr = np.maximum(height, nine / 3) / noise.sigma_dn(level)
        strong = (snr > o.detect_snr) & (height > o.min_contrast * (level - self._black_dn))
        return yx[strong], level[strong], snr[strong]

    def _rank(
        self, compact: npt.NDArray[np.float32], planes: StrobePlanes, y: npt.NDArray[np.intp], x: npt.NDArray[np.intp]
    ) -> _Floats:
        """Return by how much the nine pixels around each place say retro-reflector.

        Light that came through optics covers more than one pixel, sparkle does not: neither a sparkling room nor a
        clipped pipe must fill the list. What the off-axis ring lights as well hardly counts.
        """
        nine = _nine(compact)[y, x] - _SPECK_WEIGHT * compact[y, x]
        if not planes.motions.trusted:
            return np.asarray(nine - self._options.shared_light_weight * _nine(planes.shared)[y, x])
        more = _nine(planes.difference)[y, x] - _SPECK_WEIGHT * planes.difference[y, x]
        return np.asarray(more + (1 - self._options.shared_light_weight) * _SHARED_RANK * nine)

    def _standing_out(self, on: WorkingFrame, planes: StrobePlanes) -> npt.NDArray[np.float32]:
        """Return what stands out of the on-axis frame, or of the difference where that is to be relied on.

        A lens in a dark hole may shine no brighter than the wall around it; only the difference shows it then.
        """
        compact = np.asarray(on.compact, dtype=np.float32)
        if not planes.motions.trusted:
            return compact
        return np.asarray(cv2.max(compact, planes.difference / np.float32(_pair_noise(planes))), dtype=np.float32)

    def _own_light(
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
        light = self._light(on, yx, level_dn, radius_px)
        if not planes.motions.trusted:
            return light
        more = window_at(planes.difference, yx, radius_px)
        least = _pair_noise(planes) * self._threshold_dn(level_dn, noise)
        covered = -window_at(planes.difference, yx, self._body_px()).min(axis=(1, 2))
        least = np.maximum(least, covered)
        other = window_at(on.grey, yx, radius_px) - more - self._black_dn
        clear = (more > least[:, None, None]) & (more > (_HOLE_RATIO - 1) * other)
        return np.maximum(light, np.where(clear, more, 0.0))

    def _body_px(self) -> int:
        """Return how far around a place its surroundings are looked at: an even number, the widest glint."""
        return 2 * int(np.ceil(self._scale.px(self._options.max_extent_deg) / 2))

    def _level_dn(self, item: WorkingFrame, yx: _Floats) -> _Floats:
        """Return the median around each place, from every other pixel."""
        around = window_at(item.grey, yx, self._body_px())[:, ::2, ::2]
        return np.asarray(np.median(around.reshape(len(yx), around.shape[1] * around.shape[2]), axis=1))

    def _light(self, item: WorkingFrame, yx: _Floats, level_dn: _Floats, radius_px: int) -> _Floats:
        """Return windows of what is both compact and above the surroundings.

        The top-hat alone takes wall between two dark holes for light; the excess alone takes a step in the wall's
        pattern for it. A glint is both.
        """
        excess = window_at(item.grey, yx, radius_px) - level_dn[:, None, None]
        return np.maximum(np.minimum(window_at(item.compact, yx, radius_px), excess), 0.0)

    def _threshold_dn(self, level_dn: _Floats, noise: NoiseModel) -> _Floats:
        return np.asarray(self._options.segment_snr * noise.sigma_dn(level_dn))

    def _search_px(self, trusted: bool) -> int:
        """Return how far around its place light is looked for in another frame.

        Not at all where registration is trusted: what a rounded pixel and parallax shift is still within the aperture,
        and a wall's pattern beside a lens must not be held against it.
        """
        return 0 if trusted else round(self._scale.px(self._options.search_untrusted_deg))

    def _summit_elsewhere(
        self, item: WorkingFrame, motion: _Floats, yx: _Floats, trusted: bool, sigma_dn: _Floats
    ) -> tuple[_Floats, _Floats]:
        """Return how far the highest summit near a place stands over its own dark body, and the highest pixel.

        A single full-resolution pixel is no summit: no optics can do that, sparkle can.
        """
        there = map_points(motion, yx[:, ::-1])[:, ::-1]
        search_px = max(1, self._search_px(trusted) - 1)  # nearer than for flux: walls between dark holes have summits
        grey = window_at(item.grey, there, search_px + 1)
        summit = highest_summit(grey, window_at(item.compact, there, search_px))
        speck = self._single_pixel(item, there, sigma_dn)
        return np.where(speck, 0.0, summit), np.asarray(grey.max(axis=(1, 2)))

    def _flux_elsewhere(
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
        there = map_points(motion, yx[:, ::-1])[:, ::-1]
        level = self._level_dn(item, there)
        light = self._light(item, there, level, self._disc.shape[0] // 2 + self._search_px(trusted))
        bias_dn = _HALF_GAUSSIAN_MEAN * noise.sigma_dn(level) * masks.sum(axis=(1, 2))
        same_shape = matched_flux(light, masks) - bias_dn
        any_shape = aperture_flux(light, self._disc, self._threshold_dn(level, noise))
        return np.asarray(np.maximum(same_shape, any_shape))

    def _dark_flux(
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
        flux = self._flux_elsewhere(strobe.dark, planes.motions.to_dark, yx, masks, planes.motions.trusted, dark_noise)
        return flux * (strobe.on.exposure / strobe.dark.exposure)

    def _clips(self, item: WorkingFrame, yx: _Floats) -> npt.NDArray[np.bool_]:
        """Mark places near which a full-resolution pixel is saturated; shrinking would average it away."""
        reach = _CORE_REACH * self._scale.factor
        peak = window_at(item.frame.pixels, self._scale.to_full(yx), reach).max(axis=(1, 2))
        return np.asarray(peak >= _SATURATED * self._full_dn)

    def _dimmed(
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
        there = map_points(to_dim, yx[:, ::-1])[:, ::-1]
        level_dn = self._level_dn(dim, there)
        sigma_dn = estimate_noise(dim.grey, self._full_dn).sigma_dn(level_dn)
        light = self._light(dim, there, level_dn, self._disc.shape[0] // 2)
        area_px = masks.sum(axis=(1, 2))
        noise_dn = sigma_dn * (_HALF_GAUSSIAN_MEAN * area_px + FLUX_SIGMA * np.sqrt(area_px))
        own_dn = dark_dn * (dim.exposure / strobe.on.exposure)
        flux_dn = matched_flux(light, masks) - noise_dn - own_dn
        reach = light.shape[1] // 2
        core = light[:, reach - 1 : reach + 2, reach - 1 : reach + 2].max(axis=(1, 2))
        height_dn = core - SUMMIT_SIGMA * sigma_dn - own_dn
        seen = ~self._single_pixel(dim, there, sigma_dn)
        lower = np.where(seen, gain, 0.0)
        return lower * np.maximum(flux_dn, 0.0) + dark_dn * seen, lower * np.maximum(height_dn, 0.0)

    def _single_pixel(self, item: WorkingFrame, yx: _Floats, sigma_dn: _Floats) -> npt.NDArray[np.bool_]:
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

    def _length_px(self, planes: StrobePlanes, yx: _Floats) -> _Floats:
        """Return the longer axis, in working pixels, of what exceeds half the difference's peak and hangs together.

        A lens is round. A highlight cut off by the edge of a plate is a sliver of the same area, and long.
        """
        radius = int(np.ceil(_EXTENT_REACH * self._scale.px(self._options.max_extent_deg)))
        patch = window_at(planes.difference, yx, radius)
        core = np.zeros_like(patch)
        core[:, radius - 1 : radius + 2, radius - 1 : radius + 2] = 1.0
        peak = np.maximum((patch * core).max(axis=(1, 2)), 1e-6)[:, None, None]
        bright = patch > _HALF_PEAK * peak
        body = grow_within(bright & (core > 0), bright, radius)
        return longer_axis(body)

    def _read(self, lights: Lights, ratio: float, residue: float | None, extent_deg: float, saturated: bool) -> Reading:
        o = self._options
        if residue is not None and residue > o.max_dark_residue:
            return Reading.DARK_RESIDUE
        if ratio < o.min_ratio and lights.unseen_off_axis:
            return Reading.FAINT
        if ratio < o.min_ratio:
            return Reading.SATURATED if saturated and ratio > np.sqrt(o.min_ratio) else Reading.SPECULAR
        return Reading.TOO_LARGE if extent_deg > o.max_extent_deg else Reading.RETRO


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Photometry of all candidates, one array per column."""

    yx: _Floats
    flux: _Floats
    whole: _Floats
    lights: Lights
    ratio: _Floats
    residue: _Floats | None
    length_px: _Floats
    saturated: npt.NDArray[np.bool_]
    snr: _Floats
    speck: npt.NDArray[np.bool_]


def _nine(image: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.boxFilter(image, cv2.CV_32F, (3, 3), normalize=False), dtype=np.float32)


def _pair_noise(planes: StrobePlanes) -> float:
    """Return how much noisier the difference is than one frame."""
    return float(np.hypot(1.0, planes.balance))


def _cells(y: npt.NDArray[np.intp], x: npt.NDArray[np.intp], side_px: int) -> npt.NDArray[np.intp]:
    """Return the number of the square cell of each peak: a clipped pipe is a plateau of hundreds of peaks.

    Keeping the best of each cell stops it from crowding everything else out.
    """
    return np.asarray(y // side_px * (1 << 16) + x // side_px)


def _untouched(yx: _Floats, distance_px: float) -> npt.NDArray[np.bool_]:
    """Mark the best-ranked of places that touch: plateaus of clipped pixels have many equal maxima."""
    close = np.abs(yx[:, None] - yx[None]).max(axis=2) <= distance_px
    beaten = np.zeros(len(yx), dtype=bool)
    for k in np.flatnonzero(np.tril(close, -1).any(axis=1)):
        beaten[k] = bool((close[k, :k] & ~beaten[:k]).any())
    return ~beaten


def _centroids(light: _Floats, yx: _Floats, threshold_dn: _Floats) -> _Floats:
    radius = light.shape[1] // 2
    weight = np.where(light > threshold_dn[:, None, None], light, 0.0)
    axis = np.arange(-radius, radius + 1)
    total = np.maximum(weight.sum(axis=(1, 2)), 1e-9)
    dy = (weight * axis[None, :, None]).sum(axis=(1, 2)) / total
    dx = (weight * axis[None, None, :]).sum(axis=(1, 2)) / total
    return np.asarray(np.round(yx) + np.column_stack([dy, dx]))
