"""Glints of one strobe set: what each candidate gives under every light, and what that says of it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from detector.lens.candidates import CandidateFinder, untouched
from detector.lens.differencing import StrobePlanes
from detector.lens.light_meter import LightMeter
from detector.lens.noise import NoiseModel
from detector.lens.off_axis_only import OffAxisFinder
from detector.lens.options import LensOptions
from detector.lens.photometry import aperture_flux, grow_within, longer_axis, window_at
from detector.lens.ratio import FLUX_SIGMA, SUMMIT_SIGMA, Lights, lower_ratio
from detector.lens.registration import map_places
from detector.lens.strobe import StrobeSet
from detector.lens.working import SATURATED, WorkingScale

__all__ = ["Glint", "GlintFinder", "Reading"]

_Floats = npt.NDArray[np.float64]
_HALF_PEAK = 0.5
_EXTENT_REACH = 0.7  # of the widest glint: a square of it still holds a disc that is too wide


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
        self._full_dn = full_scale_dn
        self._meter = LightMeter(options, scale, black_level_dn, full_scale_dn)
        self._candidates = CandidateFinder(options, scale, black_level_dn, self._meter)
        self._off_axis = OffAxisFinder(options, scale, black_level_dn)

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
        yx, level_dn, snr = self._candidates.find(strobe.on, planes, noise)
        if not len(yx):
            return ()
        meter = self._meter
        threshold = meter.threshold_dn(level_dn, noise)
        reach = meter.disc.shape[0] // 2
        yx = _centroids(meter.own_light(strobe.on, planes, yx, level_dn, reach, noise), yx, threshold)
        first = untouched(yx, meter.radius_px)  # two peaks of one blob have just met at its centroid
        yx, level_dn, threshold, snr = yx[first], level_dn[first], threshold[first], snr[first]
        light = meter.own_light(strobe.on, planes, yx, level_dn, reach, noise)
        masks = (light > threshold[:, None, None]) & meter.disc
        own = _Own(
            yx=yx,
            light=light,
            masks=masks,
            on_dn=aperture_flux(light, meter.disc, threshold),
            sigma_dn=noise.sigma_dn(level_dn) * max(1.0, planes.balance),
            dark_dn=meter.dark_flux(strobe, planes, yx, masks, dark_noise),
        )
        table = self._table(strobe, planes, own, noise)
        return tuple(self._glint(table, k, float(snr[k])) for k in range(len(yx)))

    def find_off_axis_only(self, strobe: StrobeSet, planes: StrobePlanes, noise: NoiseModel) -> _Floats:
        """Return (y, x, 1 for a single pixel) of what only the off-axis ring shows, full-resolution pixels, (n, 3)."""
        yx, speck = self._off_axis.find(strobe, planes, noise)
        return np.column_stack([self._scale.to_full(yx), speck])

    def _table(self, strobe: StrobeSet, planes: StrobePlanes, own: "_Own", noise: NoiseModel) -> "_Table":
        meter, yx = self._meter, own.yx
        noise_dn = own.sigma_dn * np.sqrt(np.maximum(own.masks.sum(axis=(1, 2)), 1))
        off = meter.off_axis_light(strobe, planes, yx, own.light, own.masks, own.sigma_dn, noise)
        whole_dn, told_dn, told_summit = self._unclipped(strobe, planes, own)
        lamp_dn = 0.0 if own.dark_dn is None else own.dark_dn
        lights = Lights(
            on_dn=told_dn - off.pattern_dn - lamp_dn,
            off_dn=off.flux_dn - lamp_dn,
            sigma_dn=noise_dn,
            on_summit_dn=told_summit,
            off_summit_dn=off.summit_dn - SUMMIT_SIGMA * own.sigma_dn,
            summit_sigma_dn=own.sigma_dn,
        )
        residue = None if own.dark_dn is None else own.dark_dn / np.maximum(own.on_dn, FLUX_SIGMA * noise_dn)
        on_peak = window_at(strobe.on.grey, yx, 1).max(axis=(1, 2))
        return _Table(
            yx=self._scale.to_full(yx),
            flux=np.maximum(own.on_dn, 1.0),
            whole=np.maximum(whole_dn, 1.0),
            lights=lights,
            ratio=lower_ratio(lights, self._options.ratio_cap),
            unseen=np.asarray(lights.unseen_off_axis),
            residue=residue,
            length_px=self._length_px(planes, yx),
            saturated=np.minimum(on_peak, off.peak_dn) >= SATURATED * self._full_dn,
            speck=meter.single_pixel(strobe.on, yx, own.sigma_dn),
        )

    def _unclipped(self, strobe: StrobeSet, planes: StrobePlanes, own: "_Own") -> tuple[_Floats, _Floats, _Floats]:
        """Return flux with what the dimmed ring shows of what clipped, and flux and height that may go into a ratio.

        What clips under both rings is as bright as the dimmed ring says, but of its ratio nothing more is known.
        """
        reach = own.light.shape[1] // 2
        core = own.light[:, reach - 1 : reach + 2, reach - 1 : reach + 2]
        summit = np.maximum(window_at(strobe.on.compact, own.yx, 1), core).max(axis=(1, 2))
        at = self._meter.clips(strobe.on, own.yx)
        if own.dark_dn is None or not at.any():
            return own.on_dn, own.on_dn, summit
        more_dn, higher = self._meter.dimmed(strobe, planes, own.yx[at], own.masks[at], own.dark_dn[at])
        whole_dn, told_dn, told_summit = own.on_dn.copy(), own.on_dn.copy(), summit.copy()
        whole_dn[at] = np.maximum(own.on_dn[at], more_dn)
        there = map_places(planes.motions.to_off, own.yx[at])
        told = at.copy()
        told[at] = (more_dn > own.on_dn[at]) & ~self._meter.clips(strobe.off, there)
        told_dn[told] = whole_dn[told]
        told_summit[told] = np.maximum(summit[told], higher[told[at]])
        return whole_dn, told_dn, told_summit

    def _glint(self, table: "_Table", k: int, snr: float) -> Glint:
        residue = None if table.residue is None else float(table.residue[k])
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
            snr=snr,
            lights=table.lights.at(k),
            reading=self._read(ratio, bool(table.unseen[k]), residue, extent_deg, saturated),
        )

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

    def _read(self, ratio: float, unseen: bool, residue: float | None, extent_deg: float, saturated: bool) -> Reading:
        o = self._options
        if residue is not None and residue > o.max_dark_residue:
            return Reading.DARK_RESIDUE
        if ratio < o.min_ratio and unseen:
            return Reading.FAINT
        if ratio < o.min_ratio:
            return Reading.SATURATED if saturated and ratio > np.sqrt(o.min_ratio) else Reading.SPECULAR
        return Reading.TOO_LARGE if extent_deg > o.max_extent_deg else Reading.RETRO


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """All candidates in the on-axis frame: places, their light, which pixels of it count, its flux, noise and lamp."""

    yx: _Floats
    light: _Floats
    masks: npt.NDArray[np.bool_]
    on_dn: _Floats
    sigma_dn: _Floats
    dark_dn: _Floats | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Photometry of all candidates, one array per column."""

    yx: _Floats
    flux: _Floats
    whole: _Floats
    lights: Lights
    ratio: _Floats
    unseen: npt.NDArray[np.bool_]
    residue: _Floats | None
    length_px: _Floats
    saturated: npt.NDArray[np.bool_]
    speck: npt.NDArray[np.bool_]


def _centroids(light: _Floats, yx: _Floats, threshold_dn: _Floats) -> _Floats:
    radius = light.shape[1] // 2
    weight = np.where(light > threshold_dn[:, None, None], light, 0.0)
    axis = np.arange(-radius, radius + 1)
    total = np.maximum(weight.sum(axis=(1, 2)), 1e-9)
    dy = (weight * axis[None, :, None]).sum(axis=(1, 2)) / total
    dx = (weight * axis[None, None, :]).sum(axis=(1, 2)) / total
    return np.asarray(np.round(yx) + np.column_stack([dy, dx]))
