"""Pipes into one queue: order, bounds, ends, and a message that never gets whole."""

import multiprocessing
import os
import struct
from multiprocessing.connection import Connection

from firmware.runtime.inbox import Inbox

PATIENCE_S = 20.0


def pipe() -> tuple[Connection, Connection]:
    return multiprocessing.get_context("spawn").Pipe()


def test_messages_come_in_order_and_the_end_is_told() -> None:
    inbox, (ours, theirs) = Inbox(8), pipe()
    reader = inbox.listen("a", ours)
    for number in range(3):
        theirs.send(number)
    theirs.close()
    received = [inbox.next(PATIENCE_S) for _ in range(4)]
    assert [item and item.message for item in received] == [0, 1, 2, None]
    assert all(item is not None and item.sender == "a" for item in received)
    reader.join(PATIENCE_S)
    assert not reader.is_alive()
    assert inbox.next(0.0) is None


def test_half_a_message_holds_only_its_own_sender_up() -> None:
    inbox, (frozen, half), (ours, theirs) = Inbox(8), pipe(), pipe()
    readers = [inbox.listen("frozen", frozen), inbox.listen("lively", ours)]
    os.write(half.fileno(), struct.pack("!i", 1000) + b"and no more")
    theirs.send("hello")
    received = inbox.next(PATIENCE_S)
    assert received is not None and (received.sender, received.message) == ("lively", "hello")
    half.close()
    received = inbox.next(PATIENCE_S)
    assert received is not None and (received.sender, received.message) == ("frozen", None)
    theirs.close()
    for reader in readers:
        reader.join(PATIENCE_S)
        assert not reader.is_alive()


def test_bytes_that_are_no_message_are_an_end() -> None:
    inbox, (ours, theirs) = Inbox(8), pipe()
    inbox.listen("a", ours)
    theirs.send_bytes(b"no pickle")
    received = inbox.next(PATIENCE_S)
    assert received is not None and received.message is None


def test_a_full_queue_makes_the_sender_wait_and_loses_nothing() -> None:
    inbox, (ours, theirs) = Inbox(2), pipe()
    inbox.listen("a", ours)
    for number in range(20):
        theirs.send(number)
    theirs.close()
    received = [inbox.next(PATIENCE_S) for _ in range(21)]
    assert [item and item.message for item in received] == [*range(20), None]


def test_a_forgotten_or_closed_reader_ends_though_the_queue_is_full() -> None:
    for let_go in (lambda inbox: inbox.forget("a"), lambda inbox: inbox.close()):
        inbox, (ours, theirs) = Inbox(1), pipe()
        reader = inbox.listen("a", ours)
        for number in range(5):
            theirs.send(number)
        let_go(inbox)
        theirs.close()
        reader.join(PATIENCE_S)
        assert not reader.is_alive()
        assert inbox.next(0.0) is None
