"""What the receiver adds and spoils: noise, DC, I/Q imbalance, crystal error, eight bits."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["DongleModel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DongleModel:
    """An RTL-SDR as it behaves on the desk.

    Attributes
    ----------
    noise_dbfs : float
        Receiver noise within 2.4 MHz at the reference gain (noise figure included).
    reference_gain_db : float
        Gain at which `Emission.power_dbfs` and `noise_dbfs` hold; also the gain when a tuning asks for none.
    dc_dbfs : float
        Power of the spike at the centre of the slice.
    iq_gain_db, iq_phase_deg : float
        Imbalance of the Q branch.
    ppm : float
        Crystal error: a positive one tunes high. The sample clock is left exact (a camera's own `ppm` has the
        same effect on the line rate).
    resampler : bool
        Whether the chip's own filter (`detector.rf.resampler`) shapes a slice and lets images through; otherwise
        slices have ideal edges. For rates of 2 MS/s and more: what the chip filters besides at lower ones is not known.
    resampler_width : float
        Width of that filter over the published one's.
    """

    noise_dbfs: float = -36.0
    reference_gain_db: float = 30.0
    dc_dbfs: float = -34.0
    iq_gain_db: float = 0.15
    iq_phase_deg: float = 0.8
    ppm: float = 0.0
    resampler: bool = False
    resampler_width: float = 1.0

    def tuned_hz(self, center_hz: float) -> float:
        """Return the frequency that is really at the centre of the slice."""
        return center_hz * (1 + self.ppm * 1e-6)

    def gain(self, gain_db: float | None) -> float:
        """Return the amplitude factor of a tuner gain relative to the reference gain."""
        return 1.0 if gain_db is None else float(10 ** ((gain_db - self.reference_gain_db) / 20))

    def noise_amplitude(self, sample_rate_hz: float) -> float:
        """Return the rms magnitude of the noise at the reference gain in a slice of this rate."""
        return float(np.sqrt(10 ** (self.noise_dbfs / 10) * sample_rate_hz / 2.4e6))

    def digitise(self, field: npt.NDArray[np.complex64]) -> npt.NDArray[np.uint8]:
        """Add the front end's faults and quantise.

        Parameters
        ----------
        field : ndarray of complex64, shape (n,)
            Amplified signal and noise; magnitude 1 is full scale.

        Returns
        -------
        ndarray of uint8, shape (2 n,)
            Interleaved I and Q, offset binary around 127.5, clipped at 0 and 255.
        """
        ratio, angle = 10 ** (self.iq_gain_db / 20), np.radians(self.iq_phase_deg)
        dc = np.float32(10 ** (self.dc_dbfs / 20) / np.sqrt(2))
        raw = np.empty((len(field), 2), np.float32)
        raw[:, 0] = field.real
        raw[:, 1] = np.float32(ratio * np.cos(angle)) * field.imag + np.float32(ratio * np.sin(angle)) * field.real
        raw += dc
        # rounding half up is adding a half and cutting off: 127.5 + 0.5 = 128
        np.multiply(raw, np.float32(127.5), out=raw)
        raw += np.float32(128.0)
        np.clip(raw, 0, 255, out=raw)
        return raw.astype(np.uint8).ravel()
