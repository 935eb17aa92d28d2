"""Runs in the root: the production driver, rings and strobe on the virtual camera; prints what happened as JSON.

``python3 -m tests.virtual_camera.strobe_run FRAMES EXPOSURE_US READOUT_US``; an exposure of 0: the camera tells none.
The rings hang on gpiozero's mock pins, whose own history is printed as well: it is the oracle.
"""

import json
import sys
import time
from typing import Any

import numpy as np
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from firmware.drivers.frames.picamera import PicameraSource
from firmware.drivers.leds.gpio import GpioLeds
from firmware.drivers.leds.guard import NoGuard
from firmware.drivers.leds.wiring import wired_rings
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.drivers.source import parse_camera_source, parse_leds_source
from firmware.sensors.strobe import Strobe
from tests.contract.pin_oracle import pin_history
from tests.virtual_camera.patches import patched_picamera2


def main(frames: int, exposure_us: int, readout_us: int) -> dict[str, Any]:
    patched_picamera2(exposure_us or None)
    Device.pin_factory = factory = MockFactory()
    camera_settings = CameraSettings(stream="luma", readout_us=readout_us)
    rings = LedSettings(max_duty=0.9)
    pins = {state.value: factory.pin(ring.pin) for state, ring in wired_rings(rings).items()}
    taken: list[dict[str, Any]] = []
    with (
        PicameraSource(parse_camera_source("picamera:0"), camera_settings, rings) as camera,
        GpioLeds(parse_leds_source("gpio:"), rings, guard=NoGuard()) as leds,
    ):
        for pin in pins.values():
            pin.clear_states()
        cleared_ns = time.monotonic_ns()
        strobe = Strobe(leds)
        for _ in range(frames):
            frame = camera.read()
            arrived_ns = time.monotonic_ns()
            frame = strobe.attribute(frame)
            taken.append(
                {
                    "sequence": frame.sequence,
                    "t_ns": frame.t_ns,
                    "t_end_ns": frame.t_end_ns,
                    "exposure_ns": frame.exposure_ns,
                    "arrived_ns": arrived_ns,
                    "led": frame.led,
                    "mean": float(np.mean(frame.pixels)),
                }
            )
        size = frame.pixels.shape
    return {
        "asked": frames,
        "frames": taken,
        "pins": {name: pin_history(pin, cleared_ns) for name, pin in pins.items()},
        "latency_ns": 1000 * rings.latency_us,
        "shape": size,
        "provenance": camera.provenance,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*(int(text) for text in sys.argv[1:]))))
