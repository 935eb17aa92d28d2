"""Slices that the tests of the video statistics share."""

import numpy as np

from detector.rf.synth import AnalogVideoEmission, moving_room

RATE_HZ = 2.4e6


def noise(count, seed):
    return np.random.default_rng(seed).standard_normal(2 * count, np.float32).view(np.complex64) * np.float32(0.5**0.5)


def camera(**settings):
    return AnalogVideoEmission(center_hz=1.2e9, power_dbfs=0, pictures=moving_room(8, 2), **settings)


def slice_of(emission, seconds, snr_db=20.0, offset_hz=1e6, seed=1):
    samples = emission.slice(0.4, round(seconds * RATE_HZ), emission.center_hz + offset_hz, RATE_HZ)
    scale = 10 ** (snr_db / 20) / np.sqrt(np.mean(np.abs(samples) ** 2))
    return (samples * scale + noise(len(samples), seed)).astype(np.complex64)
