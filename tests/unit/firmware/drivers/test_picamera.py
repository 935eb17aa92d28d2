"""The camera's driver against a stand-in for picamera2; tests/integration/test_virtual_camera.py has the real one."""

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from detector.errors import DeviceError, DeviceStalledError
from firmware.drivers.frames.picamera import PicameraSource
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.drivers.source import parse_camera_source
from tests.contract.fakes import FakeClock

MODES = [
    {"size": (640, 480), "fps": 58.9, "bit_depth": 10, "unpacked": "SGBRG10", "crop_limits": (16, 0, 2560, 1920)},
    {"size": (640, 480), "fps": 90.0, "bit_depth": 8, "unpacked": "SGBRG8", "crop_limits": (16, 0, 2560, 1920)},
    {"size": (1296, 972), "fps": 43.3, "bit_depth": 10, "unpacked": "SGBRG10", "crop_limits": (0, 0, 2592, 1944)},
]
CONTROLS = (
    *("AeEnable", "AwbEnable", "ColourGains", "ExposureTime", "AnalogueGain", "FrameDurationLimits"),
    *("NoiseReductionMode", "Sharpness"),
)
PADDING_PX = 16
TUNING = {"version": 2.0, "algorithms": [{"rpi.contrast": {"ce_enable": 1, "gamma_curve": [0, 0, 1024, 5040]}}]}


