"""Recordings in place of devices: pace, repetition, slices."""

from pathlib import Path

import numpy as np
import pytest

from detector.errors import DeviceError
from detector.types import CameraGeometry, Frame, LedState, Provenance, Tuning
from firmware.drivers.open import make_iq_source, make_optics
from firmware.drivers.settings import CameraSettings, LedSettings, RtlSettings
from firmware.recordings.lens_sequence import write_lens_sequence
from firmware.recordings.sigmf import CaptureInfo, write_sigmf
from tests.contract.fakes import FakeClock

RATE_HZ = 2.4e6


def _recording(path: Path, centers_hz: list[float], count: int = 24_000) -> Path:
    raw = np.arange(2 * count * len(centers_hz)).astype(np.int16).astype("<i2")
    captures = [CaptureInfo(start=count * number, center_hz=center) for number, center in enumerate(centers_hz)]
    return write_sigmf(path / "r", raw, datatype="ci16_le", sample_rate_hz=RATE_HZ, captures=captures)


def _tuning(center_hz: float, count: int = 4800, rate_hz: float = RATE_HZ) -> Tuning:
    return Tuning(center_hz=center_hz, sample_rate_hz=rate_hz, sample_count=count)


def test_runs_on_in_real_time_and_starts_again(tmp_path: Path) -> None:
    clock = FakeClock()
    meta = _recording(tmp_path, [433e6])
    with make_iq_source(f"file:{meta}", RtlSettings(), clock) as source:
        blocks = [source.read(_tuning(433e6)) for _ in range(2)]
        clock.advance(0.007)
        blocks.append(source.read(_tuning(433e6)))
    starts = [round(float(block.samples[0].real) * 32768) // 2 for block in blocks]
    assert starts[:2] == [0, 4800]
    assert starts[2] == 2400, "4 + 7 ms into a recording of 10 ms"
    assert [block.t_ns - blocks[0].t_ns for block in blocks] == [0, 2_000_000, 11_000_000]


def test_a_recording_shorter_than_a_dwell_gives_what_it_holds(tmp_path: Path) -> None:
    meta = _recording(tmp_path, [433e6])
    with make_iq_source(f"file:{meta}", RtlSettings(), FakeClock()) as source:
        assert len(source.read(_tuning(433e6, 48_000)).samples) == 24_000


def test_near_an_edge_the_slice_is_narrower(tmp_path: Path) -> None:
    meta = _recording(tmp_path, [433e6])
    with make_iq_source(f"file:{meta}", RtlSettings(), FakeClock()) as source:
        assert source.span_hz == (433e6 - 1.1e6, 433e6 + 1.1e6)
        block = source.read(_tuning(433.5e6))
    assert block.center_hz == 433.5e6
    assert block.sample_rate_hz == pytest.approx(1.4e6, rel=1e-3)
    assert block.duration_s == pytest.approx(0.002, rel=1e-2)


def test_captures_that_touch_make_one_span(tmp_path: Path) -> None:
    meta = _recording(tmp_path, [1240e6, 1242e6, 1500e6])
    with make_iq_source(f"file:{meta}", RtlSettings(), FakeClock()) as source:
        assert source.span_hz == (1238.9e6, 1243.1e6)
        second = source.read(_tuning(1242e6))
        with pytest.raises(DeviceError, match=r"cannot tune to 1400 MHz \(reach: 1238.9 to 1243.1 MHz\)$"):
            source.read(_tuning(1400e6))
    assert round(float(second.samples[0].real) * 32768) == np.int16(48_000 % 65536 - 65536)


def test_a_recording_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(DeviceError) as caught:
        make_iq_source(f"file:{tmp_path}/none.sigmf-meta", RtlSettings(), FakeClock()).open()
    assert str(caught.value) == f"file:{tmp_path}/none.sigmf-meta: {tmp_path}/none.sigmf-meta: no such file"


def test_frames_keep_their_pace_and_start_again(tmp_path: Path) -> None:
    geometry = CameraGeometry(width_px=8, height_px=6, hfov_deg=60.0)
    states = [LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK]
    frames = [
        Frame(
            pixels=np.full((6, 8), 10 * number, np.uint8),
            t_ns=7_000_000_000 + 20_000_000 * number,
            exposure_ns=2_000_000,
            sequence=number,
            provenance=Provenance.LIVE,
            led=state,
        )
        for number, state in enumerate(states)
    ]
    write_lens_sequence(tmp_path, geometry, frames)
    clock = FakeClock(0)
    with make_optics(f"file:{tmp_path}", "none:", CameraSettings(), LedSettings(), clock).camera as camera:
        taken = []
        for _ in range(4):
            taken.append(camera.read())
            assert clock.t_ns == taken[-1].t_end_ns
    assert [frame.t_ns for frame in taken] == [0, 20_000_000, 40_000_000, 60_000_000]
    assert [frame.sequence for frame in taken] == [0, 1, 2, 3]
    assert [frame.led for frame in taken] == [*states, LedState.ON_AXIS]
    assert [int(frame.pixels[0, 0]) for frame in taken] == [0, 10, 20, 0]
    assert {frame.provenance for frame in taken} == {Provenance.REPLAY}
