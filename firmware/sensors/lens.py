"""The lens loop: strobe, take frames, attribute them to their light, analyse, report, draw."""

import threading

import cv2

from detector.lens.calibration.applied import LensCalibration
from detector.lens.sense import LensSense
from detector.types import Frame, LedState
from firmware.calibration.identity import identity_of
from firmware.calibration.in_force import load_calibration
from firmware.drivers.interfaces import FrameSource
from firmware.drivers.open import Optics, make_optics
from firmware.drivers.source import parse_camera_source
from firmware.runtime.child import ChildContext
from firmware.runtime.drop_queue import DropOldestQueue
from firmware.runtime.memory import give_back_freed_memory
from firmware.sensors.settings import LensLoopSettings
from firmware.sensors.strobe import Strobe

__all__ = ["run_lens"]

_PREVIEW_INTERVAL_NS = 120_000_000
_JPEG_QUALITY = 70
_WAIT_FOR_FRAME_S = 0.2
_TIDY_INTERVAL_NS = 1_000_000_000


class _Camera:
    """Takes frames on a thread of its own, so that a slow analysis drops frames instead of delaying the strobe."""

    def __init__(self, camera: FrameSource, strobe: Strobe, queue_length: int) -> None:
        self._camera = camera
        self._strobe = strobe
        self._frames: DropOldestQueue[Frame] = DropOldestQueue(queue_length)
        self._error: Exception | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._take, name="camera", daemon=True)
        self._thread.start()

    def next(self) -> Frame | None:
        """Return the next frame, None when none came in time; the thread's own error is raised here."""
        frame = self._frames.get(_WAIT_FOR_FRAME_S)
        if frame is None and self._error is not None:
            raise self._error
        return frame

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _take(self) -> None:
        try:
            while not self._stop.is_set():
                self._frames.put(self._strobe.attribute(self._camera.read()))
        except Exception as error:
            self._error = error
        finally:
            self._frames.close()


def run_lens(context: ChildContext, settings: object) -> None:
    """Run the lens loop until the context says stop; the rings are dark afterwards, whatever happened.

    Raises
    ------
    DeviceError
        Camera or LED driver cannot be opened, failed or stalled.
    """
    if not isinstance(settings, LensLoopSettings):
        raise TypeError(f"settings: LensLoopSettings expected, not {type(settings).__name__}")
    optics = make_optics(settings.camera_source, settings.leds_source, settings.camera, settings.leds)
    with optics.camera, optics.leds:  # so that the light goes out first
        _watch(optics, context, settings)


def _watch(optics: Optics, context: ChildContext, settings: LensLoopSettings) -> None:
    sense = context.sense(
        lambda: LensSense(settings.options, optics.camera.geometry, calibration=_calibration(optics.camera, settings))
    )
    camera = _Camera(optics.camera, Strobe(optics.leds), settings.queue_length)
    preview = _Preview(context)
    tidied_ns = 0
    try:
        while not context.stopping:
            frame = camera.next()
            if frame is None:
                continue
            if frame.t_ns - tidied_ns > _TIDY_INTERVAL_NS:
                tidied_ns = frame.t_ns
                give_back_freed_memory()
            sense.step(frame)
            context.publish(sense.report())
            preview.show(sense, frame)
    finally:
        camera.close()


def _calibration(camera: FrameSource, settings: LensLoopSettings) -> LensCalibration | None:
    """Return what is stored for this open camera."""
    if settings.calibrations is None:
        return None
    identity = identity_of(parse_camera_source(camera.source), settings.camera, camera.geometry)
    return load_calibration(settings.calibrations, identity, camera.provenance, camera.geometry, settings.options)


class _Preview:
    """Encodes annotated frames while somebody looks, never more often than the page can use them."""

    def __init__(self, context: ChildContext) -> None:
        self._context = context
        self._last_ns = 0

    def show(self, sense: LensSense, frame: Frame) -> None:
        """Send this frame with what was found drawn in, if one is due."""
        if frame.led is not LedState.ON_AXIS or not self._context.frames_wanted or sense.picture_withheld:
            return
        if frame.t_ns - self._last_ns < _PREVIEW_INTERVAL_NS:
            return
        self._last_ns = frame.t_ns
        encoded, jpeg = cv2.imencode(".jpg", sense.annotated(frame), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        if encoded:
            self._context.publish_frame(jpeg.tobytes(), frame.sequence, frame.t_ns)
