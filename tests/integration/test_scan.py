"""``nunchi scan`` on generated recordings, through the command line, as another program would use it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector.lens.synth import HandMotion, SceneRenderer, StrobePlan, random_scene, strobe_frames
from detector.rf.synth import AnalogVideoEmission, DongleModel, Sky, moving_room
from detector.types import CameraGeometry, Tuning
from firmware.cli.main import main
from firmware.recordings.lens_sequence import write_lens_sequence
from firmware.recordings.sigmf import CaptureInfo, write_sigmf

RATE_HZ = 2.4e6


def scanned(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["scan", "--json", *arguments]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["schema"] == "nunchi.scan/1"
    assert document["provenance"] == "replay"
    return document


def recorded(seconds: float, *emissions: AnalogVideoEmission) -> np.ndarray:
    tuning = Tuning(center_hz=1.2405e9, sample_rate_hz=RATE_HZ, sample_count=round(seconds * RATE_HZ))
    return Sky(emissions, dongle=DongleModel(), seed=3).receive(tuning, 0.0)


@pytest.fixture(scope="module")
def camera() -> AnalogVideoEmission:
    return AnalogVideoEmission(center_hz=1.24e9, power_dbfs=-20.0, pictures=moving_room(5, 2), system="NTSC")


def test_a_camera_in_a_raw_recording(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, camera: AnalogVideoEmission
) -> None:
    path = tmp_path / "camera.cu8"
    recorded(0.2, camera).tofile(path)
    document = scanned(capsys, str(path), "--rate", "2.4e6", "--freq", "1240.5e6", "--format", "cu8")
    (alert,) = document["alerts"]
    assert (alert["kind"], alert["standard"], alert["modulation"], alert["input"]) == ("analog_video", "NTSC", "FM", 0)
    assert alert["confidence"] >= 0.95
    assert abs(alert["freq_hz"] - 1.24e9) < 1.2e6
    assert document["verdict"] == "strong_sign"
    assert document["inputs"] == [{"path": str(path), "samples": 480_000, "seconds": 0.2}]


def test_an_empty_band_in_a_sigmf_recording_and_one_too_short(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    capture = [CaptureInfo(center_hz=1.2405e9)]
    paths = [
        write_sigmf(tmp_path / name, recorded(seconds), datatype="cu8", sample_rate_hz=RATE_HZ, captures=capture)
        for name, seconds in (("whole", 0.2), ("short", 0.002))
    ]
    whole = scanned(capsys, str(paths[0]))
    assert (whole["alerts"], whole["verdict"], whole["coverage"]["complete"]) == ([], "nothing_detected", True)
    both = scanned(capsys, *map(str, paths))
    assert (both["alerts"], both["verdict"]) == ([], "incomplete")
    assert [item["complete"] for item in both["coverage"]["inputs"]] == [True, False]


def test_a_lens_sequence_and_a_radio_recording_in_one_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, camera: AnalogVideoEmission
) -> None:
    geometry = CameraGeometry(width_px=640, height_px=480, hfov_deg=62.2, black_level_dn=4.0)
    renderer = SceneRenderer(random_scene(21, lenses=1, clutter=3), geometry, seed=21)
    frames = [frame for frame, _ in strobe_frames(renderer, HandMotion(21), StrobePlan(sets=10), seed=21)]
    write_lens_sequence(tmp_path / "wall", geometry, frames)
    radio = tmp_path / "camera.cu8"
    recorded(0.1, camera).tofile(radio)
    document = scanned(
        capsys, str(tmp_path / "wall"), str(radio), "--rate", "2.4e6", "--freq", "1240.5e6", "--format", "cu8"
    )
    assert {(alert["kind"], alert["input"]) for alert in document["alerts"]} == {("lens_glint", 0), ("analog_video", 1)}
    glint = document["alerts"][0]
    truth = renderer.truth(HandMotion(21).pose(frames[-3].t_ns / 1e9 + 1e-3))
    lens = next(place for name, place in truth.items() if name.startswith("lens"))
    assert np.hypot(glint["y_px"] - lens[0], glint["x_px"] - lens[1]) < 4
    assert glint["track"][-1][0] == frames[-3].sequence
    assert document["rejected"].keys() == {"lens", "rf"}


def test_words_for_people(capsys: pytest.CaptureFixture[str], tmp_path: Path, camera: AnalogVideoEmission) -> None:
    path = tmp_path / "camera.cu8"
    recorded(0.1, camera).tofile(path)
    assert main(["scan", str(path), "--rate", "2.4e6", "--freq", "1240.5e6", "--format", "cu8"]) == 0
    text = capsys.readouterr().out
    assert "1240." in text and "camera.cu8" in text
