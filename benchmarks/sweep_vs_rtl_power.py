"""One pass over 24-1766 MHz on the same virtual dongle and scene: rtl_power's, and the device's own.

    PYTHONPATH=. .venv/bin/python benchmarks/sweep_vs_rtl_power.py [--control-ms 5 --settle-ms 5] [--config FILE]

In real time: retuning takes as long as on a dongle (`--control-ms` of the caller's time, then `--settle-ms` of the
old frequency), samples as long as they last. rtl_power waits 5 ms after each retune, throws 4096 bytes away and reads
16384; it reports after a pass, and never sooner than a second (`-i`). The device is ``nunchi run`` on the production
driver, followed through its page; its pass is over when its coverage is complete. Needs gcc and Debian's rtl-sdr.
"""

import argparse
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detector.rf.synth import Emission
from tests.integration.device_process import State, running_device
from tests.virtual_dongle import Scene, client_environment
from tests.virtual_dongle.clients import debian_program
from tests.virtual_dongle.protocol import Physics
from tests.virtual_dongle.scenes import city

RANGE = "24M:1766M:25k"
EXCESS_DB = 10.0
NAMELESS = {"unknown", "noise_like"}


@dataclass(frozen=True)
class Pass:
    """Seconds of one pass, its retunes, and what it says of each transmitter of the scene."""

    seconds: float
    retunes: float
    said: dict[str, str]


def rtl_power_pass(scene: Scene) -> Pass:
    with tempfile.TemporaryDirectory() as directory:
        output = Path(directory) / "power.csv"
        program = debian_program("rtl_power", "rtl-sdr")
        before = scene.control.figures()
        command = [program, "-d", "0", "-f", RANGE, "-i", "1", "-1", "-g", "30", str(output)]
        subprocess.run(command, env=client_environment(scene), check=True, capture_output=True)
        after = scene.control.figures()
        rows = [[float(cell) for cell in row.split(",")[2:]] for row in output.read_text().splitlines()]
    said = {name: energy(rows, emission) for name, emission in city().items()}
    return Pass(after["last_s"] - after["first_s"], after["retunes"] - before["retunes"], said)


def energy(rows: list[list[float]], emission: Emission) -> str:
    """Return by how much the strongest bin of an emission stands out, where it does; rtl_power names nothing."""
    found = []
    for low_hz, _high_hz, step_hz, _samples, *levels in rows:
        freqs_hz = low_hz + step_hz * np.arange(len(levels))
        inside = np.abs(freqs_hz - emission.center_hz) <= max(emission.bandwidth_hz, 2 * step_hz) / 2
        if inside.any():
            found.append(float(np.max(np.array(levels)[inside]) - floor_db(rows)))
    excess_db = max(found, default=0.0)
    return f"energy, {excess_db:.0f} dB" if excess_db > EXCESS_DB else "-"


def floor_db(rows: list[list[float]]) -> float:
    """Return the median level of the whole pass."""
    return float(np.median(np.concatenate([row[4:] for row in rows])))


def device_pass(scene: Scene, config: Path | None) -> Pass:
    options = [] if config is None else ["--config", str(config)]
    before = scene.control.figures()
    with running_device(
        *options, "--rf", "rtl:0", "--camera", "picamera:0", environment=client_environment(scene)
    ) as device:
        state = device.wait_until(lambda now: bool(now["coverage"]["rf"]["complete"]))
        after = scene.control.figures()
        print_figures(state)
    said = {name: named(state, emission) for name, emission in city().items()}
    return Pass(after["last_s"] - after["first_s"], after["retunes"] - before["retunes"], said)


def print_figures(state: State) -> None:
    figures = state["sensors"]["rf"]["figures"]
    print("  device figures:", {name: round(value, 2) for name, value in figures.items() if value})


def named(state: State, emission: Emission) -> str:
    """Return what the page calls an emission, most important first; - where it shows nothing there."""
    items: list[dict[str, Any]] = [*state["alerts"], *state["inspect"], *state["signals"]]
    reach_hz = max(emission.bandwidth_hz / 2, 25e3) + 1.2e6 * (emission.bandwidth_hz > 1e6)
    kinds = [item["kind"] for item in items if abs(item.get("freq_hz", 0) - emission.center_hz) <= reach_hz]
    return next((kind for kind in kinds if kind not in NAMELESS), kinds[0] if kinds else "-")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--control-ms", type=float, default=5.0, help="of the caller's time a retune")
    parser.add_argument("--settle-ms", type=float, default=5.0, help="of the old frequency after that")
    parser.add_argument("--config", type=Path, help="of the device")
    arguments = parser.parse_args()
    physics = Physics(control_s=arguments.control_ms / 1e3, settle_s=arguments.settle_ms / 1e3)
    with Scene(city, physics=physics) as scene:
        begun_s = time.monotonic()
        theirs, ours = rtl_power_pass(scene), device_pass(scene, arguments.config)
        figures = scene.control.figures()
        busy = figures["render_s"] / (time.monotonic() - begun_s)
    print(f"{'':14}{'rtl_power':>20}{'nunchi run':>20}")
    print(f"{'pass, s':14}{theirs.seconds:20.2f}{ours.seconds:20.2f}    ratio {ours.seconds / theirs.seconds:.2f}")
    print(f"{'retunes':14}{theirs.retunes:20.0f}{ours.retunes:20.0f}")
    for name in theirs.said:
        print(f"{name:14}{theirs.said[name]:>20}{ours.said[name]:>20}")
    count = sum(kind not in NAMELESS and kind != "-" for kind in ours.said.values())
    print(f"{'named':14}{'0':>20}{count:>20}    of {len(ours.said)} transmitters")
    print(f"scene server: {100 * busy:.0f} % of one core")


if __name__ == "__main__":
    main()
