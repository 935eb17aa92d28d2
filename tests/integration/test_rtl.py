"""The dongle's drivers on real librtlsdr, pyrtlsdr and rtl_tcp: what happens when there is no dongle, or no longer."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from detector.errors import DeviceError, DeviceStalledError
from detector.types import Tuning
from firmware.drivers.open import make_iq_source
from firmware.drivers.settings import RtlSettings
from tests.virtual_dongle import Fault, Scene, build, rtl_tcp_server, under_pyrtlsdr
from tests.virtual_dongle.scenes import two_tones

TUNING = Tuning(center_hz=200e6, sample_rate_hz=2.4e6, sample_count=12_000, gain_db=30.0)


@pytest.fixture(scope="module")
def running_scene() -> Iterator[Scene]:
    build()
    with Scene(two_tones) as scene:
        yield scene


@pytest.fixture
def scene(running_scene: Scene) -> Iterator[Scene]:
    yield running_scene
    running_scene.control.hang_close(False)
    running_scene.control.fault(Fault.NONE)


def test_no_dongle_on_real_librtlsdr() -> None:
    rtlsdr = pytest.importorskip("rtlsdr", reason="pyrtlsdr or librtlsdr is not installed")
    if rtlsdr.librtlsdr.rtlsdr_get_device_count():
        pytest.skip("a dongle is plugged in")
    with pytest.raises(DeviceError) as caught:
        make_iq_source("rtl:0", RtlSettings()).open()
    assert str(caught.value) == "rtl:0: no RTL-SDR dongle found (librtlsdr counts 0 devices)"


def test_another_serial_number(scene: Scene) -> None:
    with under_pyrtlsdr(scene), pytest.raises(DeviceError) as caught:
        make_iq_source("rtl:00000043", RtlSettings()).open()
    assert str(caught.value) == "rtl:00000043: no dongle of this serial number (found: 00000042)"


def test_a_rate_that_the_chip_does_not_have(scene: Scene) -> None:
    tuning = Tuning(center_hz=200e6, sample_rate_hz=0.5e6, sample_count=1000)
    with (
        under_pyrtlsdr(scene),
        make_iq_source("rtl:0", RtlSettings(ppm=5)) as source,
        pytest.raises(DeviceError, match=r"^rtl:0: .*Could not set sample rate to 500000 Hz"),
    ):
        source.read(tuning)


def test_gain_is_the_nearest_that_the_tuner_has(scene: Scene) -> None:
    with under_pyrtlsdr(scene), make_iq_source("rtl:0", RtlSettings()) as source:
        assert source.span_hz == (24e6, 1766e6)
        assert source.read(TUNING).gain_db == 29.7


@pytest.mark.parametrize("error", [-1, -4])
def test_a_dongle_pulled_out_and_put_back(scene: Scene, error: int) -> None:
    with under_pyrtlsdr(scene):
        source = make_iq_source("rtl:0", RtlSettings())
        source.open()
        source.read(TUNING)
        scene.control.fault(Fault.UNPLUG, error)
        with pytest.raises(DeviceError) as caught:
            source.read(TUNING)
        assert str(caught.value).startswith("rtl:0: ")
        assert "\n" not in str(caught.value)
        with pytest.raises(DeviceError, match="not open"):
            source.read(TUNING)
        with pytest.raises(DeviceError, match="no RTL-SDR dongle found"):
            source.open()
        scene.control.fault(Fault.NONE)
        source.open()
        assert source.read(TUNING).samples.any()
        source.close()


def test_a_transfer_that_ends_too_soon(scene: Scene) -> None:
    with under_pyrtlsdr(scene):
        source = make_iq_source("rtl:0", RtlSettings())
        source.open()
        scene.control.fault(Fault.SHORT, 0.5)
        with pytest.raises(DeviceError, match=r"^rtl:0: Short read"):
            source.read(TUNING)


def test_a_dongle_pulled_out_behind_rtl_tcp(scene: Scene) -> None:
    settings = RtlSettings(deadline_s=0.3)
    with rtl_tcp_server(scene) as port:
        source = make_iq_source(f"rtl_tcp:127.0.0.1:{port}", settings)
        source.open()
        source.read(TUNING)
        scene.control.fault(Fault.UNPLUG, -1)
        with pytest.raises(DeviceStalledError, match=r"nothing came in time \(0\.3 s\)$"):
            for _ in range(20):
                source.read(TUNING)
        source.close()


def test_a_slow_client_of_rtl_tcp_gets_nothing_old(scene: Scene) -> None:
    with rtl_tcp_server(scene) as port, make_iq_source(f"rtl_tcp:127.0.0.1:{port}", RtlSettings()) as source:
        for hop in range(16):
            source.read(Tuning(center_hz=100e6, sample_rate_hz=2.4e6, sample_count=12_000, gain_db=30.0))
            threading.Event().wait(0.009 * hop)  # a busy client: samples pile up in kernels and server
            quiet = source.read(TUNING).samples
            assert np.abs(quiet - quiet.mean()).max() < 0.2, hop


def test_garbage_behind_rtl_tcp(scene: Scene) -> None:
    with rtl_tcp_server(scene) as port, make_iq_source(f"rtl_tcp:127.0.0.1:{port}", RtlSettings()) as source:
        assert source.read(TUNING).lost_samples == 0
        scene.control.fault(Fault.GARBAGE)
        with pytest.raises(DeviceError, match=r"no radio signal: its bytes are random$"):
            for _ in range(20):
                source.read(TUNING)


def test_lost_samples_on_usb_are_counted(scene: Scene) -> None:
    with under_pyrtlsdr(scene), make_iq_source("rtl:0", RtlSettings()) as source:
        scene.control.fault(Fault.LOSE, 0.3)
        blocks = [source.read(TUNING) for _ in range(20)]
        assert blocks[-1].lost_samples > 0.2 * TUNING.sample_count
