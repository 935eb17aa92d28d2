"""Real processes: what happens to a sensor that dies, hangs or loses its device."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from firmware.config.scheme import SupervisionConfig
from firmware.runtime.messages import FrameMessage, ReportMessage, SensorStatus
from firmware.runtime.supervisor import Supervisor
from tests.integration import sensor_loops

DEADLINE_S = 30.0
CONFIG = SupervisionConfig(heartbeat_deadline_s=0.6, restart_delay_s=0.1)


class Listener:
    """Remembers what it was told and lets a test wait for it."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.statuses: list[tuple[SensorStatus, str | None]] = []
        self.reports = 0
        self.lost = 0
        self.pid = 0
        self.products: list[object] = []

    def on_process_started(self, sense: str, pid: int) -> None:
        self.pid = pid

    def on_status(self, sense: str, status: SensorStatus, detail: str | None) -> None:
        with self.changed:
            self.statuses.append((status, detail))
            self.changed.notify_all()

    def on_report(self, sense: str, message: ReportMessage) -> None:
        with self.changed:
            self.reports += 1
            self.changed.notify_all()

    def on_frame(self, sense: str, frame: FrameMessage) -> None: ...

    def on_product(self, sense: str, product: object) -> None:
        with self.changed:
            self.products.append(product)
            self.changed.notify_all()

    def on_process_lost(self, sense: str) -> None:
        with self.changed:
            self.lost += 1
            self.changed.notify_all()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, DEADLINE_S), (self.statuses[-3:], self.reports, self.lost)


def fail() -> None:
    raise AssertionError("the supervisor itself failed")


@contextmanager
def supervised(loop: Callable[..., None], settings: object = None) -> Iterator[Listener]:
    with commanded(loop, settings) as (listener, _):
        yield listener


@contextmanager
def commanded(loop: Callable[..., None], settings: object = None) -> Iterator[tuple[Listener, Supervisor]]:
    listener = Listener()
    supervisor = Supervisor([sensor_loops.spec(loop, settings)], CONFIG, listener, fail)
    supervisor.start()
    try:
        yield listener, supervisor
    finally:
        supervisor.stop()
        assert not psutil.pid_exists(listener.pid)


def test_a_killed_sensor_is_reported_and_comes_back() -> None:
    with supervised(sensor_loops.steady) as listener:
        listener.wait_for(lambda: listener.reports > 0)
        os.kill(listener.pid, signal.SIGKILL)
        listener.wait_for(lambda: listener.lost == 1)
        assert listener.statuses[-1][0] is SensorStatus.OFFLINE
        seen = listener.reports
        listener.wait_for(lambda: listener.reports > seen)


def test_a_sensor_that_hangs_is_killed_and_started_again() -> None:
    with supervised(sensor_loops.silent) as listener:
        listener.wait_for(lambda: listener.lost >= 1)
        assert listener.statuses[-1] == (
            SensorStatus.OFFLINE,
            "rf sensor: no report within the deadline; starting it again",
        )
        listener.wait_for(lambda: listener.reports >= 2)


def test_a_sensor_whose_sample_clock_stands_still_is_killed() -> None:
    with supervised(sensor_loops.frozen) as listener:
        listener.wait_for(lambda: listener.lost >= 1)
        assert listener.statuses[-1][0] is SensorStatus.OFFLINE


def test_a_sensor_frozen_halfway_through_a_message_holds_nobody_up() -> None:
    with supervised(sensor_loops.halfway) as listener:
        listener.wait_for(lambda: listener.lost >= 1)
        assert listener.statuses[-1][0] is SensorStatus.OFFLINE
        listener.wait_for(lambda: listener.reports >= 2)


def test_an_absent_device_is_a_fault_in_a_living_process() -> None:
    with supervised(sensor_loops.absent) as listener:
        listener.wait_for(lambda: listener.statuses.count((SensorStatus.FAULT, "rtl:0: no dongle found")) >= 3)
        assert listener.lost == 0


def test_a_device_lost_while_running_is_offline() -> None:
    with supervised(sensor_loops.lost) as listener:
        listener.wait_for(lambda: (SensorStatus.OFFLINE, "rtl:0: unplugged") in listener.statuses)
        listener.wait_for(lambda: listener.reports >= 2)
        assert listener.lost == 0


def test_a_sensor_that_always_crashes_is_tried_again_and_again() -> None:
    with supervised(sensor_loops.crashing) as listener:
        listener.wait_for(lambda: listener.lost >= 2)
        assert listener.reports == 0


def test_stopping_lets_the_sensor_switch_its_light_off(tmp_path: Path) -> None:
    light = tmp_path / "light"
    with supervised(sensor_loops.steady, str(light)) as listener:
        listener.wait_for(lambda: listener.reports > 0)
        assert light.exists()
    assert not light.exists()


def test_an_order_reaches_the_loop_and_its_product_comes_back() -> None:
    with commanded(sensor_loops.obedient) as (listener, supervisor):
        listener.wait_for(lambda: listener.reports > 0)
        assert supervisor.command("rf", "fetch")
        listener.wait_for(lambda: "fetch, done" in listener.products)
        assert not supervisor.command("sonar", "fetch")


def test_a_frozen_process_holds_up_nobody_who_sends_it_orders() -> None:
    with commanded(sensor_loops.steady) as (listener, supervisor):
        listener.wait_for(lambda: listener.reports > 0)
        os.kill(listener.pid, signal.SIGSTOP)
        sent = threading.Event()

        def send_much() -> None:
            for _ in range(50):
                supervisor.command("rf", b"x" * 200_000)
            sent.set()

        threading.Thread(target=send_much, daemon=True).start()
        assert sent.wait(DEADLINE_S), "the parent waits for a frozen child"
        listener.wait_for(lambda: listener.lost == 1)
        seen = listener.reports
        listener.wait_for(lambda: listener.reports > seen)
