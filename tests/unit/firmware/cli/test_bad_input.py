"""Bad arguments, configuration and input: exit 2 and one line that says what, where and why."""

import json
import socket
from pathlib import Path

import numpy as np
import pytest

from firmware.cli.main import main

RAW = ("--rate", "2.4e6", "--freq", "1e9", "--format", "cu8")


def fails_with(arguments: list[str], capsys: pytest.CaptureFixture[str], *parts: str) -> None:
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = int(stop.code or 0)
    output = capsys.readouterr()
    assert status == 2, output
    assert output.err.count("\n") == 1, output.err
    for part in parts:
        assert part in output.err


def test_no_verb(capsys: pytest.CaptureFixture[str]) -> None:
    fails_with([], capsys, "VERB")


def test_unknown_verb(capsys: pytest.CaptureFixture[str]) -> None:
    fails_with(["dance"], capsys, "dance")


def test_unknown_option(capsys: pytest.CaptureFixture[str]) -> None:
    fails_with(["run", "--colour", "red"], capsys, "--colour")


def test_missing_recording(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    fails_with(["scan", str(tmp_path / "none.cu8"), *RAW], capsys, "none.cu8", "no such file")


def test_empty_recording(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "empty.cu8"
    path.touch()
    fails_with(["scan", str(path), *RAW], capsys, "empty.cu8", "empty")


def test_text_for_a_recording(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("This is not a recording.\n" * 100)
    fails_with(["scan", str(path), *RAW], capsys, "notes.txt", "text")


def test_raw_recording_without_its_rate(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.cu8"
    path.write_bytes(bytes(4096))
    fails_with(["scan", str(path), "--freq", "1e9", "--format", "cu8"], capsys, "a.cu8", "--rate")


@pytest.mark.parametrize("rate", ["1000", "60e6", "nan"])
def test_wrong_rate(capsys: pytest.CaptureFixture[str], tmp_path: Path, rate: str) -> None:
    path = tmp_path / "a.cu8"
    path.write_bytes(np.random.default_rng(1).integers(0, 256, 4096, np.uint8).tobytes())
    fails_with(["scan", str(path), "--rate", rate, "--freq", "1e9", "--format", "cu8"], capsys, "a.cu8", "rate")


def test_rate_that_is_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    fails_with(["scan", "a.cu8", "--rate", "fast"], capsys, "--rate", "fast")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "not JSON"),
        ("{}", "global"),
        (json.dumps({"global": {"core:datatype": "cu8", "core:version": "1.2.0"}, "captures": []}), "annotations"),
    ],
)
def test_broken_sigmf(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, part: str) -> None:
    path = tmp_path / "a.sigmf-meta"
    path.write_text(text)
    fails_with(["scan", str(path)], capsys, "a.sigmf-meta", part)


def test_directory_that_is_no_sequence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    fails_with(["scan", str(tmp_path)], capsys, "sequence.json")


def test_unknown_key_in_the_configuration(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "nunchi.toml"
    path.write_text("[server]\ncolour = 1\n")
    fails_with(["run", "--config", str(path)], capsys, "nunchi.toml", "colour")


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--rf", "usb:0"], "usb"),
        (["--rf", "sim:moon"], "moon"),
        (["--camera", "sim:moon"], "moon"),
        (["--rf", "rtl_tcp:localhost"], "port"),
        (["--leds", "neon:"], "neon"),
        (["--camera", "picamera:0", "--leds", "sim:hotel_room"], "sim:hotel_room"),
        (["--port", "99999"], "99999"),
    ],
)
def test_bad_sources_and_port(capsys: pytest.CaptureFixture[str], options: list[str], part: str) -> None:
    fails_with(["run", *options], capsys, part)


def test_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        fails_with(["run", "--port", str(port)], capsys, str(port), "in use")
