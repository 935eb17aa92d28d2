"""One pass over 24-1766 MHz on the same virtual dongle and scene: rtl_power's, and the device's own.

    PYTHONPATH=. .venv/bin/python -m benchmarks.sweep_vs_rtl_power [--passes wide|fine|all] [--runs 3]
        [--control-ms 5 --settle-ms 5] [--wait-ms 5] [--after 3] [--seed 700]

In real time: retuning takes as long as on a dongle (`--control-ms` of the caller's time, then `--settle-ms` of the
old frequency), samples as long as they last. rtl_power waits 5 ms after each retune, throws 4096 bytes away and reads
16384; it reports after a pass, and never sooner than a second (`-i`). The device is ``nunchi run`` on the production
driver, followed through its page; its pass is over when its coverage is complete; it waits `--wait-ms` after a retune.
What it calls each transmitter is asked at that moment, and again `--after` seconds later, when longer looks were had.

The scene is a busy city with 24 narrow transmitters, a third of them on the seams of the gapless pass; the dongle has
the chip's own filter, so that slices show images of what lies beyond their edges. Needs gcc and Debian's rtl-sdr.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from detector.rf.synth import DongleModel, Emission
from tests.integration.device_process import State, running_device
from tests.virtual_dongle import Scene, client_environment
from tests.virtual_dongle.clients import debian_program
from tests.virtual_dongle.protocol import Physics
from tests.virtual_dongle.scenes import narrow_city

RANGE = "24M:1766M:25k"
EXCESS_DB = 10.0
NAMELESS = {"unknown", "noise_like"}
NARROW_HZ = 30e3


@dataclass(frozen=True)
class Pass:
    """Seconds of one pass, its retunes, what it says of each transmitter of the scene, and what it says wrongly."""

    seconds: float
    retunes: float
    said: dict[str, str]
    later: dict[str, str]
    twice: int = 0
    wrong: tuple[str, ...] = ()


def rtl_power_pass(scene: Scene, sky: Mapping[str, Emission]) -> Pass:
    with tempfile.TemporaryDirectory() as directory:
        output = Path(directory) / "power.csv"
        program = debian_program("rtl_power", "rtl-sdr")
        before = scene.control.figures()
        command = [program, "-d", "0", "-f", RANGE, "-i", "1", "-1", "-g", "30", str(output)]
        subprocess.run(command, env=client_environment(scene), check=True, capture_output=True)
        after = scene.control.figures()
        rows = [[float(cell) for cell in row.split(",")[2:]] for row in output.read_text().splitlines()]
    said = {name: energy(rows, emission) for name, emission in sky.items()}
    return Pass(after["last_s"] - after["first_s"], after["retunes"] - before["retunes"], said, said)


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


def device_pass(scene: Scene, sky: Mapping[str, Emission], config: Path, after_s: float) -> Pass:
    before = scene.control.figures()
    with running_device(
        *("--config", str(config), "--rf", "rtl:0", "--camera", "picamera:0"), environment=client_environment(scene)
    ) as device:
        state = dict(device.wait_until(lambda now: bool(now["coverage"]["rf"]["complete"])))
        after = scene.control.figures()
        print_figures(state)
        until_s = time.monotonic() + after_s
        later = device.wait_until(lambda _: time.monotonic() > until_s)
        twice, wrong = misplaced(later, sky)
    return Pass(
        after["last_s"] - after["first_s"],
        after["retunes"] - before["retunes"],
        {name: named(state, emission) for name, emission in sky.items()},
        {name: named(later, emission) for name, emission in sky.items()},
        twice,
        wrong,
    )


def misplaced(state: State, sky: Mapping[str, Emission]) -> tuple[int, tuple[str, ...]]:
    """Return how many narrow transmitters are listed twice, and how many entries belong to no transmitter."""
    listed = everything(state)
    thin = [item for item in sky.values() if item.bandwidth_hz <= NARROW_HZ]
    twice = sum(sum(abs(item["freq_hz"] - sent.center_hz) <= 12e3 for item in listed) > 1 for sent in thin)
    wrong = tuple(
        f"{item['kind']} {item['freq_hz'] / 1e6:.3f}"
        for item in listed
        if not any(
            abs(item["freq_hz"] - sent.center_hz) <= (sent.bandwidth_hz + (item.get("bandwidth_hz") or 0)) / 2 + 60e3
            for sent in sky.values()
        )
    )
    return twice, wrong


def everything(state: State) -> list[dict[str, Any]]:
    """Return what the page lists, most important first."""
    return [item for part in ("alerts", "inspect", "signals") for item in state[part] if "freq_hz" in item]


def print_figures(state: State) -> None:
    figures = state["sensors"]["rf"]["figures"]
    print("  device figures:", {name: round(value, 2) for name, value in figures.items() if value})


def named(state: State, emission: Emission) -> str:
    """Return what the page calls an emission, most important first; - where it shows nothing there."""
    reach_hz = max(emission.bandwidth_hz / 2, 12e3) + 1.2e6 * (emission.bandwidth_hz > 1e6)
    kinds = [item["kind"] for item in everything(state) if abs(item["freq_hz"] - emission.center_hz) <= reach_hz]
    return next((kind for kind in kinds if kind not in NAMELESS), kinds[0] if kinds else "-")


def run(arguments: argparse.Namespace) -> float:
    """Let both sweep the scene once, print what came of it and return the ratio of their times."""
    physics = Physics(control_s=arguments.control_ms / 1e3, settle_s=arguments.settle_ms / 1e3)
    transmitters = partial(narrow_city, arguments.seed)
    sky = transmitters()
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "device.toml"
        config.write_text(
            f'[radio]\nsignal_limit = 200\n[radio.sweep]\npasses = "{arguments.passes}"\n'
            f"[drivers.rtl]\nsettle_s = {arguments.wait_ms / 1e3}\n"
        )
        with Scene(transmitters, physics=physics, dongle=DongleModel(resampler=True)) as scene:
            begun_s = time.monotonic()
            theirs, ours = rtl_power_pass(scene, sky), device_pass(scene, sky, config, arguments.after)
            busy = scene.control.figures()["render_s"] / (time.monotonic() - begun_s)
    ratio = ours.seconds / theirs.seconds
    print(f"{'':14}{'rtl_power':>20}{'nunchi run':>20}")
    print(f"{'pass, s':14}{theirs.seconds:20.2f}{ours.seconds:20.2f}    ratio {ratio:.2f}")
    print(f"{'retunes':14}{theirs.retunes:20.0f}{ours.retunes:20.0f}")
    for name in theirs.said if arguments.verbose else ():
        print(f"{name:14}{theirs.said[name]:>20}{ours.said[name]:>20}{ours.later[name]:>20}")
    for title, names in groups(sky).items():
        seen = sum(theirs.said[name] != "-" for name in names)
        now, later = (sum(is_name(said[name]) for name in names) for said in (ours.said, ours.later))
        listed = sum(ours.said[name] != "-" for name in names)
        print(
            f"{title:14}{f'energy of {seen}':>20}{f'lists {listed}, names {now}':>20}"
            f"    of {len(names)}; names {later} after {arguments.after:g} s more"
        )
    print(f"narrow ones listed twice: {ours.twice}; entries of no transmitter: {len(ours.wrong)}", *ours.wrong)
    print(f"scene server: {100 * busy:.0f} % of one core")
    return ratio


def groups(sky: Mapping[str, Emission]) -> dict[str, list[str]]:
    """Return the names of the scene's wide transmitters, and of the narrow ones on seams and elsewhere."""
    thin = {name for name, item in sky.items() if item.bandwidth_hz <= NARROW_HZ}
    return {
        "wide": [name for name in sky if name not in thin],
        "narrow": [name for name in sky if name in thin and not name.startswith("seam")],
        "narrow, seams": [name for name in sky if name.startswith("seam")],
    }


def is_name(said: str) -> bool:
    """Return whether the page's word for a transmitter says what it is."""
    return said != "-" and said not in NAMELESS


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passes", choices=("all", "wide", "fine"), default="wide")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--control-ms", type=float, default=5.0, help="of the caller's time a retune")
    parser.add_argument("--settle-ms", type=float, default=5.0, help="of the old frequency after that")
    parser.add_argument("--wait-ms", type=float, default=5.0, help="the device waits after a retune (drivers.rtl)")
    parser.add_argument("--after", type=float, default=3.0, help="seconds after the pass when names are asked again")
    parser.add_argument("--seed", type=int, default=700, help="of the narrow transmitters")
    parser.add_argument("--verbose", action="store_true", help="every transmitter")
    arguments = parser.parse_args()
    ratios = [run(arguments) for _ in range(arguments.runs)]
    print("ratios:", ", ".join(f"{ratio:.2f}" for ratio in ratios))


if __name__ == "__main__":
    main()
