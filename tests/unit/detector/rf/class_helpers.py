"""Slices of generated signals at a stated in-slice SNR, through the dongle model, as the classifiers get them."""

import numpy as np

from benchmarks.rf_sky import NOISE_DBFS, PLANS, RATE_HZ, report_of
from detector.rf.classifiers.template import SliceView
from detector.rf.convert import from_raw
from detector.rf.noise_floor import slice_floor
from detector.rf.options import RfOptions
from detector.rf.spectrum import power_spectrum
from detector.rf.synth import DongleModel, Sky, Tuning
from detector.rf.video.subbands import quick_bands

__all__ = ["NOISE_DBFS", "PLANS", "RATE_HZ", "at_snr", "report_of", "samples_of", "view_of"]

_SKY = Sky((), DongleModel(noise_dbfs=NOISE_DBFS), seed=8)


def samples_of(emissions, center_hz, seconds=0.1, t0_s=0.3):
    _SKY.emissions = tuple(emissions)
    count = round(seconds * RATE_HZ / 480) * 480
    tuning = Tuning(center_hz=center_hz, sample_rate_hz=RATE_HZ, sample_count=count)
    return from_raw(_SKY.receive(tuning, t0_s), "cu8")[0]


def at_snr(emission, center_hz, snr_db, t0_s=0.3):
    """The emission with the power that gives this SNR within 2.4 MHz around `center_hz`."""
    level = np.mean(np.abs(emission.slice(t0_s, 240_000, center_hz, RATE_HZ)) ** 2) * 10 ** (-emission.power_dbfs / 10)
    return emission.at(power_dbfs=NOISE_DBFS + snr_db - 10 * np.log10(level))


def view_of(samples, center_hz=1.2e9, region="KR", rate_hz=RATE_HZ):
    options = RfOptions()
    spectrum = power_spectrum(samples, center_hz, rate_hz)
    return SliceView(
        samples=samples,
        spectrum=spectrum,
        floor=slice_floor(spectrum, options.usable_fraction),
        peak=quick_bands(samples, rate_hz, options.quick_limiter).peak,
        plan=PLANS[region],
        usable_fraction=options.usable_fraction,
    )
