"""The whole lens loop in its own process, in real time: frames a second, what was lost, and memory.

``python -m benchmarks.strobe_loop [--seconds 30] [--room hotel_room]``. The process is the device's own (driver,
strobe, detector, reports), started by its own supervisor; the camera is the simulated one, 640 x 480 at 30 frames a
second. A frame counts as lost when its number never came (dropped by the camera, by the queue before the detector,
or missed by a late reader), and as spoilt when its light changed during its exposure.
"""

from __future__ import annotations

import argparse
import threading
import time
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from detector.types import SenseReport
    from firmware.runtime.messages import FrameMessage, ReportMessage, SensorStatus

DEADLINE_S = 60.0


class Listener:
    """Keeps the newest report and the process's highest resident set."""

    def __init__(self) -> None:
        self.process: psutil.Process | None = None
        self.report: SenseReport | None = None
        self.highest_rss_mb = 0.0
        self.running = threading.Event()
        self.problem: str | None = None

    def on_process_started(self, sense: str, pid: int) -> None:
        self.process = psutil.Process(pid)

    def on_status(self, sense: str, status: SensorStatus, detail: str | None) -> None:
        self.problem = detail or self.problem

    def on_report(self, sense: str, message: ReportMessage) -> None:
        self.report = message.report
        self.running.set()
        if self.process is not None:
            self.highest_rss_mb = max(self.highest_rss_mb, self.process.memory_info().rss / 1e6)

    def on_frame(self, sense: str, frame: FrameMessage) -> None: ...

    def on_product(self, sense: str, product: object) -> None: ...

    def on_process_lost(self, sense: str) -> None:
        self.problem = "the process was lost"


def measure(room: str, seconds: float, preview: bool) -> dict[str, float]:
    """Return the figures of `seconds` after the first report."""
    # Here, because the child imports this file as well: the device's own processes do not hold all of these.
    from firmware.composition import sensor_specs
    from firmware.config.scheme import Config, SourceConfig
    from firmware.runtime.supervisor import Supervisor

    config = Config(sources=SourceConfig(camera=f"sim:{room}", leds=f"sim:{room}"))
    (spec,) = (spec for spec in sensor_specs(config) if spec.name == "lens")
    listener = Listener()
    supervisor = Supervisor([spec], config.supervision, listener, lambda: None)
    supervisor.start()
    try:
        assert listener.running.wait(DEADLINE_S), listener.problem
        assert listener.report is not None
        assert listener.process is not None
        if preview:
            supervisor.want_frames(time.monotonic_ns() + round((seconds + 1) * 1e9))
        before, cpu_before = listener.report, listener.process.cpu_times()
        time.sleep(seconds)
        after, cpu_after = listener.report, listener.process.cpu_times()
        smallest = listener.process.memory_full_info()
    finally:
        supervisor.stop()
    assert listener.problem is None, listener.problem
    figures = {name: after.figures[name] - before.figures.get(name, 0.0) for name in after.figures}
    span_s = (after.t_ns - before.t_ns) / 1e9
    delivered = figures["frames_analysed"] + figures["frames_unattributed"] + figures["frames_late"]
    return {
        "frames_per_s": delivered / span_s,
        "lost_fraction": figures["frames_dropped"] / (delivered + figures["frames_dropped"]),
        "spoilt_fraction": figures["frames_unattributed"] / delivered,
        "strobe_sets_per_s": figures["sets"] / span_s,
        "cores_busy": (cpu_after.user + cpu_after.system - cpu_before.user - cpu_before.system) / seconds,
        "highest_rss_mb": listener.highest_rss_mb,
        "own_memory_mb": smallest.uss / 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--room", default="hotel_room")
    parser.add_argument("--preview", action="store_true", help="as if somebody looked at the picture all the time")
    arguments = parser.parse_args()
    for name, value in measure(arguments.room, arguments.seconds, arguments.preview).items():
        print(f"{name:18} {value:10.4f}")


if __name__ == "__main__":
    main()
