"""``nunchi calibrate lens``: measure the camera and its rings, keep the result, show and undo."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from detector.errors import InputError
from firmware.cli.run import add_config_argument
from firmware.config import Config, load_config, overlaid

if TYPE_CHECKING:
    from firmware.store.calibrations import CalibrationStore

__all__ = ["add_parser"]

_ROUTINES = {
    "dark": "black level, noise and hot pixels of the covered camera",
    "balance": "both rings on a plain, matt wall",
    "focus": "sharpness of a slanted black and white edge",
    "reference": "what a reference lens sends back",
}
_DISTANCE_RANGE_MM = (50.0, 10_000.0)
_APERTURE_RANGE_MM = (0.2, 30.0)


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the verb."""
    parser = verbs.add_parser("calibrate", help="measure the instrument and keep the result")
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    lens = parts.add_parser("lens", help="the camera and its rings")
    routines = lens.add_subparsers(dest="routine", required=True, metavar="ROUTINE")
    for name, what in _ROUTINES.items():
        _add_routine(routines.add_parser(name, help=what), name)
    show = routines.add_parser("show", help="what is in force, what was before, what is not applied and why")
    undo = routines.add_parser(
        "undo", help="take back the newest result of a routine; the one before is in force again"
    )
    undo.add_argument("undone", choices=tuple(_ROUTINES), metavar="ROUTINE", help=", ".join(_ROUTINES))
    for verb, execute in ((show, _show), (undo, _undo)):
        _add_common(verb)
        verb.set_defaults(execute=execute)


def _add_routine(parser: argparse.ArgumentParser, name: str) -> None:
    _add_common(parser)
    parser.add_argument("--leds", metavar="SOURCE", help="gpio:, sim:ROOM, none: (default: those of the camera)")
    parser.add_argument("--frames", type=int, metavar="N", help="frames under each light (default: configuration)")
    parser.add_argument("--exposure-us", type=int, metavar="US", help="exposure instead of the configured one")
    parser.add_argument("--gain", type=float, metavar="X", help="gain instead of the configured one")
    if name in ("balance", "reference"):
        parser.add_argument("--distance-mm", type=float, required=True, metavar="MM", help="camera to wall or lens")
        parser.add_argument(
            "--albedo", type=float, metavar="X", help="reflectance of the wall (default: configuration)"
        )
    if name == "reference":
        parser.add_argument("--aperture-mm", type=float, required=True, metavar="MM", help="entrance pupil of the lens")
    parser.set_defaults(execute=_measure)


def _add_common(parser: argparse.ArgumentParser) -> None:
    add_config_argument(parser)
    parser.add_argument("--camera", metavar="SOURCE", help="picamera:0, file:DIR, sim:ROOM (default: configuration)")
    parser.add_argument("--json", action="store_true", help="one nunchi.calibration/1 document on stdout")


def _measure(arguments: argparse.Namespace) -> None:
    from firmware.calibration.documents import calibration_document, calibration_lines
    from firmware.calibration.run import Target, run_routine
    from firmware.store.calibrations import Routine

    config = _configured(arguments)
    target = Target(
        distance_mm=_within("--distance-mm", getattr(arguments, "distance_mm", None), _DISTANCE_RANGE_MM),
        aperture_mm=_within("--aperture-mm", getattr(arguments, "aperture_mm", None), _APERTURE_RANGE_MM),
    )
    made = run_routine(Routine(arguments.routine), target, config, _store(config))
    _print(arguments, calibration_document(made), calibration_lines(made))


def _show(arguments: argparse.Namespace) -> None:
    from firmware.calibration.documents import shown_document, shown_lines

    config = _configured(arguments)
    store = _store(config)
    _print(arguments, shown_document(store), shown_lines(store))


def _undo(arguments: argparse.Namespace) -> None:
    from firmware.calibration.documents import calibration_document
    from firmware.composition import provenance_of
    from firmware.store.calibrations import Routine

    config = _configured(arguments)
    undone = _store(config).undo(Routine(arguments.undone), provenance_of(config.sources.camera))
    _print(arguments, calibration_document(undone), [f"undone: {undone.id} of {undone.date} ({undone.camera})"])


def _configured(arguments: argparse.Namespace) -> Config:
    """Return the configuration with the command line's options laid over it.

    Raises
    ------
    InputError
        Unusable configuration file or option.
    """
    config = load_config(arguments.config)
    sources = {"camera": arguments.camera, "leds": getattr(arguments, "leds", None) or ""} if arguments.camera else {}
    if not sources and getattr(arguments, "leds", None):
        sources = {"leds": arguments.leds}
    camera = {name: value for name in ("exposure_us", "gain") if (value := getattr(arguments, name, None)) is not None}
    given = {"frames": getattr(arguments, "frames", None), "wall_albedo": getattr(arguments, "albedo", None)}
    routines = {name: value for name, value in given.items() if value is not None}
    table = {"sources": sources, "calibration": routines, "drivers": {"camera": camera}}
    return overlaid(config, table, "command line")


def _store(config: Config) -> "CalibrationStore":
    from firmware.store.calibrations import CalibrationStore
    from firmware.store.directory import CALIBRATION_FOLDER, state_directory

    return CalibrationStore(state_directory(config.store.directory) / CALIBRATION_FOLDER)


def _within(option: str, value: float | None, allowed: tuple[float, float]) -> float | None:
    low, high = allowed
    if value is not None and not low <= value <= high:
        raise InputError(f"{option} = {value:g}: expected {low:g} to {high:g}")
    return value


def _print(arguments: argparse.Namespace, document: dict[str, Any], lines: list[str]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=1) if arguments.json else "\n".join(lines))
