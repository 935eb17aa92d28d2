"""Reading, checking and writing the configuration; the annotations of the scheme are the only source."""

import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from detector.errors import InputError
from detector.rf.converter import Converter
from firmware.config.scheme import Config, SupervisionConfig

__all__ = ["dump_config", "load_config", "overlaid"]

_COMMENT_WIDTH = 110
_DONGLE_HZ = (24e6, 1766e6)


def load_config(path: Path | None) -> Config:
    """Read a TOML file over the defaults; no path gives the defaults.

    Raises
    ------
    InputError
        The file cannot be read, is not TOML, or holds an unknown key or a value out of its range: one line that
        names the file, the key and the reason.
    """
    if path is None:
        return Config()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot read the configuration: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path}: not a TOML file: {error}") from error
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {_explain(error, table)}") from error
    _check_together(config.supervision, path)
    try:
        Converter.from_options(config.radio).span_on_air(_DONGLE_HZ)
    except ValueError as error:
        raise InputError(f"{path}: radio.converter_lo_hz = {config.radio.converter_lo_hz:g}: {error}") from error
    return config


def overlaid(config: Config, table: dict[str, Any], origin: str) -> Config:
    """Return the configuration with values laid over it, checked as those of a file are.

    Parameters
    ----------
    config : Config
    table : dict
        Nested as in the file.
    origin : str
        Where they come from, for the line.

    Raises
    ------
    InputError
        A value is out of its range: one line that names the key.
    """
    merged = _merged(msgspec.to_builtins(config), table)
    try:
        return msgspec.convert(merged, Config)
    except msgspec.ValidationError as error:
        raise InputError(f"{origin}: {_explain(error, merged)}") from error


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    return base | {
        key: _merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in over.items()
    }


def _check_together(supervision: SupervisionConfig, path: Path) -> None:
    """Refuse settings that are each in range and can never work together."""
    for key in ("rf_report_interval_s", "lens_report_interval_s"):
        interval_s = getattr(supervision, key)
        if 2 * interval_s > supervision.heartbeat_deadline_s:
            raise InputError(
                f"{path}: supervision.{key} = {interval_s}: more than half of heartbeat_deadline_s = "
                f"{supervision.heartbeat_deadline_s}, so healthy sensors would be killed"
            )


def _explain(error: msgspec.ValidationError, table: dict[str, object]) -> str:
    """Turn msgspec's message into 'key = value: reason'."""
    reason, _, place = str(error).partition(" - at `")
    keys = place.rstrip("`").removeprefix("$").strip(".")
    value: object = table
    for key in filter(None, keys.split(".")):
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, dict) or not keys:
        return f"{keys}: {reason}" if keys else reason
    return f"{keys} = {value!r}: {reason}"


def dump_config(config: Config) -> str:
    """Write the configuration as TOML, each key under a comment with its meaning, unit and range."""
    return "\n".join(_dump_table(config, ())).strip() + "\n"


def _dump_table(table: msgspec.Struct, path: tuple[str, ...]) -> Iterator[str]:
    nested = []
    if path:
        yield f"\n[{'.'.join(path)}]"
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        if isinstance(value, msgspec.Struct):
            nested.append((field.name, value))
            continue
        yield from textwrap.wrap(describe(field.type), _COMMENT_WIDTH, initial_indent="# ", subsequent_indent="# ")
        plain = msgspec.to_builtins(value)
        line = tomli_w.dumps({field.name: plain}, multiline_strings=False).strip() if plain is not None else None
        yield line if line is not None else f"# {field.name} = (unset)"
    for name, value in nested:
        yield from _dump_table(value, (*path, name))


def describe(annotation: object) -> str:
    """Return the words of an annotated type: description, unit, range."""
    info = msgspec.inspect.type_info(annotation)
    words, unit = "", ""
    while isinstance(info, msgspec.inspect.Metadata):
        words = (info.extra_json_schema or {}).get("description", words)
        unit = (info.extra or {}).get("unit", unit)
        info = info.type
    return f"{words} [{' '.join(filter(None, (unit, _allowed(info))))}]"


def _allowed(info: msgspec.inspect.Type) -> str:
    """Return the values that a type admits, in words."""
    if isinstance(info, msgspec.inspect.UnionType):
        return " ".join(_allowed(part) for part in info.types)
    if isinstance(info, msgspec.inspect.LiteralType):
        return "one of " + ", ".join(str(value) for value in info.values)
    if isinstance(info, msgspec.inspect.BoolType):
        return "true or false"
    if isinstance(info, msgspec.inspect.NoneType):
        return "or unset"
    low, high = getattr(info, "ge", None), getattr(info, "le", None)
    return f"{low} to {high}" if low is not None and high is not None else ""
