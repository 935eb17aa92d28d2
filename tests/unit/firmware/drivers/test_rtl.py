"""The dongle's driver against a stand-in for pyrtlsdr that counts bytes."""

import ctypes
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from detector.errors import DeviceError
from detector.types import Tuning
from firmware.drivers.iq.rtl import RtlSource
from firmware.drivers.settings import RtlSettings
from firmware.drivers.source import parse_iq_source
from tests.contract.fakes import FakeClock

TUNING = Tuning(center_hz=433.92e6, sample_rate_hz=1e6, sample_count=1000, gain_db=30.0)


class FakeDongle:
    """Delivers the position of each sample since the last retune, in its low byte (I) and high byte (Q)."""

    def __init__(self, device_index: int) -> None:
        self.calls: list[tuple[str, object]] = [("open", device_index)]
        self.fails: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("set_"):
            raise AttributeError(name)
        return lambda value: self.calls.append((name, value))

    def get_tuner_type(self) -> int:
        return 5

    def get_gain(self) -> float:
        return 29.7

    def read_bytes(self, count: int) -> ctypes.Array[ctypes.c_ubyte]:
        if self.fails is not None:
            raise self.fails
        self.calls.append(("read", count))
        raw = np.arange(count // 2, dtype="<u2").tobytes()
        return (ctypes.c_ubyte * count).from_buffer_copy(raw)

    def close(self) -> None:
        self.calls.append(("close", None))


def _install(monkeypatch: pytest.MonkeyPatch, serials: list[str]) -> list[FakeDongle]:
    made: list[FakeDongle] = []

    class RtlSdr(FakeDongle):
        def __init__(self, device_index: int) -> None:
            super().__init__(device_index)
            made.append(self)

        @staticmethod
        def get_device_serial_addresses() -> list[str]:
            return serials

    library = SimpleNamespace(rtlsdr_get_device_count=lambda: len(serials))
    monkeypatch.setitem(sys.modules, "rtlsdr", SimpleNamespace(RtlSdr=RtlSdr, librtlsdr=library))
    return made


def _source(text: str = "rtl:0", **settings: Any) -> RtlSource:
    return RtlSource(parse_iq_source(text), RtlSettings(**settings), FakeClock())


def _first_position(samples: np.ndarray) -> int:
    low, high = np.rint(127.5 + 127.5 * np.array([samples[0].real, samples[0].imag])).astype(int)
    return int(low + 256 * high)


def test_stale_samples_are_discarded_by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _install(monkeypatch, ["00000001"])
    with _source(settle_s=0.01, fifo_samples=500) as source:
        retuned, stayed = source.read(TUNING), source.read(TUNING)
    assert _first_position(retuned.samples) == 500 + 10_000
    assert _first_position(stayed.samples) == 500
    assert len(retuned.samples) == len(stayed.samples) == 1000
    reads = [value for name, value in made[0].calls if name == "read"]
    assert [count % 512 for count in reads] == [0, 0]
    assert retuned.gain_db == 29.7
    assert retuned.t_ns == 5_000_000_000 - (reads[0] // 2 - 10_500) * 1000


def test_only_what_changed_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _install(monkeypatch, ["00000001"])
    with _source(ppm=12) as source:
        source.read(TUNING)
        source.read(Tuning(center_hz=900e6, sample_rate_hz=1e6, sample_count=1000, gain_db=None))
    sets = [call for call in made[0].calls if call[0].startswith("set_")]
    assert sets == [
        ("set_freq_correction", 12),
        ("set_sample_rate", 1e6),
        ("set_gain", 30.0),
        ("set_center_freq", 433_920_000),
        ("set_gain", "auto"),
        ("set_center_freq", 900_000_000),
    ]


def test_dongles_are_found_by_serial_number(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _install(monkeypatch, ["00000001", "00000007"])
    _source("rtl:00000007").open()
    _source("rtl:1").open()
    assert [dongle.calls[0] for dongle in made] == [("open", 1), ("open", 1)]


@pytest.mark.parametrize(
    ("text", "serials", "message"),
    [
        ("rtl:0", [], "rtl:0: no RTL-SDR dongle found (librtlsdr counts 0 devices)"),
        ("rtl:2", ["00000001"], "rtl:2: no such dongle (librtlsdr counts 1, from 0)"),
        ("rtl:077", ["00000001"], "rtl:077: no dongle of this serial number (found: 00000001)"),
    ],
)
def test_missing_dongles(monkeypatch: pytest.MonkeyPatch, text: str, serials: list[str], message: str) -> None:
    _install(monkeypatch, serials)
    with pytest.raises(DeviceError) as caught:
        _source(text).open()
    assert str(caught.value) == message


def test_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtlsdr", None)
    with pytest.raises(DeviceError, match=r"^rtl:0: pyrtlsdr or librtlsdr is missing: "):
        _source().open()


def test_a_dongle_that_fails_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _install(monkeypatch, ["00000001"])
    source = _source()
    source.open()
    made[0].fails = OSError("LIBUSB_ERROR_NO_DEVICE\nwhile reading")
    with pytest.raises(DeviceError) as caught:
        source.read(TUNING)
    assert str(caught.value) == "rtl:0: LIBUSB_ERROR_NO_DEVICE while reading"
    assert made[0].calls[-1] == ("close", None)
