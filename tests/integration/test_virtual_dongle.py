"""The virtual dongle is what it claims to be: librtlsdr's interface, a tuner, a crystal, gains, a scene."""

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from detector.rf.synth import DongleModel
from tests.virtual_dongle import Scene, build, under_pyrtlsdr
from tests.virtual_dongle.scenes import two_tones

PPM = 40.0
RATE_HZ = 2.4e6

# What Debian's librtlsdr0 0.6.0 exports.
INTERFACE = """
cancel_async close get_center_freq get_device_count get_device_name get_device_usb_strings get_direct_sampling
get_freq_correction get_index_by_serial get_offset_tuning get_sample_rate get_tuner_gain get_tuner_gains get_tuner_type
get_usb_strings get_xtal_freq open read_async read_eeprom read_sync reset_buffer set_agc_mode set_bias_tee
set_bias_tee_gpio set_center_freq set_direct_sampling set_freq_correction set_offset_tuning set_sample_rate set_testmode
set_tuner_bandwidth set_tuner_gain set_tuner_gain_mode set_tuner_if_gain set_xtal_freq wait_async write_eeprom
"""


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    build()
    with Scene(two_tones, dongle=DongleModel(ppm=PPM)) as scene:
        yield scene


@pytest.fixture
def dongle(scene: Scene) -> Iterator[Any]:
    with under_pyrtlsdr(scene):
        import rtlsdr

        made = rtlsdr.RtlSdr(0)
        made.set_sample_rate(RATE_HZ)
        yield made
        made.close()


def heard(dongle: Any, center_hz: float, gain: float | str = 29.7, count: int = 24_576) -> np.ndarray:
    """Samples well after a retune."""
    dongle.set_gain(gain)
    dongle.set_center_freq(center_hz)
    dongle.read_bytes(65_536)
    raw = np.frombuffer(dongle.read_bytes(2 * count), np.uint8).astype(np.float32)
    return (raw[::2] - 127.5 + 1j * (raw[1::2] - 127.5)) / 127.5


def peak_hz(samples: np.ndarray, center_hz: float) -> float:
    lines = np.abs(np.fft.fft((samples - samples.mean()) * np.hanning(len(samples))))
    return center_hz + float(np.fft.fftfreq(len(samples), 1 / RATE_HZ)[np.argmax(lines)])


def test_the_interface_is_complete() -> None:
    library = ctypes.CDLL(str(build()))
    assert not [name for name in INTERFACE.split() if not hasattr(library, f"rtlsdr_{name}")]


def test_the_crystal_is_off_and_can_be_corrected(dongle: Any) -> None:
    bin_hz = RATE_HZ / 24_576
    off = peak_hz(heard(dongle, 100e6), 100e6)
    assert off == pytest.approx(100.05e6 - PPM * 100, abs=bin_hz)
    dongle.set_freq_correction(int(PPM))
    assert peak_hz(heard(dongle, 100e6), 100e6) == pytest.approx(100.05e6, abs=bin_hz)


def test_gain_goes_in_steps_and_changes_the_level(dongle: Any) -> None:
    level_db = {}
    for gain_db in (20.7, 29.7):
        level_db[gain_db] = 20 * np.log10(np.std(heard(dongle, 100e6, gain_db)))
        assert dongle.get_gain() == gain_db
    assert level_db[29.7] - level_db[20.7] == pytest.approx(9.0, abs=0.3)


def test_automatic_gain_lifts_what_is_weak_and_spares_what_is_strong(dongle: Any) -> None:
    weak, strong = (np.std(heard(dongle, center_hz, "auto")) for center_hz in (200e6, 100e6))
    assert weak > 2 * np.std(heard(dongle, 200e6))
    assert 0.15 < strong < 0.45


def test_too_much_gain_clips(dongle: Any) -> None:
    samples = heard(dongle, 100e6, 49.6)
    assert np.mean(np.abs(samples.real) >= 1.0) > 0.1


def test_old_samples_follow_a_retune_and_then_end(dongle: Any) -> None:
    heard(dongle, 100e6)
    dongle.set_center_freq(200e6)
    raw = np.frombuffer(dongle.read_bytes(98_304), np.uint8).astype(np.float32) - 127.5
    level = np.abs(raw[::2] + 1j * raw[1::2]).reshape(-1, 512).mean(axis=1)
    loud = level > 20
    changes = np.flatnonzero(np.diff(loud.astype(int)))
    assert loud[0] and not loud[-1]
    assert len(changes) == 1


def test_a_switched_off_transmitter_is_gone(dongle: Any, scene: Scene) -> None:
    on = np.std(heard(dongle, 100e6))
    scene.control.switch("loud", False)
    try:
        assert np.std(heard(dongle, 100e6)) < 0.2 * on
    finally:
        scene.control.switch("loud", True)
    with pytest.raises(ValueError, match="no such"):
        scene.control.switch("no such", True)


@pytest.mark.parametrize("count", [1000, 513])
def test_a_transfer_of_broken_packets_overflows(dongle: Any, count: int) -> None:
    with pytest.raises(OSError, match="-8"):
        dongle.read_bytes(count)


def test_the_tuner_does_not_lock_beyond_its_reach(dongle: Any) -> None:
    with pytest.raises(OSError, match="center_freq"):
        dongle.set_center_freq(2.3e9)


def test_its_test_mode_counts(scene: Scene) -> None:
    with under_pyrtlsdr(scene):
        import rtlsdr

        dongle = rtlsdr.RtlSdr(0, test_mode_enabled=True)
        raw = np.frombuffer(dongle.read_bytes(4096), np.uint8)
        dongle.close()
    assert set(np.diff(raw.astype(int)) % 256) == {1}
