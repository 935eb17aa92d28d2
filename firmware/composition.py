"""The composition root: builds every object of the device from the configuration, and nothing else does.

A further sense is one more function here that returns its `SensorSpec` (see ``docs/adding-a-sense.md``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from detector.rf.band_plan import shipped_band_plan
from detector.types import Provenance
from firmware.config.scheme import Config
from firmware.drivers.open import check_iq_source, check_optics_sources
from firmware.drivers.source import SourceKind, parse_camera_source
from firmware.runtime.child import SensorSpec
from firmware.runtime.hub import Hub
from firmware.runtime.radio_desk import SENSE, RadioDesk
from firmware.runtime.supervisor import Supervisor
from firmware.sensors.settings import LensLoopSettings, RfLoopSettings
from firmware.store.baselines import BaselineStore
from firmware.store.directory import CALIBRATION_FOLDER, state_directory
from web_ui.app import create_app
from web_ui.security.settings import SecuritySettings
from web_ui.server import PageServer
from web_ui.words import Words

__all__ = ["NunchiDevice", "build_device", "matching_leds", "provenance_of", "sensor_specs"]

_PROVENANCE = {
    SourceKind.RTL: Provenance.LIVE,
    SourceKind.RTL_TCP: Provenance.LIVE,
    SourceKind.PICAMERA: Provenance.LIVE,
    SourceKind.GPIO: Provenance.LIVE,
    SourceKind.FILE: Provenance.REPLAY,
    SourceKind.SIM: Provenance.SIMULATED,
}


def sensor_specs(config: Config) -> tuple[SensorSpec, ...]:
    """Return every sense of the device, wired; the one list that a further sense is added to.

    Raises
    ------
    InputError
        A SOURCE string is malformed; nothing was opened.
    """
    return (_rf_spec(config), _lens_spec(config))


def _rf_spec(config: Config) -> SensorSpec:
    source = check_iq_source(config.sources.rf)
    return SensorSpec(
        name="rf",
        source=source.text,
        provenance=_PROVENANCE[source.kind],
        loop="firmware.sensors.rf:run_rf",
        settings=RfLoopSettings(
            source=source.text,
            options=config.radio,
            plan=shipped_band_plan(config.radio.region),
            rtl=config.drivers.rtl,
        ),
        reopen_interval_s=config.supervision.reopen_interval_s,
        report_interval_s=config.supervision.rf_report_interval_s,
    )


def _lens_spec(config: Config) -> SensorSpec:
    camera_text = config.sources.camera
    leds_text = config.sources.leds or matching_leds(camera_text)
    camera, leds = check_optics_sources(camera_text, leds_text)
    origins = [_PROVENANCE[source.kind] for source in (camera, leds) if source.kind is not SourceKind.NONE]
    return SensorSpec(
        name="lens",
        source=f"{camera.text} + {leds.text}" if camera.text != leds.text else camera.text,
        provenance=Provenance.least_real(origins),
        loop="firmware.sensors.lens:run_lens",
        settings=LensLoopSettings(
            camera_source=camera.text,
            leds_source=leds.text,
            options=config.lens,
            camera=config.drivers.camera,
            leds=config.drivers.leds,
            queue_length=config.supervision.frame_queue_length,
            calibrations=state_directory(config.store.directory) / CALIBRATION_FOLDER,
        ),
        reopen_interval_s=config.supervision.reopen_interval_s,
        report_interval_s=config.supervision.lens_report_interval_s,
    )


def matching_leds(camera_text: str) -> str:
    """Return the LED source that belongs to a camera: its own rings, its own room, or none for a recording."""
    camera = parse_camera_source(camera_text)
    if camera.kind is SourceKind.SIM:
        return f"sim:{camera.target}"
    return "none:" if camera.kind is SourceKind.FILE else "gpio:"


def provenance_of(camera_text: str) -> Provenance:
    """Return where the frames of a camera come from.

    Raises
    ------
    InputError
        The SOURCE string is malformed.
    """
    return _PROVENANCE[parse_camera_source(camera_text).kind]


@dataclass(frozen=True, slots=True)
class NunchiDevice:
    """The running parts of the parent process.

    Attributes
    ----------
    hub, supervisor, server
    security : SecuritySettings
        Holds the pairing code to show on the terminal, if one is needed.
    """

    hub: Hub
    supervisor: Supervisor
    server: PageServer
    security: SecuritySettings

    def start(self) -> None:
        """Serve the page, then start the sensors."""
        self.server.start()
        self.supervisor.start()

    def stop(self) -> None:
        """Stop the sensors (lights off first), then the page."""
        self.supervisor.stop()
        self.hub.close()
        self.server.stop()


def build_device(config: Config, on_crash: Callable[[], None]) -> NunchiDevice:
    """Build the device; the page's port is bound, nothing runs yet.

    Parameters
    ----------
    config : Config
    on_crash : callable
        Called when a part of the parent fails and the whole process has to end.

    Raises
    ------
    InputError
        A SOURCE string is malformed or the port is taken.
    """
    specs = sensor_specs(config)
    server_config = config.server
    security = SecuritySettings.for_host(server_config.host, server_config.allowed_hosts)
    words = Words("en")
    store = BaselineStore(state_directory(config.store.directory) / "baselines")
    radio = RadioDesk(store, next(spec.provenance for spec in specs if spec.name == SENSE), words)
    hub = Hub(specs, config.fusion, words, radio)
    server = PageServer(create_app(hub, security), server_config.host, server_config.port)
    supervisor = Supervisor(specs, config.supervision, hub, on_crash)
    hub.serve_frames_from(supervisor.want_frames)
    radio.send_through(partial(supervisor.command, SENSE))
    return NunchiDevice(hub, supervisor, server, security)
