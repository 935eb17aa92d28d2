"""The real server on real sockets."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from detector.errors import InputError
from tests.browser.fake_device import FakeDevice
from web_ui.server import PageServer


@pytest.fixture
def server(app: Flask) -> Iterator[PageServer]:
    server = PageServer(app, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


def get(server: PageServer, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("GET", path, headers={"Connection": "close"})  # so that the answer owns the socket
    return connection.getresponse()


def status_of(server: PageServer, path: str) -> int:
    with get(server, path) as answer:
        return answer.status


def test_serves_the_page_without_naming_itself(server: PageServer) -> None:
    with get(server, "/") as answer:
        assert answer.status == 200
        assert answer.headers["Server"] is None


def test_bound_to_all_addresses_the_url_can_still_be_opened(app: Flask) -> None:
    server = PageServer(app, "0.0.0.0", 0)
    assert "0.0.0.0" not in server.url
    server.stop()


def test_port_in_use_is_one_line(server: PageServer, app: Flask) -> None:
    with pytest.raises(InputError) as caught:
        PageServer(app, "127.0.0.1", server.port)
    assert str(caught.value) == f"port {server.port} on 127.0.0.1 is already in use (--port ...)"


@pytest.mark.parametrize("host", ["203.0.113.9", "no such host", "256.1.1.1"])
def test_an_address_of_another_machine(app: Flask, host: str) -> None:
    with pytest.raises(InputError, match="not an address of this machine"):
        PageServer(app, host, 0)


def test_a_port_out_of_range(app: Flask) -> None:
    with pytest.raises(InputError, match="99999"):
        PageServer(app, "127.0.0.1", 99999)


def test_full_streams_leave_the_page_alone(server: PageServer) -> None:
    streams = [get(server, "/api/events") for _ in range(12)]
    assert {stream.status for stream in streams} == {200}
    with get(server, "/api/events") as refused:
        assert refused.status == 503
        assert refused.read().count(b"\n") == 1
    began = time.monotonic()
    assert status_of(server, "/") == 200
    assert time.monotonic() - began < 2
    for stream in streams:
        stream.close()


def test_half_sent_requests_hold_up_nobody(server: PageServer) -> None:
    half_open = [socket.create_connection((server.host, server.port)) for _ in range(50)]
    for raw in half_open:
        raw.sendall(b"POST /pair HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
    assert status_of(server, "/api/state") == 200
    for raw in half_open:
        raw.close()


def test_a_reader_that_stopped_reading_holds_up_nobody(server: PageServer, device: FakeDevice) -> None:
    with socket.create_connection((server.host, server.port)) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        raw.recv(10)
        for _ in range(40):
            device.change(figures="x" * 100_000)
        assert status_of(server, "/api/state") == 200
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 4


def test_stop_ends_open_streams_promptly_and_leaves_no_thread(app: Flask, device: FakeDevice) -> None:
    before = set(threading.enumerate())
    server = PageServer(app, "127.0.0.1", 0)
    server.start()
    stream = get(server, "/api/events")
    assert stream.readline() == b"retry: 1000\n"
    idle = socket.create_connection((server.host, server.port))
    began = time.monotonic()
    server.stop()
    server.stop()
    assert time.monotonic() - began < 2
    stream.close()
    assert idle.recv(1) == b""
    idle.close()
    assert not [thread for thread in set(threading.enumerate()) - before if thread.is_alive()]
    assert not device.subscriptions


def test_stop_without_start_frees_the_port(app: Flask) -> None:
    server = PageServer(app, "127.0.0.1", 0)
    server.stop()
    with socket.socket() as again:
        again.bind(("127.0.0.1", server.port))


def test_garbage_gets_an_answer_and_hurts_nobody(server: PageServer) -> None:
    for garbage in (b"\x00\x16\x03\x01" * 50 + b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\nHost\r\n\r\n"):
        with socket.create_connection((server.host, server.port), timeout=5) as raw:
            raw.sendall(garbage)
            raw.shutdown(socket.SHUT_WR)
            raw.recv(100)
    assert status_of(server, "/api/state") == 200
