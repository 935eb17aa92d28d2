"""Amplitude or frequency modulation: does one coherent line hold much of the power that stands above the floor?"""

import numpy as np
import numpy.typing as npt

from detector.rf.spectrum import Spectrum

__all__ = ["carrier_fraction", "without_dc"]

_REACH_HZ = 150.0
_GROUP, _FLOOR_PERCENTILE = 16, 20
_USABLE = 0.96
_LEAST_OVER_NOISE = 10.0
_DC_HZ, _DC_BINS = 30.0, 2


def without_dc(power: npt.NDArray[np.float32], sample_rate_hz: float) -> None:
    """Clear the receiver's own line in the middle of an unshifted spectrum, 30 Hz to either side, in place."""
    reach = max(1, round(_DC_HZ / sample_rate_hz * len(power)))
    power[: reach + 1] = 0
    power[-reach:] = 0


def carrier_fraction(lines: npt.NDArray[np.complex64], spectrum: Spectrum) -> float:
    """Return the part of the power above the floor that lies within 150 Hz of the strongest line.

    An AM picture keeps half and more of its power in the vision carrier, which is one line over the whole dwell. A dark
    FM picture rests on one frequency as well, but starts anew with every line: its power spreads over 15 kHz and more.
    The floor is the 20th percentile over groups of 16 bins, so that a slice full of FM does not shrink its own excess.

    Parameters
    ----------
    lines : ndarray of complex64, shape (n,)
        FFT of all samples of the dwell.
    spectrum : Spectrum
        Of the same samples. A carrier on the slope of the receiver's filter still tells; the outermost 2 % on each side
        do not count.

    Returns
    -------
    float
        0 where no line stands out.
    """
    power = np.square(lines.real) + np.square(lines.imag)
    without_dc(power, spectrum.sample_rate_hz)
    peak = int(power.argmax())
    reach = max(1, round(_REACH_HZ / spectrum.sample_rate_hz * len(power)))
    near = np.take(power, np.arange(peak - reach, peak + reach + 1), mode="wrap")
    noise = float(np.median(power)) / np.log(2) * len(near)
    line = float(near.sum(dtype=np.float64))
    if line < _LEAST_OVER_NOISE * noise:
        return 0.0
    inside = spectrum.usable(_USABLE)
    density = spectrum.density[inside].astype(np.float64)
    groups = density[: len(density) // _GROUP * _GROUP].reshape(-1, _GROUP).mean(axis=1)
    density -= np.percentile(groups, _FLOOR_PERCENTILE)
    middle = len(spectrum.density) // 2 - inside.start
    density[middle - _DC_BINS : middle + _DC_BINS + 1] = 0
    excess = max(float(density.sum()), line / len(power) ** 2)
    return float((line - noise) / len(power) ** 2 / max(excess, 1e-30))
