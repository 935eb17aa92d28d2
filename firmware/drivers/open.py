"""SOURCE strings to drivers: built but not opened, each from its own module, never one in place of another.

The module of a driver is imported only when its kind is asked for, and a driver imports its device library only in
`open`; so a machine without a camera stack can name ``picamera:0`` and is told on opening what is missing.
"""

from dataclasses import dataclass

from detector.errors import InputError
from firmware.drivers.clock import SYSTEM_CLOCK, Clock
from firmware.drivers.interfaces import FrameSource, IqSource, LedDriver
from firmware.drivers.settings import CameraSettings, LedSettings, RtlSettings
from firmware.drivers.sim import ROOM_NAMES
from firmware.drivers.source import Source, SourceKind, parse_camera_source, parse_iq_source, parse_leds_source

__all__ = ["Optics", "check_iq_source", "check_optics_sources", "make_iq_source", "make_optics"]


@dataclass(frozen=True, slots=True)
class Optics:
    """A camera and the rings that light its scene; one process opens both."""

    camera: FrameSource
    leds: LedDriver


def check_iq_source(text: str) -> Source:
    """Check a receiver's SOURCE string, the room's name included, without building anything.

    Raises
    ------
    InputError
        As for `make_iq_source`.
    """
    source = parse_iq_source(text)
    _check_room(source, "rf")
    return source


def check_optics_sources(camera_text: str, leds_text: str) -> tuple[Source, Source]:
    """Check the SOURCE strings of a camera and its rings, and that they go together, without building anything.

    Raises
    ------
    InputError
        As for `make_optics`.
    """
    camera, leds = parse_camera_source(camera_text), parse_leds_source(leds_text)
    _check_room(camera, "camera")
    _check_room(leds, "leds")
    kinds = {camera.kind, leds.kind}
    if camera.kind is SourceKind.SIM and leds.kind is SourceKind.SIM and camera.target != leds.target:
        raise InputError(f"leds source {leds.text!r}: not in the room of camera {camera.text!r}")
    if SourceKind.SIM in kinds and kinds & {SourceKind.PICAMERA, SourceKind.GPIO}:
        raise InputError(
            f"leds source {leds.text!r}: cannot light what camera {camera.text!r} sees (only one of them is simulated)"
        )
    return camera, leds


def make_iq_source(text: str, settings: RtlSettings, clock: Clock = SYSTEM_CLOCK) -> IqSource:
    """Build the receiver that a SOURCE string names; it is not opened.

    Parameters
    ----------
    text : str
        See `firmware.drivers.source.parse_iq_source`.
    settings : RtlSettings
        Used by ``rtl:`` and ``rtl_tcp:``.
    clock : Clock
        Stamps blocks and paces recordings and rooms.

    Raises
    ------
    InputError
        The string is malformed or names no room; one line.
    """
    source = check_iq_source(text)
    if source.kind is SourceKind.RTL:
        from firmware.drivers.iq.rtl import RtlSource

        return RtlSource(source, settings, clock)
    if source.kind is SourceKind.RTL_TCP:
        from firmware.drivers.iq.rtl_tcp import RtlTcpSource

        return RtlTcpSource(source, settings, clock)
    if source.kind is SourceKind.FILE:
        from firmware.drivers.iq.file import FileIqSource

        return FileIqSource(source, clock)
    from firmware.drivers.sim.iq import SimIqSource

    return SimIqSource(source, clock)


def make_optics(
    camera_text: str, leds_text: str, camera: CameraSettings, leds: LedSettings, clock: Clock = SYSTEM_CLOCK
) -> Optics:
    """Build the camera and the rings that two SOURCE strings name; neither is opened.

    Simulated ones share one world, so that a ring lights a frame only while it was on during the exposure. A recording
    knows its light already: give it ``none:``.

    Parameters
    ----------
    camera_text, leds_text : str
        See `firmware.drivers.source`.
    camera : CameraSettings
        Used by ``picamera:``.
    leds : LedSettings
        Pins and limits of ``gpio:``, radii and wavelengths of the rings for ``picamera:``.
    clock : Clock
        Stamps edges and paces recordings and rooms.

    Raises
    ------
    InputError
        A string is malformed, names no room, or the two do not belong together; one line.
    """
    camera_source, leds_source = check_optics_sources(camera_text, leds_text)
    if SourceKind.SIM in (camera_source.kind, leds_source.kind):
        return _make_sim_optics(camera_source, leds_source, clock)
    return Optics(_make_camera(camera_source, camera, leds, clock), _make_leds(leds_source, leds, clock))


def _make_camera(source: Source, camera: CameraSettings, leds: LedSettings, clock: Clock) -> FrameSource:
    if source.kind is SourceKind.PICAMERA:
        from firmware.drivers.frames.picamera import PicameraSource

        return PicameraSource(source, camera, leds, clock)
    from firmware.drivers.frames.file import FileFrameSource

    return FileFrameSource(source, clock)


def _make_leds(source: Source, leds: LedSettings, clock: Clock) -> LedDriver:
    if source.kind is SourceKind.GPIO:
        from firmware.drivers.leds.gpio import GpioLeds

        return GpioLeds(source, leds, clock)
    from firmware.drivers.leds.none import NoLeds

    return NoLeds(source, clock)


def _make_sim_optics(camera: Source, leds: Source, clock: Clock) -> Optics:
    from firmware.drivers.frames.file import FileFrameSource
    from firmware.drivers.leds.none import NoLeds
    from firmware.drivers.sim.frames import SimCamera
    from firmware.drivers.sim.leds import SimLeds
    from firmware.drivers.sim.world import OpticsWorld

    world = OpticsWorld(camera.target if camera.kind is SourceKind.SIM else leds.target)
    eye = SimCamera(camera, world, clock) if camera.kind is SourceKind.SIM else FileFrameSource(camera, clock)
    light = SimLeds(leds, world, clock) if leds.kind is SourceKind.SIM else NoLeds(leds, clock)
    return Optics(eye, light)


def _check_room(source: Source, what: str) -> None:
    if source.kind is SourceKind.SIM and source.target not in ROOM_NAMES:
        raise InputError(f"{what} source {source.text!r}: no such room (rooms: {', '.join(ROOM_NAMES)})")
