"""SOURCE strings."""

import pytest

from detector.errors import InputError
from firmware.drivers.open import check_iq_source, check_optics_sources, make_iq_source
from firmware.drivers.settings import RtlSettings
from firmware.drivers.source import Source, SourceKind, parse_camera_source, parse_iq_source, parse_leds_source


@pytest.mark.parametrize(
    ("text", "kind", "target", "port"),
    [
        ("rtl:0", SourceKind.RTL, "0", None),
        ("rtl:00000001", SourceKind.RTL, "00000001", None),
        ("rtl_tcp:pi.local:1234", SourceKind.RTL_TCP, "pi.local", 1234),
        ("rtl_tcp:[::1]:1234", SourceKind.RTL_TCP, "::1", 1234),
        ("file:/data/a:b.sigmf-meta", SourceKind.FILE, "/data/a:b.sigmf-meta", None),
        ("sim:hotel_room", SourceKind.SIM, "hotel_room", None),
    ],
)
def test_receivers(text: str, kind: SourceKind, target: str, port: int | None) -> None:
    assert parse_iq_source(text) == Source(text, kind, target, port)


def test_cameras_and_leds() -> None:
    assert parse_camera_source("picamera:1").target == "1"
    assert parse_leds_source("gpio:").kind is SourceKind.GPIO
    assert parse_leds_source("none:").target == ""


_IQ_FORMS = "(allowed: rtl:INDEX or rtl:SERIAL, rtl_tcp:HOST:PORT, file:PATH, sim:ROOM)"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", f"rf source '': unknown kind '' {_IQ_FORMS}"),
        ("dongle:0", f"rf source 'dongle:0': unknown kind 'dongle' {_IQ_FORMS}"),
        ("picamera:0", f"rf source 'picamera:0': unknown kind 'picamera' {_IQ_FORMS}"),
        ("rtl", f"rf source 'rtl': the colon is missing {_IQ_FORMS}"),
        ("rtl:", f"rf source 'rtl:': nothing follows 'rtl:' {_IQ_FORMS}"),
        ("rtl_tcp:host", f"rf source 'rtl_tcp:host': host or port is missing {_IQ_FORMS}"),
        ("rtl_tcp::1234", f"rf source 'rtl_tcp::1234': host or port is missing {_IQ_FORMS}"),
        (
            "rtl_tcp:host:65536",
            f"rf source 'rtl_tcp:host:65536': port '65536' is not a number from 1 to 65535 {_IQ_FORMS}",
        ),
        ("rtl_tcp:host:x", f"rf source 'rtl_tcp:host:x': port 'x' is not a number from 1 to 65535 {_IQ_FORMS}"),
        (
            "sim:cellar",
            "rf source 'sim:cellar': no such room (rooms: hotel_room, toilet_stall, city_flat, visited_room)",
        ),
    ],
)
def test_bad_receivers(text: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        check_iq_source(text)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("camera", "leds", "reason"),
    [
        (
            "picamera:front",
            "gpio:",
            "camera source 'picamera:front': the camera's index is not a number "
            "(allowed: picamera:INDEX, file:DIR, sim:ROOM)",
        ),
        (
            "picamera:0",
            "gpio:17",
            "leds source 'gpio:17': nothing may follow 'gpio:' (allowed: gpio:, sim:ROOM, none:)",
        ),
        (
            "sim:hotel_room",
            "sim:toilet_stall",
            "leds source 'sim:toilet_stall': not in the room of camera 'sim:hotel_room'",
        ),
        (
            "sim:hotel_room",
            "gpio:",
            "leds source 'gpio:': cannot light what camera 'sim:hotel_room' sees (only one of them is simulated)",
        ),
        (
            "picamera:0",
            "sim:hotel_room",
            "leds source 'sim:hotel_room': cannot light what camera 'picamera:0' sees (only one of them is simulated)",
        ),
    ],
)
def test_bad_cameras_and_leds(camera: str, leds: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        check_optics_sources(camera, leds)
    assert str(caught.value) == reason


def test_building_opens_nothing() -> None:
    source = make_iq_source("rtl_tcp:nowhere.invalid:1", RtlSettings())
    assert source.source == "rtl_tcp:nowhere.invalid:1"
    source.close()
