"""Orders to a sensor process: a child that does not read must not hold up its parent."""

import multiprocessing
import threading

from firmware.runtime.command_channel import COMMAND_SCHEMA, CommandSender, CommandTray, SenseCommand

LARGE = b"x" * 300_000  # more than a pipe holds


def test_commands_arrive_in_order() -> None:
    ours, theirs = multiprocessing.Pipe()
    sender = CommandSender(ours, "test")
    for number in range(3):
        sender.put(SenseCommand(number))
    assert [theirs.recv().body for _ in range(3)] == [0, 1, 2]
    sender.close()
    ours.close()
    theirs.close()


def test_a_child_that_never_reads_does_not_block_and_what_waits_is_bounded() -> None:
    ours, theirs = multiprocessing.Pipe()
    sender = CommandSender(ours, "deaf")
    done = threading.Event()

    def send_much() -> None:
        for _ in range(100):
            sender.put(SenseCommand(LARGE))
        done.set()

    threading.Thread(target=send_much, daemon=True).start()
    assert done.wait(timeout=10), "the parent waited for the child"
    assert sender.dropped >= 100 - 16 - 2
    theirs.close()  # the process was killed: the thread that is stuck in the pipe comes free
    sender.close()
    assert not sender._thread.is_alive()
    ours.close()


def test_a_dead_child_costs_a_line_in_the_log() -> None:
    ours, theirs = multiprocessing.Pipe()
    theirs.close()
    sender = CommandSender(ours, "dead")
    sender.put(SenseCommand(1))
    sender.put(SenseCommand(2))
    sender.close()
    assert not sender._thread.is_alive()
    ours.close()


def test_the_tray_gives_each_command_once_and_keeps_the_newest() -> None:
    tray = CommandTray()
    for number in range(20):
        tray.put(SenseCommand(number))
    assert tray.take() == tuple(range(4, 20))
    assert tray.take() == ()


def test_a_command_of_another_version_is_refused() -> None:
    tray = CommandTray()
    tray.put(SenseCommand("from the future", schema=COMMAND_SCHEMA + 1))
    tray.put(SenseCommand("now"))
    assert tray.take() == ("now",)
