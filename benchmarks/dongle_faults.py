"""How long the page takes to show each fault of a dongle, and how long after its end the sensor works again.

    PYTHONPATH=. .venv/bin/python benchmarks/dongle_faults.py

The whole device on the production driver and the virtual dongle, with the shipped settings but for the sweep, which is
kept to the camera bands. Times are those at which the state with the news reached this process.
"""

import os
import tempfile
import time
from pathlib import Path

from tests.integration.device_process import RunningDevice, State, running_device
from tests.virtual_dongle import Scene, client_environment
from tests.virtual_dongle.faults import FAULTS, faulty
from tests.virtual_dongle.scenes import two_tones

CONFIG = """
[radio]
full_range = false
"""


def noticed(state: State) -> bool:
    """Whether the page shows a fault, a lost sensor, or that coverage is no longer complete."""
    return state["sensors"]["rf"]["status"] != "ok" or not state["coverage"]["rf"]["complete"]


def measure(device: RunningDevice, scene: Scene, name: str, amount: float) -> str:
    device.wait_until(lambda now: now["verdict"] == "nothing_detected")
    verdicts = set()
    with faulty(scene.control, name, amount):
        begun_s = time.monotonic()
        state = device.wait_until(noticed)
        noticed_s, shown = time.monotonic() - begun_s, state["sensors"]["rf"]["status"]
        while time.monotonic() < begun_s + 4.0:
            verdicts.add(device.next_state()["verdict"])
    ended_s = time.monotonic()
    device.wait_until(lambda now: now["sensors"]["rf"]["status"] == "ok")
    back_s = time.monotonic() - ended_s
    device.wait_until(lambda now: now["verdict"] == "nothing_detected")
    whole_s = time.monotonic() - ended_s
    return f"{name:8}{amount:6g}{shown:>10}{noticed_s:9.2f}{back_s:9.2f}{whole_s:9.2f}   {', '.join(sorted(verdicts))}"


def main() -> None:
    """Run from the command line."""
    with tempfile.TemporaryDirectory() as directory, Scene(two_tones) as scene:
        config = Path(directory) / "config.toml"
        config.write_text(CONFIG)
        options = ("--config", str(config), "--rf", "rtl:0", "--camera", "sim:toilet_stall")
        print(f"{'fault':14}{'shown':>10}{'after s':>9}{'back s':>9}{'whole s':>9}   verdicts meanwhile", flush=True)
        with running_device(*options, environment={**os.environ, **client_environment(scene)}) as device:
            for name, amount in FAULTS:
                print(measure(device, scene, name, amount), flush=True)
        print("ended with status", device.process.returncode)


if __name__ == "__main__":
    main()
