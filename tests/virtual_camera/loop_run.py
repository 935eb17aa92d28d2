"""Runs in the root: the device's whole lens loop on the virtual camera; prints its last figures as JSON, then waits.

``python3 -m tests.virtual_camera.loop_run SECONDS EXPOSURE_US``. Driver, rings and their guard, strobe, queue, detector
and reports are the device's own; only the pipe to the parent is not there.
"""

import json
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, cast

from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from detector.lens.options import LensOptions
from detector.types import SenseReport
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.runtime.child import ChildContext
from firmware.sensors.lens import run_lens
from firmware.sensors.settings import LensLoopSettings
from tests.virtual_camera.patches import patched_picamera2


class Context:
    """What the loop asks of its process; ends it some time after the first report."""

    frames_wanted = False

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end_s = float("inf")
        self.first: SenseReport | None = None
        self.last: SenseReport | None = None

    @property
    def stopping(self) -> bool:
        return time.monotonic() >= self._end_s

    def sense(self, make: Callable[[], Any]) -> Any:
        return make()

    def publish(self, report: SenseReport) -> None:
        if self.first is None:
            self.first = report
            self._end_s = time.monotonic() + self._seconds
        self.last = report


def main(seconds: float, exposure_us: int) -> None:
    patched_picamera2(exposure_us)
    Device.pin_factory = MockFactory()
    context = Context(seconds)
    settings = LensLoopSettings(
        camera_source="picamera:0",
        leds_source="gpio:",
        options=LensOptions(),
        camera=CameraSettings(stream="luma", readout_us=10_000),
        leds=LedSettings(),
        queue_length=4,
    )
    run_lens(cast(ChildContext, context), settings)
    assert context.first is not None
    assert context.last is not None
    seconds = (context.last.t_ns - context.first.t_ns) / 1e9
    sys.stdout.write(json.dumps({"seconds": seconds, **context.last.figures}) + "\n")
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
