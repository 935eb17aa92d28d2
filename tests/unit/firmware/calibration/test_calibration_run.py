"""From a simulated bench or a recording into the store, on a clock that tests turn."""

from pathlib import Path

import numpy as np
import pytest

from detector.errors import DeviceError, InputError
from detector.lens.calibration.refusal import Refusal, RefusedError
from detector.lens.calibration.results import BalanceResult, DarkResult, ReferenceResult
from detector.lens.synth.bench import BenchCamera
from detector.types import CameraGeometry, LedState, Provenance
from firmware.calibration.bench import take_frames
from firmware.calibration.identity import identity_of
from firmware.calibration.in_force import load_calibration
from firmware.calibration.run import Target, run_routine
from firmware.config import Config, overlaid
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.drivers.sim.bench import REFERENCE_APERTURE_MM
from firmware.drivers.sim.rooms import room_named
from firmware.drivers.source import parse_camera_source
from firmware.recordings.lens_sequence import write_lens_sequence
from firmware.store.calibrations import Calibration, CalibrationStore, Routine
from tests.contract.fakes import FakeClock


def config(camera: str) -> Config:
    calibration = {"frames": 6, "wall_albedo": 0.8}
    return overlaid(Config(), {"sources": {"camera": camera}, "calibration": calibration}, "test")


def run(routine: Routine, camera: str, store: Path, target: Target | None = None) -> Calibration:
    return run_routine(routine, target or Target(), config(camera), CalibrationStore(store), FakeClock())


def test_the_covered_camera_of_a_simulated_room(tmp_path: Path) -> None:
    made = run(Routine.DARK, "sim:dark_cap", tmp_path)
    assert isinstance(made.result, DarkResult)
    assert made.result.black_level_dn == pytest.approx(4.0, abs=0.05)
    assert (made.provenance, made.camera.model) == (Provenance.SIMULATED, "simulated")
    assert made.instrument.camera_source == "sim:dark_cap"
    (stored,) = CalibrationStore(tmp_path).listed()
    assert stored == made


def test_the_rings_and_the_reference_lens_of_a_simulated_room(tmp_path: Path) -> None:
    balance = run(Routine.BALANCE, "sim:plain_wall", tmp_path, Target(distance_mm=700.0)).result
    assert isinstance(balance, BalanceResult)
    assert balance.ratio == pytest.approx(1.0, abs=5 * balance.ratio_error + 0.001)
    target = Target(distance_mm=600.0, aperture_mm=REFERENCE_APERTURE_MM)
    lens = run(Routine.REFERENCE, "sim:reference_lens", tmp_path, target).result
    assert isinstance(lens, ReferenceResult)
    assert lens.retro_gain == pytest.approx(25.0, abs=4 * lens.retro_gain_error)
    geometry = room_named("plain_wall").geometry
    camera = identity_of(parse_camera_source("sim:hotel_room"), CameraSettings(), geometry)
    applied = load_calibration(tmp_path, camera, Provenance.SIMULATED, geometry, Config().lens)
    assert applied.balance_terms == balance.terms
    assert applied.detectability is not None
    assert applied.detectability.wall_dn_at_1m == balance.wall_dn_at_1m
    assert load_calibration(tmp_path, camera, Provenance.LIVE, geometry, Config().lens).balance_terms is None


@pytest.mark.parametrize(
    ("routine", "room", "code"),
    [
        (Routine.DARK, "plain_wall", Refusal.NOT_DARK),
        (Routine.FOCUS, "plain_wall", Refusal.NO_EDGE),
        (Routine.BALANCE, "dark_cap", Refusal.RING_NOT_LIT),
        (Routine.REFERENCE, "plain_wall", Refusal.NO_GLINT),
    ],
)
def test_the_wrong_bench_is_refused_and_nothing_kept(
    tmp_path: Path, routine: Routine, room: str, code: Refusal
) -> None:
    with pytest.raises(RefusedError) as caught:
        run(routine, f"sim:{room}", tmp_path, Target(distance_mm=600.0, aperture_mm=1.0))
    assert caught.value.code is code
    assert list(tmp_path.iterdir()) == []


def test_the_edge_of_a_simulated_room(tmp_path: Path) -> None:
    made = run(Routine.FOCUS, "sim:edge_target", tmp_path).result
    # The renderer's own sampling of the wall blurs its 0.6 px further.
    assert 0.6 < made.psf_sigma_px < 1.0  # type: ignore[union-attr]


def recording(path: Path, lights: tuple[LedState, ...]) -> str:
    geometry = CameraGeometry(width_px=320, height_px=240, hfov_deg=54.0, bit_depth=10, black_level_dn=64)
    camera = BenchCamera(geometry=geometry, hot={(7, 9): 90.0})
    write_lens_sequence(path, geometry, list(camera.frames(dict.fromkeys(lights, np.zeros((1, 1))), 6, 1)))
    return f"file:{path}"


def test_a_recording_is_calibrated_from_and_says_so(tmp_path: Path) -> None:
    source = recording(tmp_path / "dark", (LedState.DARK, LedState.OFF_AXIS))
    made = run(Routine.DARK, source, tmp_path / "store")
    assert made.provenance is Provenance.REPLAY
    assert isinstance(made.result, DarkResult)
    assert [(y, x) for y, x, _ in made.result.hot_pixels] == [(7, 9)]
    assert made.result.frames == 6


def test_a_recording_without_the_light_wanted_is_refused(tmp_path: Path) -> None:
    source = recording(tmp_path / "dark", (LedState.DARK,))
    with pytest.raises(RefusedError, match="0 on-axis frames"):
        run(Routine.FOCUS, source, tmp_path / "store")


def test_a_missing_recording_and_a_missing_camera(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such directory"):
        run(Routine.DARK, f"file:{tmp_path / 'none'}", tmp_path / "store")
    with pytest.raises(DeviceError):
        run(Routine.DARK, "picamera:0", tmp_path / "store")


def test_frames_are_as_many_as_asked_for_under_each_light() -> None:
    lights = (LedState.ON_AXIS, LedState.DARK)
    settings = (CameraSettings(), LedSettings())
    taken = take_frames(("sim:plain_wall", "sim:plain_wall"), lights, 4, settings, FakeClock())
    assert sorted(frame.led for frame in taken.frames) == sorted(lights * 4)  # type: ignore[type-var]
