"""Frames for a routine: so many under each light, from a camera with its rings or from a recording."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from detector.errors import DeviceError
from detector.types import CameraGeometry, Frame, LedState, Provenance
from firmware.drivers.clock import SYSTEM_CLOCK, Clock
from firmware.drivers.open import Optics, check_optics_sources, make_optics
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.drivers.source import Source, SourceKind
from firmware.recordings.lens_sequence import open_lens_sequence
from firmware.sensors.strobe import Strobe

__all__ = ["BenchFrames", "take_frames"]

_MOST_READ = 8  # frames read for each one wanted, before the strobe is said to fail
_WARM_UP_FRAMES = 4  # the first of an opened camera may be of the time before


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchFrames:
    """What a routine is given.

    Attributes
    ----------
    frames : tuple of Frame
        Attributed.
    geometry : CameraGeometry
    camera, leds : Source
    provenance : Provenance
        The least real of its frames'.
    """

    frames: tuple[Frame, ...]
    geometry: CameraGeometry
    camera: Source
    leds: Source
    provenance: Provenance


def take_frames(
    sources: tuple[str, str],
    lights: Collection[LedState],
    count: int,
    settings: tuple[CameraSettings, LedSettings],
    clock: Clock = SYSTEM_CLOCK,
) -> BenchFrames:
    """Take frames; the camera is closed and the rings are dark afterwards.

    Parameters
    ----------
    sources : (str, str)
        SOURCE strings of the camera and of its rings.
    lights : collection of LedState
        A single dark one leaves the rings off all the time; otherwise they strobe. A recording gives all it holds.
    count : int
        Frames under each.
    settings : (CameraSettings, LedSettings)
    clock : Clock

    Raises
    ------
    InputError
        A SOURCE string is malformed, or the recording cannot be used.
    DeviceError
        Camera or rings cannot be opened, stalled, or give too few frames under one light.
    """
    camera, leds = check_optics_sources(*sources)
    if camera.kind is SourceKind.FILE:
        sequence = open_lens_sequence(Path(camera.target))
        frames = tuple(frame for frame in sequence if frame.led in lights)
        geometry = sequence.geometry
    else:
        optics = make_optics(*sources, *settings, clock=clock)
        with optics.camera, optics.leds:
            rings_off = set(lights) == {LedState.DARK}
            frames = _unlit(optics, count) if rings_off else _strobed(optics, lights, count, clock)
            geometry = optics.camera.geometry
    provenance = Provenance.least_real({frame.provenance for frame in frames} or {Provenance.REPLAY})
    return BenchFrames(frames=frames, geometry=geometry, camera=camera, leds=leds, provenance=provenance)


def _unlit(optics: Optics, count: int) -> tuple[Frame, ...]:
    edge = optics.leds.switch(LedState.DARK)
    taken: list[Frame] = []
    for _ in range(_MOST_READ * (count + _WARM_UP_FRAMES)):
        frame = optics.camera.read()
        if frame.t_ns >= edge.t_ns:
            taken.append(replace(frame, led=LedState.DARK))
        if len(taken) == count + _WARM_UP_FRAMES:
            return tuple(taken[_WARM_UP_FRAMES:])
    raise DeviceError(f"{optics.camera.source}: no frames after the rings were switched off")


def _strobed(optics: Optics, lights: Collection[LedState], count: int, clock: Clock) -> tuple[Frame, ...]:
    strobe = Strobe(optics.leds, clock)
    taken: list[Frame] = []
    counts: Counter[LedState] = Counter()
    for number in range(_MOST_READ * (count * len(LedState) + _WARM_UP_FRAMES)):
        frame = strobe.attribute(optics.camera.read())
        if frame.led is not None and frame.led in lights and number >= _WARM_UP_FRAMES and counts[frame.led] < count:
            counts[frame.led] += 1
            taken.append(frame)
        if all(counts[light] == count for light in lights):
            return tuple(taken)
    got = ", ".join(f"{counts[light]} {light.value}" for light in lights)
    raise DeviceError(f"{optics.camera.source}: too few frames under one light ({got} of {count} each)")
