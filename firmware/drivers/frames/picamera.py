"""A Raspberry Pi camera by way of picamera2 and libcamera.

Frames are raw: what the ISP makes of them (gamma, denoising, sharpening) would bias flux ratios. Under 850 nm all
Bayer filters pass about alike, so grey is the mean of overlapping 2 x 2 windows, each of which holds every colour
once; it lies half a pixel up and left of the raw grid, in every frame alike.

libcamera stamps a frame when its first row is read out; that row's exposure began `ExposureTime` earlier. Only the
frame's own metadata says which exposure and gain were in force.
"""

import re
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from detector.errors import DeviceError, DeviceStalledError
from detector.types import CameraGeometry, Frame, Provenance
from firmware.drivers.device import DriverBase
from firmware.drivers.frames.sensors import SENSORS, cropped_hfov_deg
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.drivers.source import Source

__all__ = ["PicameraSource"]

_BUFFERS = 4
_PREVIEW_SIZE_PX = (320, 240)  # picamera2 wants a main stream; nobody reads it
_METADATA_BITS = 16  # libcamera states black levels as if pixels had 16 bits
_NOISE_REDUCTION_OFF = 0  # libcamera.controls.draft.NoiseReductionModeEnum.Off


@dataclass(frozen=True, slots=True)
class _Mode:
    """What the driver needs of an entry of `Picamera2.sensor_modes`."""

    unpacked: str
    size_px: tuple[int, int]
    bit_depth: int
    max_fps: float
    crop_width_px: int


