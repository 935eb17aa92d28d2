"""Whatever ends the process that lights a ring, the ring goes dark: real processes, real signals, pins that stay."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.file_pins import DIRECTORY_VARIABLE, level
from tests.integration.led_process import SETTINGS

ROOT = Path(__file__).parents[2]
DEADLINE_S = 30.0
RED_PIN, ON_PIN, OFF_PIN = SETTINGS.red_pin, SETTINGS.on_axis_pin, SETTINGS.off_axis_pin


@dataclass(frozen=True)
class Lit:
    """A process that has lit the on-axis ring, and its guard."""

    process: subprocess.Popen[str]
    guard: int
    pins: Path

    def wait_for_the_guard(self) -> None:
        assert select.select([self.guard], [], [], DEADLINE_S)[0], "the guard is still there"

    def lit_for_s(self, since_ns: int) -> float:
        """Return for how long after an instant the ring stayed lit; fails if it still is."""
        state, written_ns = level(self.pins, ON_PIN)
        assert state == 0
        return (written_ns - since_ns) / 1e9


@contextmanager
def lit_process(pins: Path, end: str) -> Iterator[Lit]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.integration.led_process", end],
        cwd=ROOT,
        env={**os.environ, DIRECTORY_VARIABLE: str(pins)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    ) as process:
        assert process.stdout is not None
        guard = os.pidfd_open(int(process.stdout.readline()))
        try:
            yield Lit(process, guard, pins)
        finally:
            process.kill()
            os.close(guard)


@pytest.fixture
def lit(tmp_path: Path) -> Iterator[Lit]:
    with lit_process(tmp_path, "pause") as made:
        yield made


def test_the_ring_is_lit_and_nothing_else(lit: Lit) -> None:
    assert [level(lit.pins, pin)[0] for pin in (ON_PIN, OFF_PIN, RED_PIN)] == [1, 0, 0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGSEGV])
def test_a_signal_leaves_the_ring_dark(lit: Lit, number: signal.Signals) -> None:
    killed_ns = time.monotonic_ns()
    lit.process.send_signal(number)
    lit.wait_for_the_guard()
    lit.process.wait(DEADLINE_S)
    assert lit.lit_for_s(killed_ns) < SETTINGS.max_on_s
    assert [level(lit.pins, pin)[0] for pin in (ON_PIN, OFF_PIN, RED_PIN)] == [0, 0, 0]


def test_killing_the_whole_group_leaves_the_ring_dark(lit: Lit) -> None:
    os.killpg(lit.process.pid, signal.SIGKILL)
    lit.wait_for_the_guard()
    assert level(lit.pins, ON_PIN)[0] == 0


def test_a_frozen_process_is_killed_and_its_ring_goes_dark(lit: Lit) -> None:
    _, lit_ns = level(lit.pins, ON_PIN)
    lit.process.send_signal(signal.SIGSTOP)
    lit.wait_for_the_guard()
    assert lit.process.wait(DEADLINE_S) == -signal.SIGKILL
    assert lit.lit_for_s(lit_ns) > SETTINGS.max_on_s, "not before its time"


@pytest.mark.parametrize("end", ["exception", "exit", "abort"])
def test_an_end_from_within_leaves_the_ring_dark(tmp_path: Path, end: str) -> None:
    with lit_process(tmp_path, end) as lit:
        lit.wait_for_the_guard()
        lit.process.wait(DEADLINE_S)
        assert level(tmp_path, ON_PIN)[0] == 0


def test_the_guard_alone_cannot_be_asked_to_go(lit: Lit) -> None:
    signal.pidfd_send_signal(lit.guard, signal.SIGTERM)
    lit.process.kill()
    lit.wait_for_the_guard()
    assert level(lit.pins, ON_PIN)[0] == 0


def test_a_second_driver_is_refused_while_the_first_lives_and_served_afterwards(lit: Lit) -> None:
    with pytest.raises(ValueError, match="invalid literal"), lit_process(lit.pins, "exit"):
        pass  # it says no number: the pins are taken
    lit.process.kill()
    lit.wait_for_the_guard()
    with lit_process(lit.pins, "pause"):
        assert level(lit.pins, ON_PIN)[0] == 1
