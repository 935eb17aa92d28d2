"""The dongle's drivers on real librtlsdr, pyrtlsdr and rtl_tcp: what happens when there is no dongle, or no longer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from detector.errors import DeviceError, DeviceStalledError
from detector.types import Tuning
from firmware.drivers.open import make_iq_source
from firmware.drivers.settings import RtlSettings
from tests.contract import virtual_dongle

TUNING = Tuning(center_hz=200e6, sample_rate_hz=2.4e6, sample_count=12_000, gain_db=30.0)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return virtual_dongle.build(tmp_path)


@pytest.fixture
def dying_dongle(library: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("VIRTUAL_DONGLE_READS", "3")
    with virtual_dongle.under_pyrtlsdr(library):
        yield library


def test_no_dongle_on_real_librtlsdr() -> None:
    rtlsdr = pytest.importorskip("rtlsdr", reason="pyrtlsdr or librtlsdr is not installed")
    if rtlsdr.librtlsdr.rtlsdr_get_device_count():
        pytest.skip("a dongle is plugged in")
    with pytest.raises(DeviceError) as caught:
        make_iq_source("rtl:0", RtlSettings()).open()
    assert str(caught.value) == "rtl:0: no RTL-SDR dongle found (librtlsdr counts 0 devices)"


def test_another_serial_number(library: Path) -> None:
    with virtual_dongle.under_pyrtlsdr(library), pytest.raises(DeviceError) as caught:
        make_iq_source("rtl:00000043", RtlSettings()).open()
    assert str(caught.value) == "rtl:00000043: no dongle of this serial number (found: 00000042)"


def test_a_rate_that_the_chip_does_not_have(library: Path) -> None:
    tuning = Tuning(center_hz=200e6, sample_rate_hz=0.5e6, sample_count=1000)
    with (
        virtual_dongle.under_pyrtlsdr(library),
        make_iq_source("rtl:0", RtlSettings(ppm=5)) as source,
        pytest.raises(DeviceError, match=r"^rtl:0: .*Could not set sample rate to 500000 Hz"),
    ):
        source.read(tuning)


def test_gain_is_the_nearest_that_the_tuner_has(library: Path) -> None:
    with virtual_dongle.under_pyrtlsdr(library), make_iq_source("rtl:0", RtlSettings()) as source:
        assert source.span_hz == (24e6, 1766e6)
        assert source.read(TUNING).gain_db == 29.7


def test_a_dongle_pulled_out(dying_dongle: Path) -> None:
    source = make_iq_source("rtl:0", RtlSettings())
    source.open()
    for _ in range(3):
        source.read(TUNING)
    with pytest.raises(DeviceError) as caught:
        source.read(TUNING)
    assert str(caught.value).startswith("rtl:0: ")
    assert "\n" not in str(caught.value)
    with pytest.raises(DeviceError, match="not open"):
        source.read(TUNING)


def test_a_dongle_pulled_out_behind_rtl_tcp(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_DONGLE_READS", "6")
    settings = RtlSettings(deadline_s=0.3)
    with virtual_dongle.rtl_tcp_server(library) as port:
        source = make_iq_source(f"rtl_tcp:127.0.0.1:{port}", settings)
        source.open()
        with pytest.raises(DeviceStalledError, match=r"nothing came in time \(0\.3 s\)$"):
            for _ in range(20):
                source.read(TUNING)
        source.close()
