"""The web server: waitress in a thread, bound before it is started."""

import errno
import socket
import threading
import time

from flask import Flask
from waitress.server import create_server

from detector.errors import InputError
from web_ui.streams import Streams

__all__ = ["PageServer"]

_ALL_ADDRESSES = ("0.0.0.0", "::")  # noqa: S104 (compared with, not bound to)
_SPARE_THREADS = 12  # beside those that the event streams may hold
_MIN_THREADS = 24
_GONE_MS = 15_000  # a phone that acknowledged nothing for this long has left the room


class PageServer:
    """Serves an application from a thread.

    Parameters
    ----------
    app : Flask
        From `web_ui.app.create_app`.
    host : str
        Address or name to bind to.
    port : int
        0 lets the system choose; see the attribute `port`.

    Attributes
    ----------
    host : str
    port : int
        As bound.

    Raises
    ------
    InputError
        The address cannot be bound; one line that says why.
    """

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._streams: Streams = app.extensions["nunchi_streams"]
        self._socket = _bind(host, port)
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self._channels: dict[int, object] = {}
        self._server = create_server(
            app,
            map=self._channels,
            sockets=[self._socket],
            threads=max(_MIN_THREADS, self._streams.options.limit + _SPARE_THREADS),
            connection_limit=200,
            channel_timeout=30,
            cleanup_interval=10,
            max_request_body_size=65_536,
            max_request_header_size=32_768,
            outbuf_high_watermark=524_288,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=True,
            ident=None,
        )
        self._thread = threading.Thread(target=self._server.run, name="page", daemon=True)

    @property
    def url(self) -> str:
        """Address of the page, for people: bound to all addresses, one that others can reach."""
        host = _outward_address(self._socket.family) if self.host in _ALL_ADDRESSES else self.host
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    @property
    def running(self) -> bool:
        """Whether the page is being served."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self, timeout_s: float = 3.0) -> None:
        """End the streams, close all connections, wait for the threads; safe to call twice."""
        self._streams.close()
        deadline = time.monotonic() + timeout_s
        while self._streams.open_count and time.monotonic() < deadline - timeout_s / 2:
            time.sleep(0.02)
        if self._thread.is_alive():
            self._server.trigger.pull_trigger(self._close_all)
            self._thread.join(max(0.0, deadline - time.monotonic()))
        self._server.task_dispatcher.shutdown(timeout=max(0.1, deadline - time.monotonic()))
        if not self._thread.is_alive():
            self._close_all()

    def _close_all(self) -> None:
        # In the server's own thread: once its map is empty, its loop ends.
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.asyncore.close_all(self._channels, ignore_all=True)


def _bind(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        # getaddrinfo would quietly take the remainder.
        raise InputError(f"port {port}: not between 0 and 65535 (--port ...)")
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, proto)
    except (OSError, UnicodeError) as error:
        raise InputError(f"host {host}: not an address of this machine ({error}) (--host ...)") from None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GONE_MS)
    try:
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise InputError(_why_not(host, port, error)) from None
    return listener


def _outward_address(family: int) -> str:
    """Return the address of the interface that leads out, the loopback address where none does."""
    far, loopback = ("2001:db8::1", "::1") if family == socket.AF_INET6 else ("192.0.2.1", "127.0.0.1")
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((far, 9))  # chooses a route; a datagram socket sends nothing by this
        except OSError:
            return loopback
        return str(probe.getsockname()[0])


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is already in use (--port ...)"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} needs more rights than this user has (--port ...)"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"host {host}: not an address of this machine (--host ...)"
    return f"port {port} on {host} cannot be opened: {error} (--port ...)"
