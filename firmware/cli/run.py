"""``nunchi run``: the device."""

import argparse
import signal
import threading
from pathlib import Path
from types import FrameType

import msgspec

from detector.errors import InputError, NunchiError
from firmware.config import Config, load_config
from firmware.log import configure_logging, get_logger

__all__ = ["add_config_argument", "add_parser"]

_PAGE_CHECK_S = 1.0


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the verb."""
    parser = verbs.add_parser("run", help="run the device and its page")
    _add_source_arguments(parser)
    parser.add_argument("--host", help="address of the page (default 127.0.0.1); any other asks phones to pair")
    parser.add_argument("--port", type=int, help="port of the page (default 8080)")
    parser.set_defaults(execute=_execute)


def _add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that say which configuration and which sources are used."""
    add_config_argument(parser)
    parser.add_argument("--rf", metavar="SOURCE", help="rtl:0, rtl:SERIAL, rtl_tcp:HOST:PORT, file:PATH, sim:ROOM")
    parser.add_argument("--camera", metavar="SOURCE", help="picamera:0, file:DIR, sim:ROOM")
    parser.add_argument("--leds", metavar="SOURCE", help="gpio:, sim:ROOM, none: (default: those of the camera)")


def add_config_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the option that names the configuration file."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file (see nunchi config --dump)")


def _configured(arguments: argparse.Namespace) -> Config:
    """Return the configuration with the command line's options laid over it.

    Raises
    ------
    InputError
        Unusable configuration file or option.
    """
    config = load_config(arguments.config)
    sources = {name: value for name in ("rf", "camera", "leds") if (value := getattr(arguments, name)) is not None}
    if "camera" in sources:
        # Rings of another camera or room make no sense with a camera named on the command line.
        sources.setdefault("leds", "")
    server = {name: value for name in ("host", "port") if (value := getattr(arguments, name, None)) is not None}
    if not 0 <= server.get("port", 0) <= 65535:
        raise InputError(f"--port = {server['port']}: expected 0 to 65535")
    return msgspec.structs.replace(
        config,
        sources=msgspec.structs.replace(config.sources, **sources),
        server=msgspec.structs.replace(config.server, **server),
    )


def _execute(arguments: argparse.Namespace) -> None:
    from firmware.composition import build_device

    configure_logging()
    stop, crashed = threading.Event(), threading.Event()

    def crash() -> None:
        crashed.set()
        stop.set()

    def on_signal(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    config = _configured(arguments)
    device = build_device(config, on_crash=crash)
    try:
        device.start()
        print(f"Nunchi: {device.server.url}", flush=True)
        if device.security.pairing_code is not None:
            print(f"Pairing code: {device.security.pairing_code}", flush=True)
        while not stop.wait(_PAGE_CHECK_S):
            if not device.server.running:
                crash()
    finally:
        device.stop()
    get_logger().info("stopped")
    if crashed.is_set():
        raise NunchiError("a part of the device failed (see the log above); ended so that it can be restarted")
