"""A small calibration bench for the tests."""

from contextlib import contextmanager

import numpy as np
import pytest

from detector.lens.calibration.options import CalibrationOptions
from detector.lens.calibration.refusal import RefusedError
from detector.lens.synth.bench import BenchCamera
from detector.types import CameraGeometry, LedState

ON, OFF, DARK = LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK
GEOMETRY = CameraGeometry(width_px=320, height_px=240, hfov_deg=54.0, bit_depth=10, black_level_dn=64)
OPTIONS = CalibrationOptions()
NO_LIGHT = np.zeros((1, 1))


def frames(light, sets=8, seed=1, flicker=0.0, **changes):
    """Frames of a bench camera under each light."""
    return list(BenchCamera(**({"geometry": GEOMETRY} | changes)).frames(light, sets, seed, flicker))


@contextmanager
def refused(code):
    """Assert that a routine refuses for this reason, in one line."""
    with pytest.raises(RefusedError) as caught:
        yield
    assert caught.value.code is code
    assert "\n" not in str(caught.value)
