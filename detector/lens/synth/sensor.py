"""From light to digital numbers: shot and read noise, black level, clipping."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from detector.types import CameraGeometry

__all__ = ["NoisySensor", "SensorModel"]

_BANK_MARGIN_PX = 64
_SIGNS = np.array([-1, 1], dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorModel:
    """Blur and noise.

    Attributes
    ----------
    psf_sigma_px : float
        Standard deviation of lens and pixel together.
    full_well_e : float
        Electrons at saturation and gain 1; sets the shot noise.
    read_noise_e : float
    noise_scale : float
        Multiplies both noises; 0 for a noiseless picture.
    """

    psf_sigma_px: float = 0.6
    full_well_e: float = 3000.0
    read_noise_e: float = 13.0
    noise_scale: float = 1.0


class NoisySensor:
    """Adds noise out of a bank drawn once, fast enough for a live loop.

    Parameters
    ----------
    geometry : CameraGeometry
        Size, bit depth and black level.
    model : SensorModel
    seed : int
        Of the bank; frames draw from it by their own `noise_seed`.
    """

    def __init__(self, geometry: CameraGeometry, model: SensorModel, seed: int = 0) -> None:
        self._geometry, self._model = geometry, model
        bank_shape = (geometry.height_px + _BANK_MARGIN_PX, geometry.width_px + _BANK_MARGIN_PX)
        self._noise = np.random.default_rng(seed).standard_normal(bank_shape, dtype=np.float32)

    def expose(
        self, image: npt.NDArray[np.float32], gain: float, noise_seed: int
    ) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
        """Return the frame that the sensor delivers.

        Parameters
        ----------
        image : ndarray of float32, shape (height_px, width_px)
            Light in digital numbers over black, exposure, gain and blur in it.
        gain : float
        noise_seed : int
            Same seed, same noise.

        Returns
        -------
        ndarray of uint8 or uint16, shape (height_px, width_px)
            Black level added, clipped at 2**bit_depth - 1; uint16 above 8 bits.
        """
        geometry, model = self._geometry, self._model
        full_scale = 2**geometry.bit_depth - 1
        dn_per_e = full_scale / model.full_well_e * gain
        scale = model.noise_scale**2
        variance = image * np.float32(dn_per_e * scale) + np.float32((model.read_noise_e * dn_per_e) ** 2 * scale)
        rng = np.random.default_rng(noise_seed)
        top, left = rng.integers(0, _BANK_MARGIN_PX, 2)
        noise = self._noise[top : top + image.shape[0], left : left + image.shape[1]] * cv2.sqrt(variance)
        # Signs drawn anew, by row and by column, for every frame: a bank merely moved would be a pattern to follow.
        noise *= rng.choice(_SIGNS, (image.shape[0], 1)) * rng.choice(_SIGNS, image.shape[1])
        noise += np.float32(geometry.black_level_dn)
        if geometry.bit_depth <= 8:
            return np.asarray(np.minimum(cv2.add(image, noise, dtype=cv2.CV_8U), full_scale), dtype=np.uint8)
        return np.asarray(np.minimum(cv2.add(image, noise, dtype=cv2.CV_16U), full_scale), dtype=np.uint16)
