"""Pieces written out so that the radio process need not load scipy.signal: as scipy has them, and it is not loaded."""

import subprocess
import sys

import numpy as np
import pytest

from detector.rf.synth.loop import resampled


@pytest.mark.parametrize("count", [700, 1000, 1601])
def test_resampling_keeps_a_band_limited_wave(count: int) -> None:
    turns = np.exp(2j * np.pi * 37 * np.arange(1000) / 1000)
    np.testing.assert_allclose(resampled(turns, count), np.exp(2j * np.pi * 37 * np.arange(count) / count), atol=1e-9)


def test_the_radio_loop_does_not_load_scipy_signal() -> None:
    code = "import sys, firmware.sensors.rf, firmware.drivers.sim.iq; sys.exit('scipy.signal' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
