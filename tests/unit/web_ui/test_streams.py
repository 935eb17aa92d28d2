"""Event streams: format, resuming, heartbeats, places, the end."""

import json
from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient

from tests.browser import states
from tests.browser.fake_device import FakeDevice
from web_ui.app import create_app
from web_ui.device import Event
from web_ui.security import SecuritySettings
from web_ui.streams import StreamOptions, Streams, format_event


def parts(chunks: Iterator[bytes]) -> Iterator[dict[str, str]]:
    for chunk in chunks:
        yield dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n") if ": " in line)


def test_format() -> None:
    event = format_event(Event(7, "change", {"a": "line\nbreak"}))
    assert event == b'id: 7\nevent: change\ndata: {"a":"line\\nbreak"}\n\n'


def test_first_the_state_then_changes_with_growing_ids(client: FlaskClient, device: FakeDevice) -> None:
    with client.get("/api/events", buffered=False) as answer:
        assert answer.mimetype == "text/event-stream"
        assert answer.headers["X-Accel-Buffering"] == "no"
        events = parts(answer.iter_encoded())
        assert next(events) == {"retry": "1000"}
        first = next(events)
        assert first["event"] == "state"
        assert json.loads(first["data"])["schema"] == "nunchi.state/1"
        device.change(uptime_s=64.0)
        second = next(event for event in events if "event" in event)
        assert (second["event"], json.loads(second["data"])) == ("change", {"uptime_s": 64.0})
        assert int(second["id"]) > int(first["id"])


def test_a_page_resumes_after_the_last_event_it_saw(client: FlaskClient, device: FakeDevice) -> None:
    with client.get("/api/events", buffered=False) as answer:
        seen = [event for event, _ in zip(parts(answer.iter_encoded()), range(2), strict=False)][1]["id"]
    device.change(uptime_s=65.0)
    with client.get("/api/events", buffered=False, headers={"Last-Event-ID": seen}) as answer:
        event = next(event for event in parts(answer.iter_encoded()) if "event" in event)
    assert (event["event"], event["data"]) == ("change", '{"uptime_s":65.0}')


def test_a_senseless_last_id_gets_the_whole_state(client: FlaskClient) -> None:
    for seen in ("", "-1", "x", "²", "9" * 30):
        with client.get("/api/events", buffered=False, headers={"Last-Event-ID": seen}) as answer:
            event = next(event for event in parts(answer.iter_encoded()) if "event" in event)
        assert event["event"] == "state"


def test_silence_is_filled_with_heartbeats(client: FlaskClient) -> None:
    with client.get("/api/events", buffered=False) as answer:
        chunks = answer.iter_encoded()
        assert [next(chunks) for _ in range(4)][2:] == [b": beat\n\n"] * 2


def test_streams_are_capped_and_places_come_back(device: FakeDevice) -> None:
    app = create_app(device, SecuritySettings.for_host("127.0.0.1"), StreamOptions(limit=2))
    client = app.test_client()
    first, second = (client.get("/api/events", buffered=False) for _ in range(2))
    refused = client.get("/api/events")
    assert (refused.status_code, refused.get_json()["error"]) == (503, "too_many_streams")
    assert refused.headers["Retry-After"] == "2"
    first.close()  # never read: a stream that did not start gives its place back too
    with client.get("/api/events", buffered=False) as again:
        assert again.status_code == 200
    second.close()
    assert app.extensions["nunchi_streams"].open_count == 0


def test_a_head_request_takes_no_place(app: Flask, client: FlaskClient) -> None:
    client.head("/api/events").close()
    assert app.extensions["nunchi_streams"].open_count == 0


def test_streams_end_with_the_server() -> None:
    streams = Streams(StreamOptions())
    device = FakeDevice(states.BASE)
    lines = streams.lines(device, None)
    next(lines)
    next(lines)
    streams.close()
    assert list(lines) == []
    assert not device.subscriptions
    assert not streams.acquire()


def test_a_stream_ends_after_its_life() -> None:
    streams = Streams(StreamOptions(life_s=0.0))
    assert list(streams.lines(FakeDevice(states.BASE), None)) == [b"retry: 1000\n\n"]
