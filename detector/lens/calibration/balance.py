"""How the two rings light a plain wall: their ratio over the picture, and how bright each is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.lens.calibration.options import CalibrationOptions
from detector.lens.calibration.refusal import Refusal, RefusedError
from detector.lens.calibration.results import BalanceResult, Terms
from detector.lens.calibration.stack import FrameStack, block_means, stack_rings
from detector.types import CameraGeometry, Frame

__all__ = ["balance_terms", "measure_balance"]

_Floats = npt.NDArray[np.float64]
_BLOCKS = (27, 36)
_ROUNDS = 5
_TUKEY_SIGMAS = 4.7
_MAD_TO_SIGMA = 1.4826
_CENTRE = (slice(9, 18), slice(12, 24))  # of the blocks: the middle ninth of the picture
_TEXTURE_SHARE, _TEXTURE_SIGMAS = 0.8, 1.2816  # 80 % of Gaussian values lie within 1.28 sigmas
_NEIGHBOURS_VARIANCE = 1.25  # of a block less the mean of its four neighbours
_LEAST_EXCESS = 3.0  # motion counts where it stands out of the noise by this


def balance_terms(v: npt.ArrayLike, u: npt.ArrayLike) -> _Floats:
    """Return u, v, u^2, u v and v^2 along a new last axis; u runs from -1 (left edge) to 1, v from -1 (top) to 1."""
    v, u = np.broadcast_arrays(np.asarray(v, np.float64), np.asarray(u, np.float64))
    return np.stack([u, v, u * u, u * v, v * v], axis=-1)


def measure_balance(
    frames: Sequence[Frame], geometry: CameraGeometry, distance_mm: float, options: CalibrationOptions
) -> BalanceResult:
    """Compare the rings on a plain, matt wall that the camera faces; camera and wall stand still.

    Parameters
    ----------
    frames : sequence of Frame
        On-axis, off-axis and dark ones, each light at one exposure and gain.
    geometry : CameraGeometry
    distance_mm : float
        From the camera to the wall.
    options : CalibrationOptions

    Raises
    ------
    RefusedError
        Too few frames; clipped; a ring is not lit or too dark; light unsteady; the wall is not plain, or it moved.

    Notes
    -----
    The dark frames take room light and black level off. The logarithm of the ratio of 27 x 36 patches is fitted by a
    quadratic in both directions, by least squares weighted with the patches' noise and Tukey's biweight, so that a
    screw or a spot on the wall does not count. Standard errors follow from the fit, widened by its misfit, and for the
    middle by the scatter of the rings' light from frame to frame.
    """
    on, off, dark = stack_rings(frames, geometry)
    full_dn = float(2**geometry.bit_depth - 1)
    lit_on, lit_off = (_Lit.of(stack, dark, geometry.black_level_dn) for stack in (on, off))
    for name, lit in (("on-axis", lit_on), ("off-axis", lit_off)):
        _check_light(name, lit, full_dn, options)
    for name, lit in (("on-axis", lit_on), ("off-axis", lit_off)):
        _check_wall(name, lit, options)
    logs = np.log(lit_on.blocks / lit_off.blocks) - np.log(on.exposure / off.exposure)
    sigma = np.sqrt(lit_on.relative_variance + lit_off.relative_variance)
    fit = _fit_map(logs, sigma, on.mean.shape)
    steadiness = np.hypot(lit_on.steadiness, lit_off.steadiness)
    on_rate = float(lit_on.blocks[_CENTRE].mean()) / on.exposure
    white = (distance_mm / 1000.0) ** 2 / options.wall_albedo
    ratio = float(np.exp(fit.values[0]))
    return BalanceResult(
        ratio=ratio,
        ratio_error=ratio * float(np.hypot(fit.errors[0], steadiness)),
        terms=_terms(fit.values),
        term_errors=_terms(fit.errors),
        map_error=fit.map_error,
        misfit=fit.misfit,
        on_dn_per_us=on_rate,
        off_dn_per_us=float(lit_off.blocks[_CENTRE].mean()) / off.exposure,
        wall_dn_at_1m=on_rate * white,
        wall_dn_at_1m_error=on_rate * white * float(np.hypot(lit_on.centre_error, lit_on.steadiness)),
        distance_mm=distance_mm,
        albedo=options.wall_albedo,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lit:
    """What one ring adds to the wall, by patches.

    `blocks` are in DN; `relative_variance` is that of their means; `change` is that from the earlier half of the
    frames to the later one, relative; `steadiness` is the relative standard error that the scatter of the frames' mean
    light leaves.
    """

    blocks: _Floats
    relative_variance: _Floats
    change: _Floats
    clipped: float
    drift: float
    steadiness: float

    @classmethod
    def of(cls, lit: FrameStack, dark: FrameStack, black_level_dn: float) -> "_Lit":
        blocks = block_means(lit.light(dark, black_level_dn), *_BLOCKS)
        later = block_means(lit.halves[1] - lit.halves[0], *_BLOCKS)
        pixels = (lit.mean.shape[0] // _BLOCKS[0]) * (lit.mean.shape[1] // _BLOCKS[1])
        variance = block_means(lit.variance, *_BLOCKS) / lit.count + block_means(dark.variance, *_BLOCKS) / dark.count
        level = np.maximum(blocks, 1e-6)
        scatter = float(lit.frame_means.std(ddof=1)) / max(float(blocks.mean()), 1e-6)
        return cls(
            blocks=blocks,
            relative_variance=variance / pixels / level**2,
            change=later / level,
            clipped=lit.clipped_high,
            drift=scatter,
            steadiness=scatter / np.sqrt(lit.count),
        )

    @property
    def centre_error(self) -> float:
        """Relative standard error of the mean of the middle ninth, from the pixels' noise."""
        variance = self.relative_variance[_CENTRE]
        return float(np.sqrt(variance.mean() / variance.size))

    @property
    def texture(self) -> float:
        """Relative roughness from patch to patch, robust, noise taken off."""
        middle = self.blocks[1:-1, 1:-1]
        around = self.blocks[:-2, 1:-1] + self.blocks[2:, 1:-1] + self.blocks[1:-1, :-2] + self.blocks[1:-1, 2:]
        rough = np.abs(middle - around / 4) / middle
        sigma = float(np.quantile(rough, _TEXTURE_SHARE)) / _TEXTURE_SIGMAS
        noise2 = _NEIGHBOURS_VARIANCE * float(np.median(self.relative_variance))
        return float(np.sqrt(max(sigma**2 - noise2, 0.0)))

    @property
    def motion(self) -> float:
        """Relative change of the patches between the halves of the frames, less the common change; 0 within noise."""
        change = self.change - np.median(self.change)
        sigma = _MAD_TO_SIGMA * float(np.median(np.abs(change)))
        noise = 2 * float(np.sqrt(np.median(self.relative_variance)))  # each half has half the frames
        return sigma if sigma > _LEAST_EXCESS * noise else 0.0


