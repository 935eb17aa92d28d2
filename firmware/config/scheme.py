"""Every setting of the device, nested as in the TOML file; thresholds are declared by the package that uses them."""

from typing import Annotated

import msgspec

from detector.fusion.options import FusionOptions
from detector.lens.calibration.options import CalibrationOptions
from detector.lens.options import LensOptions
from detector.rf.options import RfOptions
from firmware.drivers.settings import CameraSettings, LedSettings, RtlSettings

__all__ = ["Config", "DriverConfig", "ServerConfig", "SourceConfig", "StoreConfig", "SupervisionConfig"]


class SourceConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where samples, frames and light come from."""

    rf: Annotated[
        str,
        msgspec.Meta(
            description="rtl:0, rtl:SERIAL, rtl_tcp:HOST:PORT, file:PATH or sim:ROOM. "
            "A source that cannot be opened is a fault on the page, never replaced by a simulation.",
            extra={"unit": "SOURCE"},
        ),
    ] = "sim:hotel_room"
    camera: Annotated[str, msgspec.Meta(description="picamera:0, file:DIR or sim:ROOM.", extra={"unit": "SOURCE"})] = (
        "sim:hotel_room"
    )
    leds: Annotated[
        str,
        msgspec.Meta(
            description="gpio: (pins in [drivers.leds]), sim:ROOM, none: (a recorded camera knows its light), or empty "
            "for whatever belongs to the camera.",
            extra={"unit": "SOURCE"},
        ),
    ] = ""


class ServerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page."""

    host: Annotated[
        str,
        msgspec.Meta(
            description="Address to listen on. Any but a loopback address asks phones to pair first.",
            extra={"unit": "address"},
        ),
    ] = "127.0.0.1"
    port: Annotated[
        int,
        msgspec.Meta(
            ge=0, le=65535, description="TCP port; 0 lets the system choose, and it is printed.", extra={"unit": "port"}
        ),
    ] = 8080
    allowed_hosts: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            description="Further names under which phones may call the page (Host header). "
            "Each one more is one more name that a rebinding attack could use.",
            extra={"unit": "names"},
        ),
    ] = ()


class StoreConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What outlives the process."""

    directory: Annotated[
        str,
        msgspec.Meta(
            description="Directory of the device's state (baselines, calibrations). Empty for systemd's "
            "STATE_DIRECTORY, else ~/.local/state/nunchi; nothing is written before something is to be kept.",
            extra={"unit": "path"},
        ),
    ] = ""


class SupervisionConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How sensor processes are watched and restarted."""

    heartbeat_deadline_s: Annotated[
        float,
        msgspec.Meta(
            ge=0.5,
            le=10.0,
            description="A running sensor that reports nothing for this long is killed. "
            "Raising it hides a dead sensor longer; lowering it kills slow but healthy ones.",
            extra={"unit": "s"},
        ),
    ] = 1.5
    start_deadline_s: Annotated[
        float,
        msgspec.Meta(
            ge=2.0,
            le=120.0,
            description="Time a sensor process has to load and open its devices. "
            "Raising it delays the retry of a device that hangs while opening.",
            extra={"unit": "s"},
        ),
    ] = 30.0
    restart_delay_s: Annotated[
        float,
        msgspec.Meta(
            ge=0.1,
            le=10.0,
            description="Wait before the first restart; doubles with each further failure. "
            "Raising it lengthens the gap in coverage.",
            extra={"unit": "s"},
        ),
    ] = 0.5
    restart_delay_max_s: Annotated[
        float,
        msgspec.Meta(
            ge=1.0,
            le=300.0,
            description="Longest wait between restarts. Raising it spares the processor and delays recovery.",
            extra={"unit": "s"},
        ),
    ] = 15.0
    stable_after_s: Annotated[
        float,
        msgspec.Meta(
            ge=5.0,
            le=600.0,
            description="A sensor that ran this long without fault restarts at once again next time.",
            extra={"unit": "s"},
        ),
    ] = 30.0
    reopen_interval_s: Annotated[
        float,
        msgspec.Meta(
            ge=0.5,
            le=60.0,
            description="Time between tries to open a device that is absent or was unplugged. "
            "Raising it delays recovery after replugging.",
            extra={"unit": "s"},
        ),
    ] = 2.0
    rf_report_interval_s: Annotated[
        float,
        msgspec.Meta(
            ge=0.05,
            le=1.0,
            description="Least time between two routine radio reports; new alerts and faults go out at once. "
            "Raising it spares processor and phone and makes the figures jerky.",
            extra={"unit": "s"},
        ),
    ] = 0.4
    lens_report_interval_s: Annotated[
        float,
        msgspec.Meta(
            ge=0.05,
            le=1.0,
            description="Least time between two routine lens reports; new alerts and faults go out at once. "
            "Raising it lets the page lag behind the hand.",
            extra={"unit": "s"},
        ),
    ] = 0.1
    frame_queue_length: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=64,
            description="Camera frames that may wait for analysis; beyond it the oldest is dropped and counted. "
            "Raising it trades memory and delay for fewer drops.",
            extra={"unit": "frames"},
        ),
    ] = 4


class DriverConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the physical devices."""

    rtl: RtlSettings = RtlSettings()
    camera: CameraSettings = CameraSettings()
    leds: LedSettings = LedSettings()


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole configuration."""

    sources: SourceConfig = SourceConfig()
    server: ServerConfig = ServerConfig()
    radio: RfOptions = RfOptions()
    lens: LensOptions = LensOptions()
    calibration: CalibrationOptions = CalibrationOptions()
    fusion: FusionOptions = FusionOptions()
    store: StoreConfig = StoreConfig()
    supervision: SupervisionConfig = SupervisionConfig()
    drivers: DriverConfig = DriverConfig()
