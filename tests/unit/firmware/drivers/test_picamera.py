"""The camera's driver against a stand-in for picamera2; the real one needs libcamera."""

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from detector.errors import DeviceError, DeviceStalledError
from firmware.drivers.frames.picamera import PicameraSource
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.drivers.source import parse_camera_source

MODES = [
    {"size": (640, 480), "fps": 58.9, "bit_depth": 10, "unpacked": "SGBRG10", "crop_limits": (16, 0, 2560, 1920)},
    {"size": (640, 480), "fps": 90.0, "bit_depth": 8, "unpacked": "SGBRG8", "crop_limits": (16, 0, 2560, 1920)},
    {"size": (1296, 972), "fps": 43.3, "bit_depth": 10, "unpacked": "SGBRG10", "crop_limits": (0, 0, 2592, 1944)},
]
PADDING_PX = 16


class FakePicamera2:
    """One camera of SGBRG10 frames; frame k starts to be read out at 1 s + k/30 s, except that frame 3 is lost."""

    cameras = 1
    stalled = False
    last: Any = None

    def __init__(self, index: int) -> None:
        type(self).last = self
        self.sensor_modes = MODES
        self.closed = self.flushed = False
        self.config: dict[str, Any] = {}
        self.taken = 0
        self.released = 0

    @classmethod
    def global_camera_info(cls) -> list[dict[str, object]]:
        return [{"Num": number} for number in range(cls.cameras)]

    def create_video_configuration(self, **config: Any) -> dict[str, Any]:
        return config

    def configure(self, config: dict[str, Any]) -> None:
        self.config = config

    def camera_configuration(self) -> dict[str, Any]:
        return self.config

    def start(self) -> None:
        assert self.config

    def cancel_all_and_flush(self) -> None:
        self.flushed = True

    def close(self) -> None:
        self.closed = True

    def capture_request(self, wait: float) -> Any:
        if self.stalled:
            raise TimeoutError
        number = self.taken if self.taken < 3 else self.taken + 1
        self.taken += 1
        raw = np.full((480, 640 + PADDING_PX), 64, dtype=np.uint16)
        raw[0::2, 1::2] += 40  # one colour of the mosaic passes more
        raw[:, 640:] = 1023
        metadata = {
            "SensorTimestamp": 1_000_000_000 + number * 33_333_333,
            "ExposureTime": 1998,
            "AnalogueGain": 2.0,
            "DigitalGain": 1.0,
            "SensorBlackLevels": (4096, 4096, 4096, 4096),
        }
        return SimpleNamespace(
            make_array=lambda name: raw.view(np.uint8), get_metadata=lambda: metadata, release=self._release
        )

    def _release(self) -> None:
        self.released += 1


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> type[FakePicamera2]:
    made = type("Picamera2", (FakePicamera2,), {})
    monkeypatch.setitem(sys.modules, "picamera2", SimpleNamespace(Picamera2=made))
    return made


def _source(text: str = "picamera:0", **settings: Any) -> PicameraSource:
    return PicameraSource(parse_camera_source(text), CameraSettings(**settings), LedSettings(on_axis_radius_mm=7.0))


def test_everything_is_fixed_before_the_start(library: type[FakePicamera2]) -> None:
    with _source():
        config = library.last.config
    assert config["raw"] == {"size": (640, 480), "format": "SGBRG10"}, "the deepest mode that is fast enough"
    controls = config["controls"]
    assert (controls["AeEnable"], controls["AwbEnable"], controls["NoiseReductionMode"]) == (False, False, 0)
    assert (controls["ExposureTime"], controls["AnalogueGain"], controls["Sharpness"]) == (2000, 2.0, 0.0)
    assert controls["FrameDurationLimits"] == (33333, 33333)
    assert library.last.closed


def test_geometry_comes_from_mode_and_metadata(library: type[FakePicamera2]) -> None:
    with _source() as source:
        geometry = source.geometry
    assert (geometry.width_px, geometry.height_px, geometry.bit_depth) == (640, 480, 10)
    assert geometry.black_level_dn == 64
    assert geometry.hfov_deg == pytest.approx(52.9, abs=0.1), "2560 of 2592 columns of 53.5 degrees"
    assert geometry.on_axis_radius_mm == 7.0


def test_exposure_began_before_the_read_out(library: type[FakePicamera2]) -> None:
    with _source() as source:
        frame = source.read()
    assert frame.t_ns == 1_033_333_333 - 1_998_000
    assert frame.exposure_ns == 1_998_000
    assert frame.readout_ns == pytest.approx(1e9 / 58.9, rel=1e-3), "no longer than the mode's shortest frame"
    assert library.last.released == library.last.taken == 2


def test_the_mosaic_and_the_padding_are_gone(library: type[FakePicamera2]) -> None:
    with _source() as source:
        pixels = source.read().pixels
    assert pixels.shape == (480, 640)
    assert np.unique(pixels).tolist() == [74]


def test_lost_frames_leave_a_gap(library: type[FakePicamera2]) -> None:
    with _source() as source:
        assert [source.read().sequence for _ in range(4)] == [0, 1, 3, 4]


def test_a_stalled_camera_is_closed(library: type[FakePicamera2]) -> None:
    source = _source()
    source.open()
    library.stalled = True
    with pytest.raises(DeviceStalledError, match=r"^picamera:0: no frame within 1 s \(check power, cable and load\)$"):
        source.read()
    assert library.last.flushed
    assert library.last.closed


@pytest.mark.parametrize(
    ("text", "settings", "message"),
    [
        ("picamera:1", {}, "picamera:1: no such camera (libcamera lists 1)"),
        (
            "picamera:0",
            {"width_px": 800},
            "picamera:0: no mode of 800 x 480 at 30 fps (modes: 640 x 480 at 59, 640 x 480 at 90, 1296 x 972 at 43)",
        ),
    ],
)
def test_what_is_not_there(library: type[FakePicamera2], text: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(DeviceError) as caught:
        _source(text, **settings).open()
    assert str(caught.value) == message


def test_picamera2_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(DeviceError, match=r"^picamera:0: picamera2 is not installed \(apt install python3-picamera2\)"):
        _source().open()
