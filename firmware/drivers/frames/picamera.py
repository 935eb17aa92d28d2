"""A Raspberry Pi camera by way of picamera2 and libcamera.

Raw frames are what the sensor says: the image processor's gamma, denoising and sharpening would bias flux ratios. Luma
frames come from the image processor, with a straight curve and the rest switched off.

libcamera stamps a frame when its first row is read out (CLOCK_MONOTONIC in fact, whatever its documentation says);
that row's exposure began `ExposureTime` earlier. Only the frame's own metadata says which exposure and gain were in
force. Every wait for a frame has an end. Two calls of the library have none (opening and closing): they are what this
process is killed for by its supervisor.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.errors import DeviceError, DeviceStalledError
from detector.types import CameraGeometry, Frame, LedState, Provenance
from firmware.drivers.clock import NS_PER_S, SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase
from firmware.drivers.frames.modes import SensorMode, choose_mode
from firmware.drivers.frames.pixels import PixelLayout
from firmware.drivers.frames.sensors import SENSORS, frame_size
from firmware.drivers.frames.tuning import straight_tuning
from firmware.drivers.leds.wiring import wired_rings
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.drivers.source import Source

__all__ = ["PicameraSource"]

_BUFFERS = 4
_SETTLE_FRAMES = _BUFFERS + 6  # what is asked for takes the buffers under way and three or four frames
_PREVIEW_SIZE_PX = (320, 240)  # picamera2 wants a main stream; beside raw nobody reads it
_METADATA_BITS = 16  # libcamera states black levels as if pixels had 16 bits
_NOISE_REDUCTION_OFF = 0  # libcamera.controls.draft.NoiseReductionModeEnum.Off
_FOCUS_BY_HAND = 0  # libcamera.controls.AfModeEnum.Manual
_NEEDED_FOR_RAW = ("AeEnable", "ExposureTime", "AnalogueGain", "FrameDurationLimits")


@dataclass(frozen=True, slots=True)
class _Stream:
    """What is read of each request, and what does not change from frame to frame."""

    name: str
    layout: PixelLayout
    readout_ns: int


class PicameraSource(DriverBase):
    """A camera on the CSI connector.

    Parameters
    ----------
    source : Source
        ``picamera:INDEX``.
    settings : CameraSettings
    leds : LedSettings
        The rings around this camera.
    clock : Clock
        The one that frames are stamped by.
    """

    def __init__(
        self, source: Source, settings: CameraSettings, leds: LedSettings, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        super().__init__(source.text, Provenance.LIVE)
        self._index = int(source.target)
        self._settings = settings
        self._rings = wired_rings(leds)
        self._clock = clock
        self._size_px = frame_size(settings)
        self.geometry = self._geometry(settings.hfov_deg or SENSORS[settings.sensor].hfov_deg, 8, 0.0)
        self._camera: Any = None
        self._stream: _Stream | None = None
        self._sequence = 0
        self._last_t_ns: int | None = None

    def open(self) -> None:
        """Start the camera with everything fixed, and wait until its frames say that it is.

        Raises
        ------
        DeviceError
            picamera2 is missing, libcamera does not list the camera, it is busy, is another module than configured,
            has no such mode, cannot hold its exposure still, or stamps frames by another clock.
        DeviceStalledError
            It delivers no frame.
        """
        self.close()
        library = self._library()
        try:
            self._camera = self._find(library)
            mode = self._mode()
            self._start(mode)
            self._set_geometry(mode, self._settle())
        except DeviceError:
            self.close()
            raise
        except Exception as error:  # picamera2 raises RuntimeError, IndexError and whatever libcamera throws
            self.close()
            raise self.failure(f"cannot be opened: {error}") from error

    def close(self) -> None:
        """Stop and release the camera; harmless when it is not open."""
        camera, self._camera, self._stream = self._camera, None, None
        self._last_t_ns = None
        if camera is not None:
            camera.close()

    def read(self) -> Frame:
        """Return the next frame; see `FrameSource.read`.

        Raises
        ------
        DeviceStalledError
            None came within `CameraSettings.deadline_s`; the camera is closed then.
        DeviceError
            Not open.
        """
        if self._stream is None:
            raise self.failure("not open")
        readout_ns, layout = self._stream.readout_ns, self._stream.layout
        buffer, metadata = self._capture()
        exposure_ns = self._exposure_ns(metadata)
        t_ns = int(metadata["SensorTimestamp"]) - exposure_ns
        return Frame(
            pixels=layout.grey(buffer),
            t_ns=t_ns,
            exposure_ns=exposure_ns,
            readout_ns=readout_ns,
            gain=float(metadata.get("AnalogueGain", 1.0)) * float(metadata.get("DigitalGain", 1.0)),
            sequence=self._count(t_ns),
            provenance=self.provenance,
        )

    def _library(self) -> Any:
        try:
            from picamera2 import Picamera2
        except (ImportError, OSError) as error:
            raise self.failure(f"picamera2 is not installed (apt install python3-picamera2): {error}") from error
        return Picamera2

    def _find(self, library: Any) -> Any:
        """Return the camera, acquired, once it is known to be the configured module."""
        cameras = library.global_camera_info()
        if self._index >= len(cameras):
            raise self.failure(f"no such camera (libcamera lists {len(cameras)})")
        model = str(cameras[self._index].get("Model", "unknown"))
        sensor = self._settings.sensor
        if model.removesuffix("_noir").removesuffix("_mono") != sensor:
            raise self.failure(f"is a {model}, not the configured {sensor}")
        if self._settings.stream == "luma":
            return library(self._index, tuning=straight_tuning(library.load_tuning_file(f"{model}.json")))
        return library(self._index)

    def _mode(self) -> SensorMode | None:
        """Return the mode to run; None where the camera has none to choose from (no raw stream)."""
        entries = self._camera.sensor_modes
        if self._settings.stream == "luma" and not any("size" in entry for entry in entries):
            return None
        try:
            return choose_mode(entries, self._settings)
        except LookupError as error:
            raise self.failure(error) from error

    def _start(self, mode: SensorMode | None) -> None:
        config = self._camera.create_video_configuration(
            **self._streams(mode), controls=self._controls(), buffer_count=_BUFFERS
        )
        self._camera.configure(config)
        in_force = self._camera.camera_configuration()
        if self._settings.stream == "raw":
            name, layout = "raw", PixelLayout.of_raw(in_force["raw"])
        else:
            name, layout = "main", PixelLayout.of_luma(in_force["main"])
        if layout.size_px != self._size_px:
            raise self.failure(f"delivers {layout.size_px[0]} x {layout.size_px[1]}, not what was asked for")
        self._stream = _Stream(name, layout, self._readout_ns(mode))
        self._camera.start()

    def _streams(self, mode: SensorMode | None) -> dict[str, Any]:
        sensor = None if mode is None else {"output_size": mode.size_px, "bit_depth": mode.bit_depth}
        if self._settings.stream == "raw" and mode is not None:
            raw = {"size": mode.size_px, "format": mode.unpacked}
            return {"main": {"size": _PREVIEW_SIZE_PX, "format": "YUV420"}, "raw": raw, "sensor": sensor}
        from libcamera import ColorSpace

        # Sycc is the colour space whose luma has all 256 values.
        main = {"size": self._size_px, "format": "YUV420"}
        return {"main": main, "raw": None, "sensor": sensor, "colour_space": ColorSpace.Sycc()}

    def _controls(self) -> dict[str, Any]:
        """Return everything fixed that this camera lets be fixed (a mono sensor has no colour gains, say)."""
        settings, frame_us = self._settings, round(1e6 / self._settings.fps)
        wanted = {
            "AeEnable": False,
            "AwbEnable": False,
            "ColourGains": (1.0, 1.0),
            "ExposureTime": settings.exposure_us,
            "AnalogueGain": settings.gain,
            "FrameDurationLimits": (frame_us, frame_us),
            "NoiseReductionMode": _NOISE_REDUCTION_OFF,
            "Sharpness": 0.0,
            "AfMode": _FOCUS_BY_HAND,
            "LensPosition": 1.0 / settings.focus_m,
        }
        offered = self._camera.camera_controls
        lacking = [name for name in _NEEDED_FOR_RAW if name not in offered]
        if settings.stream == "raw" and lacking:
            raise self.failure(f"lets nobody fix {', '.join(lacking)}")
        return {name: value for name, value in wanted.items() if name in offered}

    def _settle(self) -> dict[str, Any]:
        """Wait until exposure and gain hold still, and return the metadata of that frame."""
        before: tuple[float, float] | None = None
        for _ in range(_SETTLE_FRAMES):
            _, metadata = self._capture()
            now = (float(metadata.get("ExposureTime", 0.0)), float(metadata.get("AnalogueGain", 1.0)))
            if now == before:
                self._check_clock(int(metadata["SensorTimestamp"]))
                return metadata
            before = now
        raise self.failure(f"exposure and gain do not hold still ({_SETTLE_FRAMES} frames)")

    def _check_clock(self, stamp_ns: int) -> None:
        """Make sure that the frame just taken is stamped by the clock that stamps the edges of the light."""
        age_s = (self._clock.monotonic_ns() - stamp_ns) / NS_PER_S
        longest_s = self._settings.deadline_s + (_BUFFERS + 1) / self._settings.fps
        if not 0 <= age_s <= longest_s:
            raise self.failure(f"frames are stamped by another clock (off by {age_s:.3f} s)")

    def _set_geometry(self, mode: SensorMode | None, metadata: dict[str, Any]) -> None:
        settings = self._settings
        assert self._stream is not None  # noqa: S101
        bit_depth = self._stream.layout.bit_depth
        # The image processor has taken the black level off already.
        levels = metadata.get("SensorBlackLevels", (0,)) if settings.stream == "raw" else (0,)
        stated_dn = float(np.mean(levels)) / 2 ** (_METADATA_BITS - bit_depth)
        table_deg = settings.hfov_deg or SENSORS[settings.sensor].hfov_deg
        hfov_deg = table_deg if mode is None else mode.hfov_deg(settings)
        self.geometry = self._geometry(hfov_deg, bit_depth, settings.black_level_dn or stated_dn)

    def _geometry(self, hfov_deg: float, bit_depth: int, black_level_dn: float) -> CameraGeometry:
        on, off = self._rings[LedState.ON_AXIS], self._rings[LedState.OFF_AXIS]
        return CameraGeometry(
            width_px=self._size_px[0],
            height_px=self._size_px[1],
            hfov_deg=hfov_deg,
            bit_depth=bit_depth,
            black_level_dn=black_level_dn,
            on_axis_radius_mm=on.radius_mm,
            off_axis_radius_mm=off.radius_mm,
            on_axis_wavelength_nm=on.wavelength_nm,
            off_axis_wavelength_nm=off.wavelength_nm,
        )

    def _readout_ns(self, mode: SensorMode | None) -> int:
        if mode is not None:
            return mode.readout_ns(self._settings)
        return 1000 * self._settings.readout_us or round(NS_PER_S / self._settings.fps)

    def _exposure_ns(self, metadata: dict[str, Any]) -> int:
        """Return the frame's exposure; a camera that does not say may have exposed for the whole frame."""
        stated_us = metadata.get("ExposureTime")
        return round(NS_PER_S / self._settings.fps) if stated_us is None else 1000 * int(stated_us)

    def _capture(self) -> tuple[npt.NDArray[np.uint8], dict[str, Any]]:
        assert self._stream is not None  # noqa: S101
        try:
            request = self._camera.capture_request(wait=self._settings.deadline_s)
        except TimeoutError as error:
            # Without this, closing would wait for the job that timed out.
            self._camera.cancel_all_and_flush()
            self.close()
            reason = f"no frame within {self._settings.deadline_s:g} s (check power, cable and load)"
            raise DeviceStalledError(f"{self.source}: {reason}") from error
        try:
            return request.make_buffer(self._stream.name), request.get_metadata()
        finally:
            request.release()

    def _count(self, t_ns: int) -> int:
        """Return the frame's number: the time since the last one tells how many were lost."""
        if self._last_t_ns is not None:
            self._sequence += max(1, round((t_ns - self._last_t_ns) * self._settings.fps / NS_PER_S))
        self._last_t_ns = t_ns
        return self._sequence
