"""A dongle behind an ``rtl_tcp`` server: our own client of its protocol.

The server greets with 12 bytes (``RTL0``, tuner type, number of gains; big endian) and then streams cu8 samples
without end. Commands are 5 bytes: a code and a big-endian number. Nothing in the stream marks where a command took
effect, and samples queue in the server's USB transfers, in both kernels and on the way. How many are under way is
reckoned from the sample clock (`SampleClock`); after a retune the client discards these, and besides them what lasts as
long as the tuner's settling, the command's way and the samples' least latency. Until the sample clock is known, after
connecting and after a change of rate, it discards what has arrived and a whole USB transfer of the server instead.
"""

import select
import socket
import struct

import numpy as np

from detector.errors import DeviceError, DeviceStalledError
from detector.rf.convert import from_raw
from detector.types import IqBlock, Provenance, Tuning
from firmware.drivers.clock import NS_PER_S, SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase, one_line
from firmware.drivers.iq.sample_clock import SampleClock
from firmware.drivers.iq.stream_watch import StreamWatch
from firmware.drivers.iq.tuners import TUNERS
from firmware.drivers.settings import RtlSettings
from firmware.drivers.source import Source

__all__ = ["RtlTcpSource"]

_GREETING = struct.Struct(">4sII")
_MAGIC = b"RTL0"
_COMMAND = struct.Struct(">BI")
_SET_FREQUENCY, _SET_RATE, _SET_GAIN_MODE, _SET_GAIN, _SET_PPM, _SET_BIAS_TEE = 1, 2, 3, 4, 5, 14
_BYTES_PER_SAMPLE = 2
_DISCARD_BYTES = 65_536


