"""What a lens of known aperture sends back at a known distance."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from detector.lens.calibration.options import CalibrationOptions
from detector.lens.calibration.refusal import Refusal, RefusedError
from detector.lens.calibration.results import ReferenceResult
from detector.lens.calibration.stack import FrameStack, stack_rings
from detector.lens.retro import retro_lobe
from detector.lens.working import SATURATED
from detector.types import CameraGeometry, Frame, LedState

__all__ = ["measure_reference"]

_Image = npt.NDArray[np.float32]
_Floats = npt.NDArray[np.float64]
_LEAST_RADIUS_PX = 6.0  # 99.99 % of a point whose blur is 1.4 px
_RADIUS_APERTURES = 1.0  # flux is summed this much further out
_WALL_RADII = (1.2, 2.5)  # of the ring around, in which the wall's level is taken
_LEAST_WALL_DN = 1.0
_WIDEST_RING = 0.9  # of the lobe's edge: 4 % of the light on axis are left there
_MAD_TO_SIGMA = 1.4826


def measure_reference(
    frames: Sequence[Frame],
    geometry: CameraGeometry,
    aperture_mm: float,
    distance_mm: float,
    options: CalibrationOptions,
) -> ReferenceResult:
    """Measure a reference lens that faces the camera on a plain wall; both stand still.

    Parameters
    ----------
    frames : sequence of Frame
        On-axis, off-axis and dark ones, each light at one exposure and gain.
    geometry : CameraGeometry
    aperture_mm, distance_mm : float
        The lens's entrance pupil, and how far from the camera it stands.
    options : CalibrationOptions

    Raises
    ------
    RefusedError
        Too few frames; no glint; several; clipped; scattering from frame to frame; a ring outside the lobe assumed.

    Notes
    -----
    On-axis less balanced off-axis picture, both less the dark one: what only the on-axis ring lights up. Its flux over
    the picture of the aperture's area, pi / 4 (a f / d)^2 pixels, is the lens's radiance, whatever the blur. The wall
    around gives the radiance of white by its albedo. The lens must be smaller than its glint's surroundings are plain.
    """
    bench = _Bench(geometry, aperture_mm, distance_mm, options)
    bench.check_ring()
    on, off, dark = stack_rings(frames, geometry)
    lit, other = (stack.light(dark, geometry.black_level_dn) for stack in (on, off))
    balance = _balance(lit, other)
    base_dn2 = balance**2 * off.variance / off.count + (1 - balance) ** 2 * dark.variance / dark.count
    noise_dn2 = float(np.median(on.variance / on.count + base_dn2))
    y, x = _one_glint(lit - np.float32(balance) * other, noise_dn2, bench.radius_px, options)
    place = _Place.at(y, x, bench.radius_px, on.mean.shape)
    _check_clipping(frames, place, 2**geometry.bit_depth - 1)
    base = on.mean - lit + np.float32(balance) * other
    fluxes = np.array([place.flux(f.pixels.astype(np.float32) - base) for f in frames if f.led is LedState.ON_AXIS])
    if fluxes.mean() <= 0:
        raise RefusedError(Refusal.NO_GLINT, "reference lens: the glint adds no light to its surroundings")
    flux = _Flux.of(fluxes, place.pixel_noise_dn2(on), float(base_dn2[place.window][place.inside].sum()))
    if flux.spread > options.max_glint_spread:
        line = f"reference lens: its flux scatters by {flux.spread:.0%} from frame to frame: fix lens and camera"
        raise RefusedError(Refusal.UNSTEADY, line, spread=flux.spread)
    return bench.result(place, flux, on, place.wall(lit))


@dataclass(frozen=True, slots=True)
class _Flux:
    """The glint's flux: mean over the frames, its standard error, and its relative scatter beyond pixels' noise."""

    mean_dn: float
    error_dn: float
    spread: float

    @classmethod
    def of(cls, fluxes: _Floats, noise_dn2: float, base_dn2: float) -> "_Flux":
        mean_dn, scatter_dn2 = float(fluxes.mean()), float(fluxes.var(ddof=1))
        spread = float(np.sqrt(max(scatter_dn2 - noise_dn2, 0.0))) / mean_dn
        return cls(mean_dn, float(np.sqrt(scatter_dn2 / fluxes.size + base_dn2)), spread)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What stands where, as the technician says."""

    geometry: CameraGeometry
    aperture_mm: float
    distance_mm: float
    options: CalibrationOptions

    @property
    def aperture_px(self) -> float:
        return self.aperture_mm * self.geometry.focal_px / self.distance_mm

    @property
    def radius_px(self) -> float:
        return _LEAST_RADIUS_PX + _RADIUS_APERTURES * self.aperture_px

    @property
    def ring_deg(self) -> float:
        return float(np.degrees(np.arctan2(self.geometry.on_axis_radius_mm, self.distance_mm)))

    def check_ring(self) -> None:
        """Refuse a ring so near the edge of the lobe assumed that gain on axis would rest on the edge's place."""
        edge_deg = self.options.reference_edge_deg
        if self.ring_deg > _WIDEST_RING * edge_deg:
            line = (
                f"reference lens: the ring stands {self.ring_deg:.2f} deg off the lens, its lobe is taken to end at "
                f"{edge_deg:g}: stand further off"
            )
            raise RefusedError(Refusal.BEYOND_LOBE, line, ring_deg=self.ring_deg, edge_deg=edge_deg)

    def result(self, place: "_Place", flux: _Flux, stack: FrameStack, wall: tuple[float, float]) -> ReferenceResult:
        """Turn flux and wall (level in DN, relative error) into gains."""
        wall_dn, wall_error = wall
        white_dn = wall_dn / self.options.wall_albedo
        gain = flux.mean_dn / (np.pi / 4 * self.aperture_px**2) / white_dn
        relative_error = float(np.hypot(flux.error_dn / flux.mean_dn, wall_error))
        ring_mm = self.geometry.on_axis_radius_mm
        on_axis = gain / retro_lobe(1.0, self.options.reference_edge_deg, ring_mm, self.distance_mm)
        return ReferenceResult(
            gain_over_white=gain,
            gain_error=gain * relative_error,
            retro_gain=on_axis,
            retro_gain_error=on_axis * relative_error,
            edge_deg=self.options.reference_edge_deg,
            spread=flux.spread,
            snr=flux.mean_dn / max(flux.error_dn, 1e-9),
            y_px=place.y_px,
            x_px=place.x_px,
            flux_dn=flux.mean_dn,
            wall_dn_at_1m=white_dn * (self.distance_mm / 1000) ** 2 / stack.exposure,
            aperture_mm=self.aperture_mm,
            distance_mm=self.distance_mm,
            ring_deg=self.ring_deg,
            frames=stack.count,
        )


