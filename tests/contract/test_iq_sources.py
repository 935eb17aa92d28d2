"""Every receiver, real, replayed or simulated, keeps one contract."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pytest

from detector.errors import DeviceError
from detector.types import IqBlock, Provenance, Tuning
from firmware.drivers.clock import SYSTEM_CLOCK
from firmware.drivers.interfaces import IqSource
from firmware.drivers.open import make_iq_source
from firmware.drivers.settings import RtlSettings
from firmware.recordings.sigmf import CaptureInfo, write_sigmf
from tests.contract.fakes import FakeClock, RtlTcpServer, tone_cu8
from tests.virtual_dongle import Scene, build, rtl_tcp_server, under_pyrtlsdr
from tests.virtual_dongle.scenes import two_tones

KINDS = ["sim", "file", "rtl_tcp", "rtl_tcp on a virtual dongle", "rtl on a virtual dongle", "rtl"]


@dataclass(frozen=True)
class Case:
    """A source with a loud tuning, and a quiet one in which a tone is known."""

    source: IqSource
    rate_hz: float
    loud_hz: float
    quiet_hz: float
    tone_hz: float
    provenance: Provenance

    def tuning(self, center_hz: float, dwell_s: float = 0.02) -> Tuning:
        count = round(dwell_s * self.rate_hz)
        return Tuning(center_hz=center_hz, sample_rate_hz=self.rate_hz, sample_count=count, gain_db=30.0)


def _sim(request: pytest.FixtureRequest, stack: ExitStack) -> Case:
    source = make_iq_source("sim:hotel_room", RtlSettings(), FakeClock())
    # An FM station, and a harmonic of the dongle's own crystal in an empty band.
    return Case(source, 2.4e6, 91.9e6, 1151.7e6, 1152e6, Provenance.SIMULATED)


def _file(request: pytest.FixtureRequest, stack: ExitStack) -> Case:
    rate_hz, count = 4.8e6, 480_000
    whole = Tuning(center_hz=500e6, sample_rate_hz=rate_hz, sample_count=count)
    raw = np.maximum(tone_cu8(1.5e6, 0.5, whole, 0.0), 1)
    weak = tone_cu8(-1.2e6, 0.03, whole, 0.0).astype(int) - 127
    raw = np.clip(raw + weak, 0, 255).astype(np.uint8)
    meta = write_sigmf(
        request.getfixturevalue("tmp_path") / "air",
        raw,
        datatype="cu8",
        sample_rate_hz=rate_hz,
        captures=[CaptureInfo(center_hz=500e6)],
    )
    source = make_iq_source(f"file:{meta}", RtlSettings(), FakeClock())
    return Case(source, 1.2e6, 501.4e6, 498.9e6, 498.8e6, Provenance.REPLAY)


def _air(tuning: Tuning, t0_s: float) -> np.ndarray:
    loud = tuning.center_hz < 150e6
    return tone_cu8(
        100.05e6 - tuning.center_hz if loud else 200.1e6 - tuning.center_hz, 0.5 if loud else 0.03, tuning, t0_s
    )


def _rtl_tcp(request: pytest.FixtureRequest, stack: ExitStack) -> Case:
    server = stack.enter_context(RtlTcpServer(_air, in_flight=2))
    settings = RtlSettings(settle_s=0.0, server_samples=3 * RtlTcpServer.TRANSFER_SAMPLES)
    source = make_iq_source(f"rtl_tcp:127.0.0.1:{server.port}", settings, SYSTEM_CLOCK)
    return Case(source, 1e6, 100e6, 200e6, 200.1e6, Provenance.LIVE)


def _rtl(request: pytest.FixtureRequest, stack: ExitStack) -> Case:
    rtlsdr = pytest.importorskip("rtlsdr", reason="pyrtlsdr or librtlsdr is not installed")
    if rtlsdr.librtlsdr.rtlsdr_get_device_count() == 0:
        pytest.skip("no RTL-SDR dongle is plugged in")
    source = make_iq_source("rtl:0", RtlSettings(), SYSTEM_CLOCK)
    # The dongle hears its own crystal's harmonic everywhere; nothing is known to be loud.
    return Case(source, 2.4e6, 91.9e6, 1151.7e6, 1152e6, Provenance.LIVE)


def _rtl_virtual(request: pytest.FixtureRequest, stack: ExitStack) -> Case:
    stack.enter_context(under_pyrtlsdr(request.getfixturevalue("scene")))
    source = make_iq_source("rtl:00000042", RtlSettings(), SYSTEM_CLOCK)
    return Case(source, 2.4e6, 100e6, 200e6, 200.1e6, Provenance.LIVE)


def _rtl_tcp_virtual(request: pytest.FixtureRequest, stack: ExitStack) -> Case:
    port = stack.enter_context(rtl_tcp_server(request.getfixturevalue("scene")))
    source = make_iq_source(f"rtl_tcp:127.0.0.1:{port}", RtlSettings(), SYSTEM_CLOCK)
    return Case(source, 2.4e6, 100e6, 200e6, 200.1e6, Provenance.LIVE)


_MAKERS: dict[str, Callable[[pytest.FixtureRequest, ExitStack], Case]] = {
    "sim": _sim,
    "file": _file,
    "rtl_tcp": _rtl_tcp,
    "rtl_tcp on a virtual dongle": _rtl_tcp_virtual,
    "rtl on a virtual dongle": _rtl_virtual,
    "rtl": _rtl,
}


@pytest.fixture(scope="session")
def scene() -> Iterator[Scene]:
    build()
    with Scene(two_tones) as scene:
        yield scene


@pytest.fixture(params=KINDS)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    with ExitStack() as stack:
        made = _MAKERS[request.param](request, stack)
        yield made
        made.source.close()


def _peak_hz(block: IqBlock) -> float:
    """Strongest frequency away from the DC spike."""
    lines = np.abs(np.fft.fft(block.samples * np.hanning(len(block.samples))))
    offsets_hz = np.fft.fftfreq(len(lines), 1 / block.sample_rate_hz)
    lines[np.abs(offsets_hz) < 20e3] = 0
    return block.center_hz + float(offsets_hz[np.argmax(lines)])


def _powers_db(block: IqBlock) -> np.ndarray:
    """Mean power of each millisecond without the mean, in dBFS."""
    part = round(block.sample_rate_hz * 1e-3)
    samples = block.samples[: len(block.samples) // part * part].reshape(-1, part)
    return 10 * np.log10((np.abs(samples - samples.mean()) ** 2).mean(axis=1) + 1e-12)


def test_delivers_what_was_asked_for(case: Case) -> None:
    tuning = case.tuning(case.quiet_hz)
    with case.source as source:
        block = source.read(tuning)
        low_hz, high_hz = source.span_hz
    assert block.samples.shape == (tuning.sample_count,)
    assert block.samples.dtype == np.complex64
    assert not block.samples.flags.writeable
    assert block.center_hz == case.quiet_hz
    assert block.sample_rate_hz == pytest.approx(case.rate_hz, rel=1e-3)
    assert block.provenance is case.provenance is case.source.provenance
    assert 0 <= block.clipped_fraction < 0.01
    assert low_hz <= case.quiet_hz <= high_hz


def test_sequence_and_time_go_forward(case: Case) -> None:
    centers_hz = [case.quiet_hz, case.quiet_hz, case.loud_hz, case.loud_hz]
    with case.source as source:
        blocks = [source.read(case.tuning(center_hz, 0.005)) for center_hz in centers_hz]
    assert np.diff([block.sequence for block in blocks]).tolist() == [1, 1, 1]
    assert (np.diff([block.t_ns for block in blocks]) > 0).all()


def test_a_known_signal_is_where_it_belongs(case: Case) -> None:
    with case.source as source:
        source.read(case.tuning(case.loud_hz))
        block = source.read(case.tuning(case.quiet_hz))
    # The room's dongle is 2 ppm off, as dongles are.
    assert _peak_hz(block) == pytest.approx(case.tone_hz, abs=5e3)


def test_nothing_of_the_old_tuning_remains(case: Case) -> None:
    with case.source as source:
        loud = _powers_db(source.read(case.tuning(case.loud_hz)))
        quiet = _powers_db(source.read(case.tuning(case.quiet_hz)))
    assert loud.min() > quiet.max() + 10
    assert np.ptp(quiet) < 3


def test_closing_twice_and_reopening_work(case: Case) -> None:
    case.source.close()
    case.source.open()
    case.source.read(case.tuning(case.quiet_hz, 0.005))
    case.source.close()
    case.source.close()
    case.source.open()
    assert case.source.read(case.tuning(case.quiet_hz, 0.005)).samples.any()
    case.source.close()


@pytest.mark.parametrize("opened", [False, True], ids=["closed", "beyond its reach"])
def test_errors_are_device_errors_of_one_line(case: Case, opened: bool) -> None:
    if opened:
        case.source.open()
    with pytest.raises(DeviceError) as caught:
        case.source.read(case.tuning(9e9 if opened else case.quiet_hz))
    message = str(caught.value)
    assert message.startswith(case.source.source + ": ")
    assert "\n" not in message