class RtlTcpSource(DriverBase):
    """A dongle on the network.

    Parameters
    ----------
    source : Source
        ``rtl_tcp:HOST:PORT``.
    settings : RtlSettings
    clock : Clock
        Real time: the socket's deadlines follow it.
    """

    def __init__(self, source: Source, settings: RtlSettings, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__(source.text, Provenance.LIVE)
        self.span_hz = TUNERS[0].span_hz
        self._address = (source.target, source.port)
        self._settings = settings
        self._clock = clock
        self._socket: socket.socket | None = None
        self._tuner = TUNERS[0]
        self._tuned: tuple[float, float, float | None] | None = None
        self._deadline_ns = 0
        self._sequence = 0
        self._watch = StreamWatch(settings)
        self._sample_clock = SampleClock(1.0)
        self._received_bytes = 0

    def open(self) -> None:
        """Connect, check the greeting, send the settings that do not change.

        Raises
        ------
        DeviceError
            No server answers there, or it is no rtl_tcp server.
        DeviceStalledError
            It accepted the connection and stayed silent.
        """
        self.close()
        self._watch = StreamWatch(self._settings)
        self._sample_clock = SampleClock(1.0)
        self._received_bytes = 0
        greeting_s = self._settings.greeting_s
        self._deadline_ns = self._clock.monotonic_ns() + round(greeting_s * NS_PER_S)
        try:
            self._socket = socket.create_connection(self._address, timeout=greeting_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._greet(self._socket)
        except OSError as error:
            self.close()
            raise self._as_device_error(error, greeting_s) from error

    def close(self) -> None:
        """Hang up; harmless when not open."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._tuned = None

    def read(self, tuning: Tuning) -> IqBlock:
        """Tune, discard the stale samples, return the dwell; see `IqSource.read`.

        Raises
        ------
        DeviceStalledError
            The server was silent for `RtlSettings.deadline_s` beyond the dwell, or the link is slower than the samples.
        DeviceError
            Not open, the tuning is out of reach, or the connection is gone; it is closed in every case.
        """
        connection = self._socket
        if connection is None:
            raise self.failure("not open")
        low_hz, high_hz = self.span_hz
        if not low_hz <= tuning.center_hz <= high_hz:
            reach = f"{low_hz / 1e6:g} to {high_hz / 1e6:g} MHz"
            raise self.failure(f"cannot tune to {tuning.center_hz / 1e6:g} MHz (reach: {reach})")
        try:
            return self._read(connection, tuning)
        except OSError as error:
            self.close()
            raise self._as_device_error(error, self._settings.deadline_s) from error

    def _read(self, connection: socket.socket, tuning: Tuning) -> IqBlock:
        gain_db = None if tuning.gain_db is None else self._tuner.nearest_gain_db(tuning.gain_db)
        duration_s = tuning.sample_count / tuning.sample_rate_hz
        self._allow(duration_s)
        self._drain(connection)
        lost = self._watch.lost_in_stream(self._now_s(), self._received, tuning.sample_rate_hz)
        stale = self._retune(connection, tuning, gain_db)
        self._allow(duration_s + stale / tuning.sample_rate_hz)
        self._discard(connection, _BYTES_PER_SAMPLE * stale)
        raw = bytearray(_BYTES_PER_SAMPLE * tuning.sample_count)
        self._receive_exactly(connection, memoryview(raw))
        t_end_ns = self._clock.monotonic_ns()
        dwell = np.frombuffer(raw, dtype=np.uint8)
        if self._watch.spoilt(dwell):
            lost = tuning.sample_count
            if self._watch.hopeless:
                raise self.failure("what the server delivers is no radio signal: its bytes are random")
        samples, clipped = from_raw(dwell, "cu8")
        self._sequence += 1
        return IqBlock(
            samples=samples,
            center_hz=tuning.center_hz,
            sample_rate_hz=tuning.sample_rate_hz,
            sequence=self._sequence - 1,
            t_ns=t_end_ns - round(duration_s * NS_PER_S),
            provenance=self.provenance,
            clipped_fraction=clipped,
            lost_samples=lost,
            gain_db=gain_db,
        )

    def _greet(self, connection: socket.socket) -> None:
        raw = bytearray(_GREETING.size)
        self._receive_exactly(connection, memoryview(raw))
        magic, tuner_type, _gain_count = _GREETING.unpack(raw)
        if magic != _MAGIC:
            raise self.failure(f"no rtl_tcp server: it greets with {bytes(magic)!r}, not {_MAGIC!r}")
        self._tuner = TUNERS.get(tuner_type, TUNERS[0])
        self.span_hz = self._tuner.span_hz
        if self._settings.ppm:
            self._command(connection, _SET_PPM, self._settings.ppm)
        if self._settings.bias_tee:
            self._command(connection, _SET_BIAS_TEE, 1)

    def _retune(self, connection: socket.socket, tuning: Tuning, gain_db: float | None) -> int:
        """Send what has changed; return how many samples are still to come under the old tuning."""
        wanted = (tuning.sample_rate_hz, tuning.center_hz, gain_db)
        if wanted == self._tuned:
            return 0
        if self._tuned is None or self._tuned[0] != wanted[0]:
            self._command(connection, _SET_RATE, round(tuning.sample_rate_hz))
        if self._tuned is None or self._tuned[2] != gain_db:
            self._command(connection, _SET_GAIN_MODE, int(gain_db is not None))
            if gain_db is not None:
                self._command(connection, _SET_GAIN, round(gain_db * 10))
        if self._tuned is None or self._tuned[1] != wanted[1]:
            self._command(connection, _SET_FREQUENCY, round(tuning.center_hz))
        self._tuned = wanted
        if self._sample_clock.rate_hz != tuning.sample_rate_hz:
            self._sample_clock = SampleClock(tuning.sample_rate_hz)
        under_way = self._sample_clock.under_way(self._now_s(), self._received)
        if under_way is None:
            under_way = self._settings.server_samples
        return under_way + round((self._settings.settle_s + self._settings.link_s) * tuning.sample_rate_hz)

    def _command(self, connection: socket.socket, code: int, number: int) -> None:
        connection.sendall(_COMMAND.pack(code, number & 0xFFFF_FFFF))

    @property
    def _received(self) -> int:
        """Samples since the connection was made."""
        return self._received_bytes // _BYTES_PER_SAMPLE

    def _now_s(self) -> float:
        return self._clock.monotonic_ns() / NS_PER_S

    def _allow(self, duration_s: float) -> None:
        """Set the time until which what lasts this long has to have come."""
        patience_s = duration_s + self._settings.deadline_s
        self._deadline_ns = self._clock.monotonic_ns() + round(patience_s * NS_PER_S)

    def _drain(self, connection: socket.socket) -> None:
        """Throw away what has arrived until nothing more is there, and keep I and Q in step."""
        scrap = memoryview(bytearray(_DISCARD_BYTES))
        while select.select([connection], [], [], 0)[0]:
            self._receive(connection, scrap)
        self._discard(connection, (self._received_bytes - _GREETING.size) % _BYTES_PER_SAMPLE)

    def _discard(self, connection: socket.socket, count_bytes: int) -> None:
        """Throw away so many bytes."""
        scrap = memoryview(bytearray(min(count_bytes, _DISCARD_BYTES)))
        while count_bytes > 0:
            count_bytes -= self._receive(connection, scrap[:count_bytes])

    def _receive_exactly(self, connection: socket.socket, into: memoryview) -> None:
        while into:
            into = into[self._receive(connection, into) :]

    def _receive(self, connection: socket.socket, into: memoryview) -> int:
        left_ns = self._deadline_ns - self._clock.monotonic_ns()
        if left_ns <= 0:
            raise TimeoutError
        connection.settimeout(left_ns / NS_PER_S)
        count = connection.recv_into(into)
        if count == 0:
            raise self.failure("the server closed the connection")
        self._received_bytes += count
        self._sample_clock.note(self._now_s(), self._received)
        return count

    def _as_device_error(self, error: OSError, deadline_s: float) -> DeviceError:
        if isinstance(error, DeviceError):
            return error
        if isinstance(error, TimeoutError):
            return DeviceStalledError(f"{self.source}: nothing came in time ({deadline_s:g} s)")
        return self.failure(error.strerror or one_line(error))
