"""An RTL-SDR dongle on USB, by way of pyrtlsdr and librtlsdr.

Reads are synchronous: tune, then one USB transfer that holds the stale samples and the dwell without a gap between
them. librtlsdr gives such a transfer no time limit, so a stalled dongle blocks `RtlSource.read`, and an unplugged one
may block `close`, for ever. That is why the dongle lives in a child process which the supervisor kills when its
reports stop; nothing in this module could rescue it from inside.
"""

import re
from typing import Any

import numpy as np

from detector.errors import DeviceError
from detector.rf.convert import from_raw
from detector.types import IqBlock, Provenance, Tuning
from firmware.drivers.clock import NS_PER_S, SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase
from firmware.drivers.iq.stream_watch import StreamWatch
from firmware.drivers.iq.tuners import TUNERS
from firmware.drivers.settings import RtlSettings
from firmware.drivers.source import Source

__all__ = ["RtlSource"]

_INDEX = re.compile(r"0|[1-9][0-9]?")  # serial numbers are longer or begin with zeros: 00000001
_USB_PACKET_BYTES = 512
_BYTES_PER_SAMPLE = 2


class RtlSource(DriverBase):
    """A dongle.

    Parameters
    ----------
    source : Source
        ``rtl:INDEX`` (a number below 100 without a leading zero) or ``rtl:SERIAL``.
    settings : RtlSettings
    clock : Clock
    """

    def __init__(self, source: Source, settings: RtlSettings, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__(source.text, Provenance.LIVE)
        self.span_hz = TUNERS[0].span_hz
        self._target = source.target
        self._settings = settings
        self._clock = clock
        self._dongle: Any = None
        self._tuned: tuple[float, float, float | None] | None = None
        self._sequence = 0
        self._watch = StreamWatch(settings)

    def open(self) -> None:
        """Find the dongle and configure it.

        Raises
        ------
        DeviceError
            librtlsdr is missing, it counts no dongle or not this one, or the dongle is busy or refuses a setting.
        """
        self.close()
        self._watch = StreamWatch(self._settings)
        library = self._library()
        index = self._index(library)
        try:
            self._dongle = library.RtlSdr(device_index=index)
            self._configure()
        except OSError as error:
            self.close()
            raise self.failure(f"dongle {index} cannot be opened: {error}") from error

    def close(self) -> None:
        """Release the dongle; harmless when it is not open. May hang if it was unplugged (see the module)."""
        if self._dongle is not None:
            self._dongle.close()
        self._dongle = None
        self._tuned = None

    def read(self, tuning: Tuning) -> IqBlock:
        """Tune, discard the stale samples, return the dwell; see `IqSource.read`.

        Raises
        ------
        DeviceError
            Not open, the tuning is out of reach, or the dongle failed or delivers what cannot be samples; it is closed
            then.
        """
        if self._dongle is None:
            raise self.failure("not open")
        low_hz, high_hz = self.span_hz
        if not low_hz <= tuning.center_hz <= high_hz:
            reach = f"{low_hz / 1e6:g} to {high_hz / 1e6:g} MHz"
            raise self.failure(f"cannot tune to {tuning.center_hz / 1e6:g} MHz (reach: {reach})")
        try:
            stale = self._settings.fifo_samples + self._retune(tuning)
            return self._dwell(tuning, stale)
        except OSError as error:
            self.close()
            raise error if isinstance(error, DeviceError) else self.failure(error) from error

    def _library(self) -> Any:
        try:
            import rtlsdr
        except (ImportError, OSError) as error:
            raise self.failure(f"pyrtlsdr or librtlsdr is missing: {error}") from error
        return rtlsdr

    def _index(self, library: Any) -> int:
        count = library.librtlsdr.rtlsdr_get_device_count()
        if count == 0:
            raise self.failure("no RTL-SDR dongle found (librtlsdr counts 0 devices)")
        if _INDEX.fullmatch(self._target):
            if int(self._target) >= count:
                raise self.failure(f"no such dongle (librtlsdr counts {count}, from 0)")
            return int(self._target)
        try:
            serials = library.RtlSdr.get_device_serial_addresses()
        except OSError as error:
            raise self.failure(f"serial numbers cannot be read: {error}") from error
        if self._target not in serials:
            raise self.failure(f"no dongle of this serial number (found: {', '.join(serials)})")
        return int(serials.index(self._target))

    def _configure(self) -> None:
        self.span_hz = TUNERS.get(self._dongle.get_tuner_type(), TUNERS[0]).span_hz
        if self._settings.ppm:  # librtlsdr calls setting the value that it already has (0) an error
            self._dongle.set_freq_correction(self._settings.ppm)
        if self._settings.bias_tee:
            self._dongle.set_bias_tee(True)

    def _retune(self, tuning: Tuning) -> int:
        """Apply what has changed; return how many samples will be stale because of it."""
        old, wanted = self._tuned, (tuning.sample_rate_hz, tuning.center_hz, tuning.gain_db)
        if old == wanted:
            return 0
        if old is None or old[0] != tuning.sample_rate_hz:
            self._dongle.set_sample_rate(tuning.sample_rate_hz)
        if old is None or old[2] != tuning.gain_db:
            self._dongle.set_gain("auto" if tuning.gain_db is None else tuning.gain_db)
        if old is None or old[1] != tuning.center_hz:
            self._dongle.set_center_freq(round(tuning.center_hz))
        self._tuned = wanted
        return round(self._settings.settle_s * tuning.sample_rate_hz)

    def _dwell(self, tuning: Tuning, stale: int) -> IqBlock:
        wanted_bytes = _BYTES_PER_SAMPLE * (stale + tuning.sample_count)
        transfer_bytes = -(-wanted_bytes // _USB_PACKET_BYTES) * _USB_PACKET_BYTES
        t_start_ns = self._clock.monotonic_ns()
        # pyrtlsdr hands out its own buffer and fills it again at the next read; the conversion copies.
        raw = np.frombuffer(self._dongle.read_bytes(transfer_bytes), dtype=np.uint8)
        t_end_ns = self._clock.monotonic_ns()
        dwell = raw[_BYTES_PER_SAMPLE * stale : wanted_bytes]
        lost = self._watch.lost_in_transfer(
            (t_end_ns - t_start_ns) / NS_PER_S, transfer_bytes // _BYTES_PER_SAMPLE, tuning.sample_rate_hz
        )
        if self._watch.spoilt(dwell):
            lost = tuning.sample_count
            if self._watch.hopeless:
                raise self.failure("what the dongle delivers is no radio signal: its bytes are random")
        samples, clipped = from_raw(dwell, "cu8")
        kept = transfer_bytes // _BYTES_PER_SAMPLE - stale
        self._sequence += 1
        return IqBlock(
            samples=samples,
            center_hz=tuning.center_hz,
            sample_rate_hz=tuning.sample_rate_hz,
            sequence=self._sequence - 1,
            t_ns=t_end_ns - round(kept / tuning.sample_rate_hz * NS_PER_S),
            provenance=self.provenance,
            clipped_fraction=clipped,
            lost_samples=lost,
            gain_db=None if tuning.gain_db is None else self._dongle.get_gain(),
        )
