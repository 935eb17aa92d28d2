import threading

from firmware.runtime.drop_queue import DropOldestQueue


def test_a_full_queue_drops_its_oldest_and_counts() -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(2)
    for item in range(5):
        queue.put(item)
    assert [queue.get(0), queue.get(0), queue.get(0)] == [3, 4, None]
    assert queue.dropped == 3


def test_closing_wakes_whoever_waits_and_hands_out_the_rest_first() -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(2)
    got: list[int | None] = []
    reader = threading.Thread(target=lambda: got.extend([queue.get(), queue.get()]))
    reader.start()
    queue.put(7)
    queue.close()
    reader.join(timeout=5)
    assert got == [7, None]


def test_a_closed_queue_takes_nothing() -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(2)
    queue.close()
    queue.put(1)
    assert queue.get(0) is None
