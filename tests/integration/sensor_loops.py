"""Sensor loops without devices, for tests of the processes around them; importable by the child processes."""

import os
import signal
import struct
from collections.abc import Callable
from pathlib import Path

from detector.errors import DeviceError
from detector.types import Alert, AlertKind, Phrase, Provenance, SenseCoverage, SenseReport
from firmware.runtime.child import ChildContext, SensorSpec

BEAT_S = 0.05


def spec(loop: Callable[..., None], settings: object = None, name: str = "rf") -> SensorSpec:
    return SensorSpec(
        name=name,
        source="sim:test",
        provenance=Provenance.SIMULATED,
        loop=f"{__name__}:{loop.__name__}",
        settings=settings,
        reopen_interval_s=0.5,
        report_interval_s=0.1,
    )


def report(t_ns: int, alerts: tuple[Alert, ...] = ()) -> SenseReport:
    return SenseReport(
        sense="rf",
        provenance=Provenance.SIMULATED,
        t_ns=t_ns,
        coverage=SenseCoverage(complete=True),
        alerts=alerts,
    )


def one_alert(confidence: float = 0.99) -> Alert:
    return Alert(
        key="rf:1240",
        kind=AlertKind.ANALOG_VIDEO,
        confidence=confidence,
        first_t_ns=1,
        last_t_ns=2,
        reasons=(Phrase("test"),),
    )


def steady(context: ChildContext, settings: object) -> None:
    """Report for ever, with one alert; the file named in the settings stands for a light that must go out."""
    light = Path(str(settings)) if settings else None
    if light:
        light.write_text("on")
    try:
        count = 0
        while not context.stopping:
            count += 1
            context.publish(report(count, (one_alert(),)))
            context.pause(BEAT_S)
    finally:
        if light:
            light.unlink()


def silent(context: ChildContext, settings: object) -> None:
    """Report once, then hang as a stalled library call would: deaf to commands."""
    context.publish(report(1))
    signal.pause()


def frozen(context: ChildContext, settings: object) -> None:
    """Report on, with a sample clock that stands still."""
    while not context.stopping:
        context.publish(report(1))
        context.pause(BEAT_S)


def absent(context: ChildContext, settings: object) -> None:
    raise DeviceError("rtl:0: no dongle found")


def lost(context: ChildContext, settings: object) -> None:
    context.publish(report(1))
    context.pause(BEAT_S)
    raise DeviceError("rtl:0: unplugged")


def crashing(context: ChildContext, settings: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def halfway(context: ChildContext, settings: object) -> None:
    """Report once, then freeze in the middle of a message: its length is on the pipe, its body is not."""
    context.publish(report(1))
    context.pause(BEAT_S)
    os.write(context._connection.fileno(), struct.pack("!i", 1 << 20) + b"the beginning")
    os.kill(os.getpid(), signal.SIGSTOP)


def obedient(context: ChildContext, settings: object) -> None:
    """Report on, and bring whatever is asked for."""
    count = 0
    while not context.stopping:
        count += 1
        context.publish(report(count))
        for command in context.take_commands():
            context.publish_product(f"{command}, done")
        context.pause(BEAT_S)
