"""``nunchi calibrate lens``: documents, lines, undo, and bad input in one line."""

import json
from pathlib import Path

import numpy as np
import pytest

from detector.lens.synth.bench import BenchCamera
from detector.types import CameraGeometry, LedState
from firmware.cli.main import main
from firmware.recordings.lens_sequence import write_lens_sequence

GEOMETRY = CameraGeometry(width_px=320, height_px=240, hfov_deg=54.0, bit_depth=10, black_level_dn=64)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    return tmp_path / "state" / "calibrations" / "lens"


@pytest.fixture
def dark(tmp_path: Path) -> str:
    frames = list(BenchCamera(geometry=GEOMETRY).frames({LedState.DARK: np.zeros((1, 1))}, 6, 1))
    write_lens_sequence(tmp_path / "dark", GEOMETRY, frames)
    return f"file:{tmp_path / 'dark'}"


def calibrate(*arguments: str) -> int:
    try:
        return main(["calibrate", "lens", *arguments])
    except SystemExit as stop:
        return int(stop.code or 0)


def test_a_calibration_is_measured_shown_and_undone(dark: str, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibrate("dark", "--camera", dark, "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["schema"], made["provenance"], made["routine"]) == ("nunchi.calibration/1", "replay", "dark")
    assert made["result"]["black_level_dn"] == pytest.approx(64.0, abs=0.05)
    assert made["camera"]["width_px"] == 320
    assert made["instrument"]["camera_source"] == dark
    assert calibrate("dark", "--camera", dark) == 0
    assert "from a recording" in capsys.readouterr().out
    assert calibrate("show", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [item["id"] for item in shown["in_force"]] == ["000002-dark"]
    assert [item["id"] for item in shown["history"]] == ["000001-dark"]
    assert calibrate("undo", "dark", "--camera", dark) == 0
    assert "undone: 000002-dark" in capsys.readouterr().out
    assert calibrate("show") == 0
    text = capsys.readouterr().out
    assert text.startswith("000001-dark: dark of recording")
    assert "000002-dark: undone" in text
    assert sorted(path.suffix for path in state.iterdir()) == [".json", ".undone"]


def test_an_empty_store_says_what_that_means(capsys: pytest.CaptureFixture[str], state: Path) -> None:
    assert calibrate("show") == 0
    assert "no calibration" in capsys.readouterr().out
    assert not state.exists()


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ((), ["ROUTINE"]),
        (("dance",), ["dance"]),
        (("balance", "--camera", "sim:plain_wall"), ["--distance-mm"]),
        (("reference", "--camera", "sim:reference_lens", "--distance-mm", "600"), ["--aperture-mm"]),
        (("balance", "--camera", "sim:plain_wall", "--distance-mm", "7"), ["--distance-mm = 7", "50"]),
        (("balance", "--camera", "sim:plain_wall", "--distance-mm", "nan"), ["--distance-mm = nan"]),
        (
            ("reference", "--camera", "sim:reference_lens", "--distance-mm", "600", "--aperture-mm", "-1"),
            ["--aperture-mm = -1"],
        ),
        (("dark", "--camera", "sim:moon"), ["moon"]),
        (("dark", "--camera", "file:/nowhere"), ["nowhere"]),
        (("dark", "--frames", "2"), ["frames = 2", "4"]),
        (("dark", "--gain", "99"), ["gain = 99"]),
        (("dark", "--camera", "picamera:0", "--leds", "sim:dark_cap"), ["dark_cap"]),
        (("undo", "focus"), ["no simulated focus calibration"]),
        (("undo", "spirit"), ["spirit"]),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    arguments: tuple[str, ...], parts: list[str], capsys: pytest.CaptureFixture[str], state: Path
) -> None:
    assert calibrate(*arguments) == 2
    output = capsys.readouterr()
    assert output.err.count("\n") == 1, output.err
    for part in parts:
        assert part in output.err
    assert not state.exists()


def test_a_refusal_is_one_line_and_status_2(dark: str, capsys: pytest.CaptureFixture[str], state: Path) -> None:
    assert calibrate("focus", "--camera", dark) == 2
    assert capsys.readouterr().err == "nunchi: 0 on-axis frames: at least 4 are needed\n"
    assert not state.exists()


def test_a_camera_that_is_not_there_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert calibrate("dark", "--camera", "picamera:0") == 1
    assert capsys.readouterr().err.count("\n") == 1
