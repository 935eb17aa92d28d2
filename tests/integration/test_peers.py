"""Debian's rtl_433, rtl_tcp and rtl_power on the virtual dongle: independent witnesses that it is one."""

import json
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.virtual_dongle import Scene, build, client_environment, rtl_tcp_server
from tests.virtual_dongle.clients import debian_program
from tests.virtual_dongle.scenes import peers

SENSOR_RATE_HZ = 250_000
SENSOR_ID, CHANNEL, TEMPERATURE_C, HUMIDITY = 0xA7, 2, 21.4, 45


def prologue_burst() -> np.ndarray:
    """A weather sensor's message, seven times: pulses of 0.5 ms, the gap after each says 0 (2 ms) or 1 (4 ms)."""
    fields = ((0b1001, 4), (SENSOR_ID, 8), (0b1000 | CHANNEL - 1, 4), (round(10 * TEMPERATURE_C), 12), (HUMIDITY, 8))
    bits = "".join(f"{value:0{width}b}" for value, width in fields)
    gaps_ms = [4.0 if bit == "1" else 2.0 for bit in bits] + [9.0]
    parts = [np.repeat([1.0, 0.0], [SENSOR_RATE_HZ // 2000, round(gap * SENSOR_RATE_HZ / 1000)]) for gap in gaps_ms]
    word = np.concatenate([np.repeat([1.0, 0.0], [125, 2250]), *parts])
    return np.concatenate([np.tile(word, 7), np.zeros(SENSOR_RATE_HZ // 2)]).astype(np.complex64)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    build()
    path = tmp_path_factory.mktemp("air") / "sensor.cf32"
    burst = prologue_burst()
    burst[: len(burst) // 200 * 200].tofile(path)
    with Scene(partial(peers, path, SENSOR_RATE_HZ)) as scene:
        yield scene


def first_decoded(scene: Scene, *options: str) -> dict[str, Any]:
    """Run rtl_433 until it has decoded something."""
    command = [debian_program("rtl_433", "rtl-433"), "-F", "json", "-T", "20", *options]
    with subprocess.Popen(
        command, env=client_environment(scene), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as program:
        assert program.stdout is not None
        try:
            line = program.stdout.readline()
            assert line, "rtl_433 ended without having decoded anything"
            decoded: dict[str, Any] = json.loads(line)
            return decoded
        finally:
            program.kill()


def assert_is_the_sensor(decoded: dict[str, Any]) -> None:
    assert (decoded["model"], decoded["id"], decoded["channel"]) == ("Prologue-TH", SENSOR_ID, CHANNEL)
    assert (decoded["temperature_C"], decoded["humidity"]) == (TEMPERATURE_C, HUMIDITY)


def test_rtl_433_decodes_a_remote_of_the_synth(scene: Scene) -> None:
    decoded = first_decoded(scene, "-d", "0", "-f", "433.92M")
    # The synth's code 0x5A3C91 as this decoder splits it.
    assert (decoded["model"], decoded["id"], decoded["cmd"]) == ("Generic-Remote", 0x5A3C, 0x91)


def test_rtl_433_decodes_a_sensor_that_is_played_from_a_file(scene: Scene) -> None:
    assert_is_the_sensor(first_decoded(scene, "-d", "0", "-f", "434.5M"))


def test_rtl_433_decodes_it_through_rtl_tcp(scene: Scene) -> None:
    with rtl_tcp_server(scene) as port:
        assert_is_the_sensor(first_decoded(scene, "-d", f"rtl_tcp:127.0.0.1:{port}", "-f", "434.5M"))


def test_rtl_power_sees_a_carrier_where_it_is(scene: Scene, tmp_path: Path) -> None:
    # Three hops, so that one that measured the frequency of the hop before would show.
    output = tmp_path / "power.csv"
    program = debian_program("rtl_power", "rtl-sdr")
    command = [program, "-d", "0", "-f", "156M:163M:10k", "-i", "1", "-1", "-g", "30", str(output)]
    subprocess.run(command, env=client_environment(scene), check=True, capture_output=True, timeout=60)
    peaks = []
    for row in output.read_text().splitlines():
        low_hz, _high_hz, step_hz, _samples, *levels = (float(cell) for cell in row.split(",")[2:])
        level_db = np.array(levels)
        strongest = int(np.argmax(level_db))
        peaks.append((level_db[strongest] - np.median(level_db), low_hz + strongest * step_hz, step_hz))
    assert len(peaks) == 3
    excess_db, freq_hz, step_hz = max(peaks)
    assert excess_db > 10
    assert abs(freq_hz - 160.2e6) <= step_hz
    assert sorted(excess for excess, *_ in peaks)[-2] < 6