class FakePicamera2:
    """One camera; frame k starts to be read out at 1 s + k/30 s, except that frame 5 is lost.

    The first two frames still have the exposure that was in force before, as on a real camera.
    """

    model = "ov5647_noir"
    modes: Any = MODES
    controls: Any = CONTROLS
    raw_format = None
    exposure_us: Any = 1998
    stalled = False
    last: Any = None

    def __init__(self, index: int, tuning: Any = None) -> None:
        type(self).last = self
        self.sensor_modes = self.modes
        self.camera_controls = dict.fromkeys(self.controls)
        self.tuning = tuning
        self.closed = self.flushed = False
        self.config: dict[str, Any] = {}
        self.taken = 0
        self.released = 0

    @classmethod
    def global_camera_info(cls) -> list[dict[str, object]]:
        return [{"Num": 0, "Model": cls.model}]

    @staticmethod
    def load_tuning_file(name: str) -> dict[str, Any]:
        assert name == "ov5647_noir.json"
        return TUNING

    def create_video_configuration(self, **config: Any) -> dict[str, Any]:
        return config

    def configure(self, config: dict[str, Any]) -> None:
        self.config = config
        if config["raw"] is not None:
            config["raw"]["stride"] = 2 * (640 + PADDING_PX)
            config["raw"]["format"] = self.raw_format or config["raw"]["format"]
        config["main"]["stride"] = config["main"]["size"][0] + PADDING_PX

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
        number = self.taken if self.taken < 5 else self.taken + 1
        self.taken += 1
        metadata = {
            "SensorTimestamp": 1_000_000_000 + number * 33_333_333,
            "ExposureTime": self.exposure_us if number > 1 else 30_000 + number,
            "AnalogueGain": 2.0,
            "DigitalGain": 1.0,
            "SensorBlackLevels": (4096, 4096, 4096, 4096),
        }
        if self.exposure_us is None:
            del metadata["ExposureTime"]
        return SimpleNamespace(make_buffer=self._buffer, get_metadata=lambda: metadata, release=self._release)

    def _buffer(self, name: str) -> np.ndarray:
        if name == "main":
            planes = np.full((480 * 3 // 2, 640 + PADDING_PX), 128, dtype=np.uint8)
            planes[:480, :640] = 55
            return planes.ravel()
        raw = np.full((480, 640 + PADDING_PX), 64, dtype=np.uint16)
        raw[0::2, 1::2] += 40  # one colour of the mosaic passes more
        raw[:, 640:] = 1023
        return raw.view(np.uint8).ravel()

    def _release(self) -> None:
        self.released += 1


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> type[FakePicamera2]:
    made = type("Picamera2", (FakePicamera2,), {})
    monkeypatch.setitem(sys.modules, "picamera2", SimpleNamespace(Picamera2=made))
    full_range = SimpleNamespace(ColorSpace=SimpleNamespace(Sycc=lambda: "sycc"))
    monkeypatch.setitem(sys.modules, "libcamera", full_range)
    return made


def _source(text: str = "picamera:0", clock_s: float = 1.15, red: bool = False, **settings: Any) -> PicameraSource:
    leds = LedSettings(on_axis_radius_mm=7.0, on_axis_light="red" if red else "infrared")
    clock = FakeClock(round(clock_s * 1e9))
    return PicameraSource(parse_camera_source(text), CameraSettings(**settings), leds, clock)


def test_everything_is_fixed_before_the_start(library: type[FakePicamera2]) -> None:
    with _source():
        config = library.last.config
    assert config["raw"]["size"] == (640, 480)
    assert config["raw"]["format"] == "SGBRG10", "the deepest mode that is fast enough"
    controls = config["controls"]
    assert (controls["AeEnable"], controls["AwbEnable"], controls["NoiseReductionMode"]) == (False, False, 0)
    assert (controls["ExposureTime"], controls["AnalogueGain"], controls["Sharpness"]) == (2000, 2.0, 0.0)
    assert controls["FrameDurationLimits"] == (33333, 33333)
    assert "LensPosition" not in controls, "this module cannot focus"
    assert library.last.closed


def test_a_module_that_can_focus_is_focused(library: type[FakePicamera2]) -> None:
    library.controls = (*CONTROLS, "AfMode", "LensPosition")
    with _source(focus_m=0.5):
        controls = library.last.config["controls"]
    assert (controls["AfMode"], controls["LensPosition"]) == (0, 2.0)


def test_a_mono_sensor_has_no_colours_to_fix_and_no_mosaic(library: type[FakePicamera2]) -> None:
    library.model, library.raw_format = "imx296_mono", "R10"
    library.modes = [MODES[0] | {"unpacked": "R10"}]
    library.controls = tuple(name for name in CONTROLS if name not in ("AwbEnable", "ColourGains"))
    with _source(sensor="imx296", width_px=640, height_px=480) as source:
        frame = source.read()
    assert np.unique(frame.pixels).tolist() == [64, 104]
    assert frame.readout_ns == 0, "a global shutter"


def test_geometry_comes_from_mode_and_metadata(library: type[FakePicamera2]) -> None:
    with _source() as source:
        geometry = source.geometry
    assert (geometry.width_px, geometry.height_px, geometry.bit_depth) == (640, 480, 10)
    assert geometry.black_level_dn == 64
    assert geometry.hfov_deg == pytest.approx(52.9, abs=0.1), "2560 of 2592 columns of 53.5 degrees"
    assert (geometry.on_axis_radius_mm, geometry.on_axis_wavelength_nm) == (7.0, 850.0)


def test_the_red_ring_is_in_the_geometry(library: type[FakePicamera2]) -> None:
    with _source(red=True) as source:
        geometry = source.geometry
    assert (geometry.on_axis_radius_mm, geometry.on_axis_wavelength_nm) == (8.0, 625.0)
    assert geometry.off_axis_wavelength_nm == 850.0


def test_frames_wait_until_the_exposure_holds_still(library: type[FakePicamera2]) -> None:
    with _source() as source:
        assert library.last.taken == 4, "two with another exposure, two that agree"
        frame = source.read()
    assert frame.t_ns == 1_133_333_332 - 1_998_000, "the exposure began before the read-out"
    assert frame.exposure_ns == 1_998_000
    assert frame.readout_ns == pytest.approx(1e9 / 58.9, rel=1e-3), "no longer than the mode's shortest frame"
    assert library.last.released == library.last.taken == 5


def test_an_exposure_that_never_holds_still_is_a_fault(
    library: type[FakePicamera2], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "exposure_us", property(lambda camera: 1000 + camera.taken))
    with pytest.raises(DeviceError, match=r"^picamera:0: exposure and gain do not hold still \(10 frames\)$"):
        _source().open()
    assert library.last.closed


@pytest.mark.parametrize("clock_s", [1.0, 90.0])
def test_stamps_of_another_clock_are_a_fault(library: type[FakePicamera2], clock_s: float) -> None:
    with pytest.raises(DeviceError, match=r"^picamera:0: frames are stamped by another clock \(off by "):
        _source(clock_s=clock_s).open()


def test_the_mosaic_and_the_padding_are_gone(library: type[FakePicamera2]) -> None:
    with _source() as source:
        pixels = source.read().pixels
    assert pixels.shape == (480, 640)
    assert np.unique(pixels).tolist() == [74]


@pytest.mark.parametrize("name", ["SGBRG10_CSI2P", "RGGB_PISP_COMP1"])
def test_packed_pixels_are_refused(library: type[FakePicamera2], name: str) -> None:
    library.raw_format = name
    with pytest.raises(DeviceError, match=rf"cannot be opened: raw frames come as {name}, not in whole bytes$"):
        _source().open()


def test_lost_frames_leave_a_gap(library: type[FakePicamera2]) -> None:
    with _source() as source:
        assert [source.read().sequence for _ in range(3)] == [0, 2, 3]


def test_luma_is_straight_full_range_and_without_a_black_level(library: type[FakePicamera2]) -> None:
    with _source(stream="luma") as source:
        frame, geometry, camera = source.read(), source.geometry, library.last
    assert frame.pixels.shape == (480, 640)
    assert np.unique(frame.pixels).tolist() == [55]
    assert (geometry.bit_depth, geometry.black_level_dn) == (8, 0.0)
    assert geometry.hfov_deg == pytest.approx(53.5), "the mode that sees most, shrunk"
    assert camera.config["raw"] is None
    assert camera.config["sensor"] == {"output_size": (1296, 972), "bit_depth": 10}
    assert camera.config["colour_space"] == "sycc"
    contrast = camera.tuning["algorithms"][0]["rpi.contrast"]
    assert contrast == {"ce_enable": 0, "gamma_curve": [0, 0, 65535, 65535]}
    assert TUNING["algorithms"][0]["rpi.contrast"]["ce_enable"] == 1, "the library's own is left alone"


def test_a_camera_that_does_not_say_its_exposure_may_have_exposed_all_the_time(library: type[FakePicamera2]) -> None:
    library.modes = [{"format": "NV12"}]
    library.controls = ("FrameDurationLimits",)
    library.exposure_us = None
    with _source(stream="luma", clock_s=1.1) as source:
        frame = source.read()
    assert frame.exposure_ns == pytest.approx(33.3e6, rel=1e-2)
    assert frame.readout_ns == pytest.approx(33.3e6, rel=1e-2)
    assert frame.t_ns + frame.exposure_ns == 1_066_666_666


def test_raw_needs_an_exposure_that_can_be_fixed(library: type[FakePicamera2]) -> None:
    library.controls = ("FrameDurationLimits", "AeEnable")
    with pytest.raises(DeviceError, match=r"^picamera:0: lets nobody fix ExposureTime, AnalogueGain$"):
        _source().open()


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
        ("picamera:0", {"sensor": "imx219"}, "picamera:0: is a ov5647_noir, not the configured imx219"),
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