def _balance(lit: _Image, other: _Image) -> float:
    """Return the ratio of the rings on the wall; the ratio of medians, which the glint does not move."""
    wall_on, wall_off = float(np.median(lit)), float(np.median(other))
    if wall_on < _LEAST_WALL_DN or wall_off < _LEAST_WALL_DN:
        line = f"reference lens: the rings add {wall_on:.1f} and {wall_off:.1f} DN to the wall: not lit, or too far"
        raise RefusedError(Refusal.RING_NOT_LIT, line, on_dn=wall_on, off_dn=wall_off)
    return wall_on / wall_off


def _one_glint(
    difference: _Image, noise_dn2: float, radius_px: float, options: CalibrationOptions
) -> tuple[float, float]:
    """Return the centroid of the only compact light in the difference."""
    side = 2 * int(np.ceil(radius_px)) + 1
    compact = cv2.blur(difference, (3, 3)) * np.float32(9)
    scatter = _MAD_TO_SIGMA * float(np.median(np.abs(compact - np.median(compact))))
    sigma = max(3 * np.sqrt(noise_dn2), scatter, 1e-6)
    margin = side
    inner = compact[margin:-margin, margin:-margin] - np.float32(np.median(compact))
    y, x = np.unravel_index(int(inner.argmax()), inner.shape)
    first = float(inner[y, x])
    if first < options.min_glint_snr * sigma:
        line = f"reference lens: no glint ({first / sigma:.0f} times the noise, {options.min_glint_snr:g} are needed)"
        raise RefusedError(Refusal.NO_GLINT, line, snr=first / sigma)
    hidden = inner.copy()
    hidden[max(0, y - side) : y + side + 1, max(0, x - side) : x + side + 1] = 0
    second = float(hidden.max())
    if second > max(options.max_second_glint * first, options.min_glint_snr / 2 * sigma):
        line = f"reference lens: a second glint of {second / first:.0%} of the first: cover everything else that shines"
        raise RefusedError(Refusal.SEVERAL_GLINTS, line, share=second / first)
    around = difference[y + margin - 2 : y + margin + 3, x + margin - 2 : x + margin + 3].astype(np.float64)
    weight = np.maximum(around - np.median(difference), 0)
    axis = np.arange(-2, 3)
    dy, dx = (weight.sum(axis=1) * axis).sum(), (weight.sum(axis=0) * axis).sum()
    return float(y + margin + dy / weight.sum()), float(x + margin + dx / weight.sum())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the glint is: its aperture and the ring of wall around it, in a window of the picture."""

    y_px: float
    x_px: float
    window: tuple[slice, slice]
    inside: npt.NDArray[np.bool_]
    around: npt.NDArray[np.bool_]

    @classmethod
    def at(cls, y_px: float, x_px: float, radius_px: float, shape: tuple[int, ...]) -> "_Place":
        reach = int(np.ceil(_WALL_RADII[1] * radius_px))
        rows = slice(max(0, round(y_px) - reach), min(shape[0], round(y_px) + reach + 1))
        columns = slice(max(0, round(x_px) - reach), min(shape[1], round(x_px) + reach + 1))
        y, x = np.mgrid[rows, columns]
        distance = np.hypot(y - y_px, x - x_px) / radius_px
        around = (distance >= _WALL_RADII[0]) & (distance <= _WALL_RADII[1])
        return cls(y_px, x_px, (rows, columns), distance <= 1, around)

    def flux(self, difference: _Image) -> float:
        """Return the flux over the surroundings; those of a frame less balanced off-axis are near zero."""
        patch = difference[self.window].astype(np.float64)
        return float(patch[self.inside].sum() - patch[self.around].mean() * self.inside.sum())

    def pixel_noise_dn2(self, stack: FrameStack) -> float:
        """Return the variance that the pixels' own noise gives the flux of one frame, the ring's flicker apart."""
        flicker_dn2 = float(stack.frame_means.var(ddof=1))
        return float(np.maximum(stack.variance[self.window][self.inside] - flicker_dn2, 0).sum())

    def wall(self, lit: _Image) -> tuple[float, float]:
        """Return the level of the wall around and its relative standard error."""
        values = lit[self.window][self.around].astype(np.float64)
        level = float(np.median(values))
        scatter = _MAD_TO_SIGMA * float(np.median(np.abs(values - level)))
        return level, float(1.2533 * scatter / np.sqrt(values.size) / level)  # a median's error is 1.25 of a mean's


def _check_clipping(frames: Sequence[Frame], place: _Place, full_dn: int) -> None:
    for frame in frames:
        if frame.led is not LedState.DARK and frame.pixels[place.window][place.inside].max() >= SATURATED * full_dn:
            raise RefusedError(Refusal.CLIPPED, "reference lens: the glint is saturated: shorten the exposure")
