"""The power envelope of a slice, thinned out and limited: what the line-rate test listens to."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Envelope", "power_envelope"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Power against time.

    Attributes
    ----------
    power : ndarray of float32, shape (n,)
        Mean-free.
    sample_rate_hz : float
    swing : float
        Standard deviation over mean before limiting (1/sqrt(factor) for noise, 0 for FM all inside the slice).
    """

    power: npt.NDArray[np.float32]
    sample_rate_hz: float
    swing: float


def power_envelope(
    samples: npt.NDArray[np.complex64], sample_rate_hz: float, rate_hz: float, limiter: float
) -> Envelope:
    """Square, average over whole groups of samples down to about `rate_hz`, limit, remove the mean.

    Averaging keeps all the energy of white noise white and costs 1.5 dB at the eighth line harmonic.

    Parameters
    ----------
    samples : ndarray of complex64, shape (n,)
        Its own mean (the receiver's DC spike) is taken off.
    sample_rate_hz : float
    rate_hz : float
        Lowest rate wanted.
    limiter : float
        Limit over the median; keeps a single pulse from outweighing the dwell.

    Returns
    -------
    Envelope
    """
    factor = max(1, int(sample_rate_hz // rate_hz))
    count = len(samples) // factor
    parts = (samples[: count * factor] - samples.mean()).view(np.float32).reshape(count, 2 * factor)
    power = np.einsum("ij,ij->i", parts, parts) * np.float32(1 / factor)
    mean = float(power.mean())
    swing = float(power.std()) / mean if mean > 0 else 0.0
    np.minimum(power, limiter * np.median(power), out=power)
    power -= power.mean()
    return Envelope(power=power, sample_rate_hz=sample_rate_hz / factor, swing=swing)