def _check_light(name: str, lit: _Lit, full_dn: float, options: CalibrationOptions) -> None:
    if lit.clipped > options.max_clipped:
        line = f"{name} frames: {lit.clipped:.1%} of the pixels are saturated: shorten the exposure"
        raise RefusedError(Refusal.CLIPPED, line, share=lit.clipped)
    level_dn = float(np.median(lit.blocks))
    if level_dn < options.min_ring_light * full_dn:
        line = f"{name} ring: adds {level_dn:.1f} DN to the wall: it is not lit"
        raise RefusedError(Refusal.RING_NOT_LIT, line, level_dn=level_dn)
    least_dn = options.min_wall_level * full_dn
    if level_dn < least_dn or float(lit.blocks.min()) <= 0:
        line = f"{name} frames: the wall is at {level_dn:.1f} DN, {least_dn:.1f} DN are needed: lengthen the exposure"
        raise RefusedError(Refusal.TOO_DARK, line, level_dn=level_dn)


def _check_wall(name: str, lit: _Lit, options: CalibrationOptions) -> None:
    if lit.motion > options.max_motion:
        line = f"{name} frames: the wall changes by {lit.motion:.1%} between the first and the last: keep it still"
        raise RefusedError(Refusal.MOVING, line, change=lit.motion)
    if lit.drift > options.max_drift:
        line = f"{name} frames: the light scatters by {lit.drift:.1%} from frame to frame: a lamp, or a loose contact"
        raise RefusedError(Refusal.UNSTEADY, line, scatter=lit.drift)
    if lit.texture > options.max_wall_texture:
        line = f"{name} frames: the wall varies by {lit.texture:.1%} from patch to patch: it is not plain"
        raise RefusedError(Refusal.NOT_PLAIN, line, texture=lit.texture)


@dataclass(frozen=True, slots=True)
class _MapFit:
    values: _Floats
    errors: _Floats
    map_error: float
    misfit: float


def _terms(values: _Floats) -> Terms:
    _, a, b, c, d, e = values.tolist()
    return a, b, c, d, e


def _fit_map(logs: _Floats, sigma: _Floats, shape: tuple[int, ...]) -> _MapFit:
    """Fit the constant and `balance_terms` to the patches, the middle of the picture being (0, 0)."""
    rows, columns = logs.shape
    whole, blocks = np.array(shape)[:, None, None], np.array([rows, columns])[:, None, None]
    side = whole // blocks
    edge = (whole - side * blocks) // 2
    v, u = ((2 * np.indices((rows, columns)) + 1) * side + 2 * edge) / whole - 1
    design = np.concatenate([np.ones((rows, columns, 1)), balance_terms(v, u)], axis=2).reshape(-1, 6)
    scaled, target = design / sigma.reshape(-1, 1), (logs / sigma).ravel()
    weight = np.ones(target.size)
    misfit = 1.0
    for _ in range(_ROUNDS):
        normal = (scaled * weight[:, None]).T @ scaled
        values = np.asarray(np.linalg.solve(normal, (scaled * weight[:, None]).T @ target), dtype=np.float64)
        residual = target - scaled @ values
        misfit = _MAD_TO_SIGMA * float(np.median(np.abs(residual)))
        weight = np.clip(1 - (residual / (_TUKEY_SIGMAS * max(misfit, 1e-9))) ** 2, 0, None) ** 2
    covariance = np.linalg.inv((scaled * weight[:, None]).T @ scaled) * max(1.0, misfit) ** 2
    curved = covariance[1:, 1:]
    at_patches = design[:, 1:]
    map_variance = np.einsum("ij,jk,ik->i", at_patches, curved, at_patches).mean()
    return _MapFit(
        values, np.asarray(np.sqrt(np.diag(covariance)), dtype=np.float64), float(np.sqrt(map_variance)), misfit
    )
