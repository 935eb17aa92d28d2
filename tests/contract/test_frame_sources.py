"""Every camera, real, replayed or simulated, keeps one contract."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from detector.errors import DeviceError
from detector.lens.synth import HandMotion, Lens, Scene, SceneRenderer, StrobePlan, strobe_frames
from detector.types import CameraGeometry, LedState, Provenance
from firmware.drivers.interfaces import FrameSource
from firmware.drivers.open import make_optics
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.recordings.lens_sequence import write_lens_sequence
from tests.contract.fakes import FakeClock

KINDS = ["sim", "file", "picamera"]


@dataclass(frozen=True)
class Case:
    source: FrameSource
    provenance: Provenance
    knows_its_light: bool


def _sim(tmp_path: Path) -> Case:
    optics = make_optics("sim:hotel_room", "none:", CameraSettings(), LedSettings(), FakeClock())
    return Case(optics.camera, Provenance.SIMULATED, False)


def _file(tmp_path: Path) -> Case:
    geometry = CameraGeometry(width_px=160, height_px=120, hfov_deg=62.2, black_level_dn=4)
    scene = Scene(objects=(Lens("clock", y_mm=10, x_mm=20),))
    frames = [frame for frame, _ in strobe_frames(SceneRenderer(scene, geometry), HandMotion(1), StrobePlan(sets=1))]
    write_lens_sequence(tmp_path / "sequence", geometry, frames)
    optics = make_optics(f"file:{tmp_path / 'sequence'}", "none:", CameraSettings(), LedSettings(), FakeClock())
    return Case(optics.camera, Provenance.REPLAY, True)


def _picamera(tmp_path: Path) -> Case:
    picamera2 = pytest.importorskip("picamera2", reason="picamera2 is not installed (it needs libcamera)")
    if not picamera2.Picamera2.global_camera_info():
        pytest.skip("libcamera lists no camera")
    optics = make_optics("picamera:0", "none:", CameraSettings(), LedSettings())
    return Case(optics.camera, Provenance.LIVE, False)


_MAKERS: dict[str, Callable[[Path], Case]] = {"sim": _sim, "file": _file, "picamera": _picamera}


@pytest.fixture(params=KINDS)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    made = _MAKERS[request.param](tmp_path)
    yield made
    made.source.close()


def test_delivers_frames_of_its_geometry(case: Case) -> None:
    with case.source as source:
        frame = source.read()
        geometry = source.geometry
    assert frame.pixels.shape == (geometry.height_px, geometry.width_px)
    assert frame.pixels.dtype == (np.uint8 if geometry.bit_depth == 8 else np.uint16)
    assert frame.pixels.max() < 2**geometry.bit_depth
    assert not frame.pixels.flags.writeable
    assert frame.exposure_ns > 0
    assert frame.readout_ns >= 0
    assert frame.provenance is case.provenance is case.source.provenance
    assert isinstance(frame.led, LedState) is case.knows_its_light


def test_sequence_and_time_go_forward(case: Case) -> None:
    with case.source as source:
        frames = [source.read() for _ in range(7)]
    assert (np.diff([frame.sequence for frame in frames]) >= 1).all()
    gaps_ns = np.diff([frame.t_ns for frame in frames])
    assert (gaps_ns >= frames[0].exposure_ns).all()


def test_closing_twice_and_reopening_work(case: Case) -> None:
    case.source.close()
    case.source.open()
    case.source.read()
    case.source.close()
    case.source.close()
    case.source.open()
    assert case.source.read().pixels.any()


def test_errors_are_device_errors_of_one_line(case: Case) -> None:
    with pytest.raises(DeviceError) as caught:
        case.source.read()
    message = str(caught.value)
    assert message.startswith(case.source.source + ": ")
    assert "\n" not in message
