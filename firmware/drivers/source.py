"""SOURCE strings (``rtl:0``, ``sim:hotel_room``, ...): what they may say, taken apart without touching a device."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from detector.errors import InputError

__all__ = ["Source", "SourceKind", "parse_camera_source", "parse_iq_source", "parse_leds_source"]


class SourceKind(StrEnum):
    """The word before the colon."""

    RTL = "rtl"
    RTL_TCP = "rtl_tcp"
    PICAMERA = "picamera"
    GPIO = "gpio"
    FILE = "file"
    SIM = "sim"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Source:
    """A SOURCE string taken apart.

    Attributes
    ----------
    text : str
        As it was given.
    kind : SourceKind
    target : str
        What follows the colon: index or serial number, host, path, room; empty for ``gpio:`` and ``none:``.
    port : int or None
        TCP port of an ``rtl_tcp`` source, 1 to 65535.
    """

    text: str
    kind: SourceKind
    target: str
    port: int | None = None


_IQ_FORMS = {
    SourceKind.RTL: "rtl:INDEX or rtl:SERIAL",
    SourceKind.RTL_TCP: "rtl_tcp:HOST:PORT",
    SourceKind.FILE: "file:PATH",
    SourceKind.SIM: "sim:ROOM",
}
_CAMERA_FORMS = {SourceKind.PICAMERA: "picamera:INDEX", SourceKind.FILE: "file:DIR", SourceKind.SIM: "sim:ROOM"}
_LEDS_FORMS = {SourceKind.GPIO: "gpio:", SourceKind.SIM: "sim:ROOM", SourceKind.NONE: "none:"}
_WITHOUT_TARGET = (SourceKind.GPIO, SourceKind.NONE)


def parse_iq_source(text: str) -> Source:
    """Take apart the SOURCE string of a receiver.

    Parameters
    ----------
    text : str
        ``rtl:0``, ``rtl:SERIAL``, ``rtl_tcp:HOST:PORT``, ``file:PATH`` or ``sim:ROOM``.

    Returns
    -------
    Source

    Raises
    ------
    InputError
        It is none of these; the line names the source, the reason and the forms that are allowed.
    """
    source = _split(text, "rf", _IQ_FORMS)
    if source.kind is SourceKind.RTL_TCP:
        return _with_port(source)
    return source


def parse_camera_source(text: str) -> Source:
    """Take apart the SOURCE string of a camera: ``picamera:0``, ``file:DIR`` or ``sim:ROOM``.

    Raises
    ------
    InputError
        As for `parse_iq_source`.
    """
    source = _split(text, "camera", _CAMERA_FORMS)
    if source.kind is SourceKind.PICAMERA and not source.target.isdecimal():
        raise _bad("camera", text, "the camera's index is not a number", _CAMERA_FORMS)
    return source


def parse_leds_source(text: str) -> Source:
    """Take apart the SOURCE string of the LED rings: ``gpio:``, ``sim:ROOM`` or ``none:``.

    Raises
    ------
    InputError
        As for `parse_iq_source`.
    """
    return _split(text, "leds", _LEDS_FORMS)


def _split(text: str, what: str, forms: Mapping[SourceKind, str]) -> Source:
    word, colon, target = text.partition(":")
    kind = next((kind for kind in forms if kind.value == word), None)
    if kind is None:
        raise _bad(what, text, f"unknown kind {word!r}", forms)
    if not colon:
        raise _bad(what, text, "the colon is missing", forms)
    if kind in _WITHOUT_TARGET and target:
        raise _bad(what, text, f"nothing may follow {kind.value + ':'!r}", forms)
    if kind not in _WITHOUT_TARGET and not target.strip():
        raise _bad(what, text, f"nothing follows {kind.value + ':'!r}", forms)
    return Source(text, kind, target)


def _with_port(source: Source) -> Source:
    host, colon, port_text = source.target.rpartition(":")
    if not colon or not host or not port_text:
        raise _bad("rf", source.text, "host or port is missing", _IQ_FORMS)
    port = int(port_text) if port_text.isdecimal() else 0
    if not 1 <= port <= 65535:
        raise _bad("rf", source.text, f"port {port_text!r} is not a number from 1 to 65535", _IQ_FORMS)
    return Source(source.text, source.kind, host.removeprefix("[").removesuffix("]"), port)


def _bad(what: str, text: str, reason: str, forms: Mapping[SourceKind, str]) -> InputError:
    return InputError(f"{what} source {text!r}: {reason} (allowed: {', '.join(forms.values())})")
