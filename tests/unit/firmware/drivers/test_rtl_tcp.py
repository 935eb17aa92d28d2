"""The network client against servers that misbehave."""

import socket
from collections.abc import Callable

import pytest

from detector.errors import DeviceError, DeviceStalledError
from detector.types import Tuning
from firmware.drivers.clock import SYSTEM_CLOCK
from firmware.drivers.iq.rtl_tcp import RtlTcpSource
from firmware.drivers.settings import RtlSettings
from firmware.drivers.source import parse_iq_source
from tests.contract.fakes import RtlTcpServer, tone_cu8

TUNING = Tuning(center_hz=100e6, sample_rate_hz=1e6, sample_count=20_000, gain_db=30.0)


def _source(port: int) -> RtlTcpSource:
    settings = RtlSettings(settle_s=0.0, link_s=0.0, server_samples=0, deadline_s=0.1, greeting_s=0.3, ppm=-3)
    return RtlTcpSource(parse_iq_source(f"rtl_tcp:127.0.0.1:{port}"), settings, SYSTEM_CLOCK)


def _server(**faults: object) -> RtlTcpServer:
    return RtlTcpServer(lambda tuning, t0_s: tone_cu8(50e3, 0.5, tuning, t0_s), **faults)  # type: ignore[arg-type]


def test_commands_of_the_protocol() -> None:
    with _server() as server, _source(server.port) as source:
        first = source.read(TUNING)
        source.read(TUNING)
        source.read(Tuning(center_hz=101e6, sample_rate_hz=1e6, sample_count=1000))
        commands = list(server.commands)
    assert first.gain_db == 29.7, "the nearest gain that an R820T has"
    assert commands == [(5, 2**32 - 3), (2, 1_000_000), (3, 1), (4, 297), (1, 100_000_000), (3, 0), (1, 101_000_000)]


def test_connection_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(DeviceError) as caught:
        _source(port).open()
    assert str(caught.value) == f"rtl_tcp:127.0.0.1:{port}: Connection refused"


def test_wrong_greeting() -> None:
    with _server(greeting=b"SSH-2.0-Open") as server, pytest.raises(DeviceError) as caught:
        _source(server.port).open()
    assert str(caught.value).endswith("no rtl_tcp server: it greets with b'SSH-', not b'RTL0'")


def test_silent_from_the_start() -> None:
    with (
        _server(greeting=b"RTL0", silent_after=0) as server,
        pytest.raises(DeviceStalledError, match="nothing came in time"),
    ):
        _source(server.port).open()


@pytest.mark.parametrize(
    ("faults", "kind", "reason"),
    [
        ({"silent_after": 2}, DeviceStalledError, "nothing came in time (0.1 s)"),
        ({"hang_up_after": 2}, DeviceError, "the server closed the connection"),
    ],
)
def test_failing_later_closes(faults: dict[str, object], kind: type[Exception], reason: str) -> None:
    with _server(**faults) as server:
        source = _source(server.port)
        source.open()
        with pytest.raises(kind) as caught:
            source.read(TUNING)
        assert str(caught.value).endswith(reason)
        with pytest.raises(DeviceError, match="not open"):
            source.read(TUNING)


def test_no_such_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> Callable[[], None]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(DeviceError, match=r"Name or service not known$"):
        _source(1).open()
