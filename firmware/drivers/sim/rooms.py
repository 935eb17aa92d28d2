"""The rooms: what is on the wall, what is on the air, how the hand moves, and what is true of it all.

A room is a description. Its wall and its air are built by the process that senses them, from the same description: what
the hidden camera transmits is a picture of the very wall on which its lens hangs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from detector.errors import InputError
from detector.lens.synth import (
    Drop,
    Eyes,
    GlassBall,
    HandMotion,
    Lens,
    Pipe,
    Plastic,
    Plate,
    Scene,
    SceneObject,
    SceneRenderer,
    Screw,
    StatusLed,
    Tape,
    Texture,
    Tile,
)
from detector.rf.synth import (
    CarrierEmission,
    DongleModel,
    Emission,
    FmBroadcastEmission,
    KeyedEmission,
    LteDownlinkEmission,
    MonitorLeakEmission,
    OokRemoteEmission,
    Picture,
    PulsedEmission,
    Sky,
    SwitchingEmission,
    TdmaEmission,
)
from detector.types import CameraGeometry
from firmware.drivers.sim import ROOM_NAMES
from firmware.drivers.sim.bench import BENCH_SCENES
from firmware.drivers.sim.city import city_air
from firmware.drivers.sim.walk import CarriedVideo, Walk

__all__ = ["Room", "Transmitter", "room_named"]

_GEOMETRY = CameraGeometry(width_px=640, height_px=480, hfov_deg=62.2, black_level_dn=4)
_PICTURE_ROWS, _PICTURE_COLUMNS = 288, 360
_DONGLE = DongleModel(noise_dbfs=-36, dc_dbfs=-34, iq_gain_db=0.15, iq_phase_deg=0.8, ppm=2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmitter:
    """A wireless camera: PAL, frequency modulated; see `AnalogVideoEmission`. Its level is that at the walk's start."""

    center_hz: float
    power_dbfs: float
    deviation_hz: float
    ppm: float
    walk: Walk = field(default_factory=Walk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A place with known truth.

    Attributes
    ----------
    name : str
    seed : int
        Of noise and of the hand.
    scene : Scene
        The wall; its `Lens` objects are what is to be found.
    transmitter : Transmitter or None
        The camera on the air, whose picture is of this wall, and the walk that brings it nearer; None where there is
        none.
    ambient : callable
        Returns everything else on the air; none of it is an alert.
    dongle : DongleModel
        Faults of the receiver.
    geometry : CameraGeometry
        Of the sweeping camera.
    on_bench : bool
        Whether the device stands on a bench rather than being held.
    """

    name: str
    seed: int
    scene: Scene
    transmitter: Transmitter | None
    ambient: Callable[[], tuple[Emission, ...]]
    dongle: DongleModel = _DONGLE
    geometry: CameraGeometry = _GEOMETRY
    on_bench: bool = False

    @property
    def lens_names(self) -> tuple[str, ...]:
        """Names of the hidden lenses among the scene's objects."""
        return tuple(item.name for item in self.scene.objects if isinstance(item, Lens))

    def renderer(self) -> SceneRenderer:
        """Build the wall."""
        return SceneRenderer(self.scene, self.geometry, seed=self.seed)

    def hand(self) -> HandMotion:
        """Build the hand that holds the device; a bench does not move."""
        if self.on_bench:
            return HandMotion(self.seed, speed_deg_s=0.0, reach_deg=0.0, travel_mm=0.0, tremor_deg=0.0)
        return HandMotion(self.seed)

    def sky(self) -> Sky:
        """Build the air; the loops of its waveforms are made when they are first heard."""
        emissions = self.ambient()
        if self.transmitter is not None:
            emissions = (self._camera(self.transmitter), *emissions)
        return Sky(emissions, dongle=self.dongle, seed=self.seed)

    def _camera(self, transmitter: Transmitter) -> Emission:
        return CarriedVideo(
            center_hz=transmitter.center_hz,
            power_dbfs=transmitter.power_dbfs,
            deviation_hz=transmitter.deviation_hz,
            ppm=transmitter.ppm,
            pictures=(self._picture(),),
            walk=transmitter.walk,
        )

    def _picture(self) -> Picture:
        grey = self.renderer().room_picture(_PICTURE_ROWS, _PICTURE_COLUMNS)
        return grey.astype(np.float32) / np.float32(255)


def room_named(name: str) -> Room:
    """Return a room.

    Raises
    ------
    InputError
        There is none of this name; the line lists those there are.
    """
    if name not in _ROOMS:
        raise InputError(f"room {name!r}: no such room (rooms: {', '.join(ROOM_NAMES)})")
    return _ROOMS[name]


def _hotel_wall() -> tuple[SceneObject, ...]:
    return (
        Lens("alarm clock", y_mm=42.0, x_mm=-118.0, aperture_mm=2.0, yaw_deg=6.0, pitch_deg=-3.0, retro_gain=90.0),
        Screw("hinge, upper", y_mm=-150.0, x_mm=215.0, radius_mm=4.0),
        Screw("hinge, lower", y_mm=95.0, x_mm=215.0, radius_mm=4.0),
        Screw("socket", y_mm=160.0, x_mm=-40.0, radius_mm=3.0, highlight=25.0),
        Plate("switch plate", y_mm=-20.0, x_mm=120.0),
        Tile("tile", y_mm=-140.0, x_mm=-190.0),
        StatusLed("television standby", y_mm=-90.0, x_mm=20.0),
        Tape("bag strap", y_mm=120.0, x_mm=110.0),
    )


def _hotel_air() -> tuple[Emission, ...]:
    return (
        *_broadcast(seed=11),
        LteDownlinkEmission(center_hz=763e6, power_dbfs=-16.0, seed=21),
        LteDownlinkEmission(center_hz=879e6, power_dbfs=-20.0, seed=22),
        OokRemoteEmission(center_hz=433.92e6, power_dbfs=-12.0),
        OokRemoteEmission(
            center_hz=433.87e6, power_dbfs=-19.0, code=0x3C5A17, unit_us=420.0, period_s=7.0, phase_s=2.1
        ),
        *_receiver_spurs(),
    )


def _stall_wall() -> tuple[SceneObject, ...]:
    return (
        Screw("lock", y_mm=20.0, x_mm=150.0, radius_mm=5.0, highlight=60.0),
        Screw("hinge, upper", y_mm=-170.0, x_mm=-220.0, radius_mm=4.0),
        Screw("hinge, lower", y_mm=150.0, x_mm=-220.0, radius_mm=4.0),
        Plate("paper holder", y_mm=90.0, x_mm=-90.0),
        Tile("tile", y_mm=-120.0, x_mm=90.0),
        Pipe("flush pipe", y_mm=0.0, x_mm=-150.0),
        StatusLed("sensor lamp", y_mm=-140.0, x_mm=-60.0),
        Tape("cleaner's vest", y_mm=130.0, x_mm=60.0),
        GlassBall("hook", y_mm=-60.0, x_mm=0.0),
        Plastic("door knob", y_mm=60.0, x_mm=220.0),
        Drop("drop", y_mm=150.0, x_mm=-20.0),
    )


def _stall_air() -> tuple[Emission, ...]:
    return (
        *_broadcast(seed=31),
        LteDownlinkEmission(center_hz=763e6, power_dbfs=-18.0, seed=41),
        TdmaEmission(center_hz=947.2e6, power_dbfs=-15.0, seed=42),
        KeyedEmission(center_hz=433.92e6, power_dbfs=-14.0, seed=43, scheme="manchester", symbol_hz=2400.0),
        PulsedEmission(center_hz=1090e6, power_dbfs=-10.0, seed=44),
        SwitchingEmission(center_hz=1120e6, power_dbfs=-22.0, seed=45),
        MonitorLeakEmission(center_hz=1188e6, power_dbfs=-24.0, seed=46),
        *_receiver_spurs(),
    )


def _flat_wall() -> tuple[SceneObject, ...]:
    return (
        Screw("shelf, left", y_mm=-60.0, x_mm=-180.0, radius_mm=4.0),
        Screw("shelf, right", y_mm=-60.0, x_mm=190.0, radius_mm=4.0),
        Plate("switch plate", y_mm=30.0, x_mm=250.0),
        StatusLed("router", y_mm=110.0, x_mm=-90.0),
        GlassBall("vase", y_mm=80.0, x_mm=60.0),
    )


def _visited_wall() -> tuple[SceneObject, ...]:
    """A lens, and somebody who comes to the door after ten seconds, looks this way for twelve and leaves again."""
    return (
        Lens("smoke detector", y_mm=-90.0, x_mm=-150.0, aperture_mm=2.0, yaw_deg=8.0, pitch_deg=5.0, retro_gain=90.0),
        Screw("hinge", y_mm=60.0, x_mm=-230.0, radius_mm=4.0),
        Plate("switch plate", y_mm=110.0, x_mm=-60.0),
        StatusLed("charger", y_mm=140.0, x_mm=60.0),
        Eyes("visitor", y_mm=-20.0, x_mm=90.0, depth_mm=120.0, comes_s=10.0, stays_s=12.0, every_s=40.0),
    )


def _broadcast(seed: int) -> tuple[Emission, ...]:
    """Three stations on the same programme loop, which saves memory; frequencies are Seoul's."""
    station = FmBroadcastEmission(center_hz=91.9e6, power_dbfs=-12.0, seed=seed)
    return (station, station.at(center_hz=95.9e6, power_dbfs=-18.0), station.at(center_hz=89.1e6, power_dbfs=-22.0))


def _receiver_spurs() -> tuple[Emission, ...]:
    """Harmonics of the dongle's own 28.8 MHz crystal."""
    return tuple(CarrierEmission(center_hz=28.8e6 * number, power_dbfs=-32.0) for number in (16, 36, 40, 44))


_ROOMS = {
    "hotel_room": Room(
        name="hotel_room",
        seed=7,
        scene=Scene(range_mm=700.0, objects=_hotel_wall(), texture=Texture.WALLPAPER, texture_seed=7),
        transmitter=Transmitter(center_hz=1240e6, power_dbfs=-20.0, deviation_hz=4e6, ppm=11.0),
        ambient=_hotel_air,
    ),
    "toilet_stall": Room(
        name="toilet_stall",
        seed=8,
        scene=Scene(range_mm=650.0, objects=_stall_wall(), texture=Texture.TILES, texture_seed=8),
        transmitter=None,
        ambient=_stall_air,
    ),
    "visited_room": Room(
        name="visited_room",
        seed=10,
        scene=Scene(range_mm=850.0, objects=_visited_wall(), texture=Texture.WALLPAPER, texture_seed=10),
        transmitter=None,
        ambient=_hotel_air,
    ),
    "city_flat": Room(
        name="city_flat",
        seed=9,
        scene=Scene(range_mm=900.0, objects=_flat_wall(), texture=Texture.WALLPAPER, texture_seed=9),
        transmitter=None,
        ambient=city_air,
    ),
    **{
        name: Room(name=name, seed=10 + number, scene=scene, transmitter=None, ambient=_receiver_spurs, on_bench=True)
        for number, (name, scene) in enumerate(BENCH_SCENES.items())
    },
}
