"""Frames of a calibration bench with exactly known truth: a covered camera, a plain wall, an edge, a reference lens.

Drawn directly on the sensor, so that truth is what the formulas say and not what a renderer's sampling makes of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from detector.lens.calibration.balance import balance_terms
from detector.types import CameraGeometry, Frame, LedState, Provenance

__all__ = ["BenchCamera", "edge_light", "lens_light", "wall_light"]

_Floats = npt.NDArray[np.float64]
_FRAME_NS = 33_333_333
_OVERSAMPLING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchCamera:
    """A sensor with Gaussian read noise, shot noise, non-uniform black and hot pixels.

    Attributes
    ----------
    geometry : CameraGeometry
        Its black level is what the camera states; `black_dn` is the true one.
    black_dn, read_noise_dn, dsnu_dn : float
    shot_dn : float
        Variance per digital number of light; 0 for none.
    hot : dict of (int, int) to float
        (y, x) to the mean that dark current adds in a dark frame.
    exposure_ns, gain : int, float
    """

    geometry: CameraGeometry
    black_dn: float = 64.0
    read_noise_dn: float = 1.5
    dsnu_dn: float = 0.3
    shot_dn: float = 0.24
    hot: dict[tuple[int, int], float] = field(default_factory=dict)
    exposure_ns: int = 2_000_000
    gain: float = 1.0

    def frames(self, light: dict[LedState, _Floats], sets: int, seed: int, flicker: float = 0.0) -> Iterator[Frame]:
        """Yield sets of frames under each of the lights, in order.

        Parameters
        ----------
        light : dict of LedState to ndarray of float64
            Digital numbers over black, broadcast to the frame.
        sets : int
        seed : int
        flicker : float
            Relative standard deviation of each frame's light.
        """
        rng = np.random.default_rng(seed)
        shape = (self.geometry.height_px, self.geometry.width_px)
        ground = self.black_dn + self.dsnu_dn * rng.standard_normal(shape)
        current = np.zeros(shape)
        for (y, x), height_dn in self.hot.items():
            current[y, x] = height_dn
        full_dn = 2**self.geometry.bit_depth - 1
        for number in range(sets * len(light)):
            led = list(light)[number % len(light)]
            charge = current + light[led] * (1 + flicker * rng.standard_normal())
            sigma = np.sqrt(self.read_noise_dn**2 + self.shot_dn * charge)
            noisy = np.clip(np.rint(ground + charge + sigma * rng.standard_normal(shape)), 0, full_dn)
            yield Frame(
                pixels=noisy.astype(np.uint8) if self.geometry.bit_depth <= 8 else noisy.astype(np.uint16),
                t_ns=1_000_000_000 + number * _FRAME_NS,
                exposure_ns=self.exposure_ns,
                gain=self.gain,
                sequence=number,
                provenance=Provenance.SIMULATED,
                led=led,
            )


def wall_light(
    geometry: CameraGeometry, level_dn: float, ratio: float, terms: tuple[float, ...]
) -> dict[LedState, _Floats]:
    """Return a plain wall: a round off-axis beam, and an on-axis one that differs by `ratio` and `balance_terms`."""
    v = (2 * np.arange(geometry.height_px) + 1) / geometry.height_px - 1
    u = (2 * np.arange(geometry.width_px) + 1) / geometry.width_px - 1
    v, u = v[:, None], u[None, :]
    beam = 0.35 + 0.65 * np.exp(-(u**2 + v**2))
    on = level_dn * beam
    return {
        LedState.ON_AXIS: on,
        LedState.OFF_AXIS: on / (ratio * np.exp(balance_terms(v, u) @ np.asarray(terms))),
        LedState.DARK: np.zeros((1, 1)),
    }


def edge_light(
    geometry: CameraGeometry,
    centre_yx: tuple[float, float],
    slant_deg: float,
    sigma_px: float,
    levels_dn: tuple[float, float],
) -> _Floats:
    """Return a step from the first level to the second along a line `slant_deg` from the vertical, blurred."""
    y, x = np.mgrid[: geometry.height_px, : geometry.width_px]
    slant = np.radians(slant_deg)
    distance = (x - centre_yx[1]) * np.cos(slant) - (y - centre_yx[0]) * np.sin(slant)
    low, high = levels_dn
    return np.asarray(low + (high - low) * 0.5 * (1 + erf(distance / (np.sqrt(2) * sigma_px))))


def lens_light(
    geometry: CameraGeometry, centre_yx: tuple[float, float], radius_px: float, radiance_dn: float, sigma_px: float
) -> _Floats:
    """Return a disc of even radiance, blurred: its flux is exactly pi radius^2 radiance."""
    reach = int(np.ceil(radius_px + 5 * sigma_px)) + 1
    top, left = round(centre_yx[0]) - reach, round(centre_yx[1]) - reach
    fine = (np.arange((2 * reach + 1) * _OVERSAMPLING) + 0.5) / _OVERSAMPLING - 0.5
    y, x = fine[:, None] + top - centre_yx[0], fine[None, :] + left - centre_yx[1]
    disc = (np.hypot(y, x) <= radius_px).astype(np.float64)
    disc *= np.pi * radius_px**2 * _OVERSAMPLING**2 / disc.sum()
    blur = np.exp(-0.5 * ((np.arange(2 * reach + 1)[:, None] - fine[None, :]) / sigma_px) ** 2) / (
        np.sqrt(2 * np.pi) * sigma_px * _OVERSAMPLING
    )
    light = np.zeros((geometry.height_px, geometry.width_px))
    light[top : top + 2 * reach + 1, left : left + 2 * reach + 1] = radiance_dn * (blur @ disc @ blur.T)
    return light