class PicameraSource(DriverBase):
    """A camera on the CSI connector.

    Parameters
    ----------
    source : Source
        ``picamera:INDEX``.
    settings : CameraSettings
    leds : LedSettings
        Radii of the rings around this camera.
    """

    def __init__(self, source: Source, settings: CameraSettings, leds: LedSettings) -> None:
        super().__init__(source.text, Provenance.LIVE)
        self.geometry = CameraGeometry(
            width_px=settings.width_px,
            height_px=settings.height_px,
            hfov_deg=settings.hfov_deg or SENSORS[settings.sensor].hfov_deg,
            on_axis_radius_mm=leds.on_axis_radius_mm,
            off_axis_radius_mm=leds.off_axis_radius_mm,
        )
        self._index = int(source.target)
        self._settings = settings
        self._camera: Any = None
        self._bit_depth = 8
        self._bayer = True
        self._readout_ns = 0
        self._sequence = 0
        self._last_t_ns: int | None = None

    def open(self) -> None:
        """Start the camera with everything fixed, and wait for its first frame.

        Raises
        ------
        DeviceError
            picamera2 is missing, libcamera does not list the camera, it is busy, or has no such mode.
        DeviceStalledError
            It delivers no frame.
        """
        self.close()
        library = self._library()
        try:
            cameras = library.global_camera_info()
            if self._index >= len(cameras):
                raise self.failure(f"no such camera (libcamera lists {len(cameras)})")
            self._camera = library(self._index)
            mode = self._mode()
            self._start(mode)
            self._set_geometry(mode)
        except DeviceError:
            self.close()
            raise
        except Exception as error:  # picamera2 raises RuntimeError, IndexError and whatever libcamera throws
            self.close()
            raise self.failure(f"cannot be opened: {error}") from error

    def close(self) -> None:
        """Stop and release the camera; harmless when it is not open."""
        if self._camera is not None:
            self._camera.close()
        self._camera = None
        self._last_t_ns = None

    def read(self) -> Frame:
        """Return the next frame; see `FrameSource.read`.

        Raises
        ------
        DeviceStalledError
            None came within `CameraSettings.deadline_s`; the camera is closed then.
        DeviceError
            Not open.
        """
        if self._camera is None:
            raise self.failure("not open")
        raw, metadata = self._capture()
        exposure_ns = 1000 * int(metadata["ExposureTime"])
        t_ns = int(metadata["SensorTimestamp"]) - exposure_ns
        return Frame(
            pixels=self._grey(raw),
            t_ns=t_ns,
            exposure_ns=exposure_ns,
            readout_ns=self._readout_ns,
            gain=float(metadata["AnalogueGain"]) * float(metadata.get("DigitalGain", 1.0)),
            sequence=self._count(t_ns),
            provenance=self.provenance,
        )

    def _library(self) -> Any:
        try:
            from picamera2 import Picamera2
        except (ImportError, OSError) as error:
            raise self.failure(f"picamera2 is not installed (apt install python3-picamera2): {error}") from error
        return Picamera2

    def _mode(self) -> _Mode:
        """Return the deepest mode of the wanted size that is fast enough."""
        size = (self._settings.width_px, self._settings.height_px)
        entries = self._camera.sensor_modes
        fitting = [entry for entry in entries if entry["size"] == size and entry["fps"] >= self._settings.fps]
        if not fitting:
            modes = ", ".join(f"{e['size'][0]} x {e['size'][1]} at {e['fps']:.0f}" for e in entries)
            raise self.failure(f"no mode of {size[0]} x {size[1]} at {self._settings.fps:g} fps (modes: {modes})")
        best = max(fitting, key=lambda entry: (entry["bit_depth"], entry["fps"]))
        return _Mode(best["unpacked"], size, best["bit_depth"], best["fps"], best["crop_limits"][2])

    def _start(self, mode: _Mode) -> None:
        frame_us = round(1e6 / self._settings.fps)
        controls = {
            "AeEnable": False,
            "AwbEnable": False,
            "ColourGains": (1.0, 1.0),
            "ExposureTime": self._settings.exposure_us,
            "AnalogueGain": self._settings.gain,
            "FrameDurationLimits": (frame_us, frame_us),
            "NoiseReductionMode": _NOISE_REDUCTION_OFF,
            "Sharpness": 0.0,
        }
        config = self._camera.create_video_configuration(
            main={"size": _PREVIEW_SIZE_PX, "format": "YUV420"},
            raw={"size": mode.size_px, "format": mode.unpacked},
            sensor={"output_size": mode.size_px, "bit_depth": mode.bit_depth},
            controls=controls,
            buffer_count=_BUFFERS,
        )
        self._camera.configure(config)
        # The Pi 5 delivers 16 bits whatever was asked for: only the configuration in force tells.
        in_force = str(self._camera.camera_configuration()["raw"]["format"])
        digits = re.search(r"\d+", in_force)
        self._bit_depth = int(digits.group()) if digits else mode.bit_depth
        self._bayer = in_force.startswith("S")
        self._camera.start()

    def _set_geometry(self, mode: _Mode) -> None:
        settings, sensor = self._settings, SENSORS[self._settings.sensor]
        slowest_us = 0.0 if sensor.global_shutter else 1e6 / mode.max_fps
        self._readout_ns = round(1000 * (settings.readout_us or slowest_us))
        _, metadata = self._capture()
        levels = metadata.get("SensorBlackLevels", (0,))
        stated_dn = float(np.mean(levels)) / 2 ** (_METADATA_BITS - self._bit_depth)
        self.geometry = CameraGeometry(
            width_px=mode.size_px[0],
            height_px=mode.size_px[1],
            hfov_deg=settings.hfov_deg or cropped_hfov_deg(sensor, mode.crop_width_px),
            bit_depth=self._bit_depth,
            black_level_dn=settings.black_level_dn or stated_dn,
            on_axis_radius_mm=self.geometry.on_axis_radius_mm,
            off_axis_radius_mm=self.geometry.off_axis_radius_mm,
        )

    def _capture(self) -> tuple[npt.NDArray[np.uint8], dict[str, Any]]:
        try:
            request = self._camera.capture_request(wait=self._settings.deadline_s)
        except TimeoutError as error:
            # Without this, closing would wait for the job that timed out.
            self._camera.cancel_all_and_flush()
            self.close()
            reason = f"no frame within {self._settings.deadline_s:g} s (check power, cable and load)"
            raise DeviceStalledError(f"{self.source}: {reason}") from error
        try:
            return request.make_array("raw"), request.get_metadata()
        finally:
            request.release()

    def _grey(self, raw: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
        """Cut the row padding off, and take the mosaic out."""
        wide: npt.NDArray[np.uint8] | npt.NDArray[np.uint16] = raw.view(np.uint16) if self._bit_depth > 8 else raw
        pixels = wide[: self.geometry.height_px, : self.geometry.width_px].copy()
        if self._bayer:
            cv2.blur(pixels, (2, 2), dst=pixels)
        return pixels

    def _count(self, t_ns: int) -> int:
        """Return the frame's number: the time since the last one tells how many were lost."""
        if self._last_t_ns is not None:
            self._sequence += max(1, round((t_ns - self._last_t_ns) * self._settings.fps / 1e9))
        self._last_t_ns = t_ns
        return self._sequence
