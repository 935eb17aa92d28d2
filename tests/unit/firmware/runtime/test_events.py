import threading

from firmware.runtime.events import EventLog
from web_ui.device import Event


def test_a_new_reader_gets_the_full_state_then_changes_only() -> None:
    log = EventLog()
    log.publish({"a": 1, "b": 1})
    reader = log.subscribe(None)
    first = reader.get(0)
    assert first is not None and (first.kind, first.data) == ("state", {"a": 1, "b": 1})
    log.publish({"a": 1, "b": 2})
    second = reader.get(0)
    assert second is not None and (second.kind, second.data) == ("change", {"b": 2})
    assert second.id > first.id
    assert reader.get(0) is None


def test_nothing_new_is_no_event() -> None:
    log = EventLog()
    log.publish({"a": 1})
    reader = log.subscribe(None)
    reader.get(0)
    log.publish({"a": 1})
    assert reader.get(0) is None


def test_a_reader_resumes_where_it_was() -> None:
    log = EventLog()
    log.publish({"a": 1})
    seen = log.subscribe(None).get(0)
    assert seen is not None
    log.publish({"a": 2})
    log.publish({"a": 3})
    reader = log.subscribe(seen.id)
    events = [reader.get(0), reader.get(0)]
    assert [event.data for event in events if event] == [{"a": 2}, {"a": 3}]


def test_an_id_from_before_a_restart_gets_the_full_state() -> None:
    log = EventLog()
    log.publish({"a": 1})
    event = log.subscribe(17).get(0)
    assert event is not None and event.kind == "state"


def test_a_reader_too_slow_for_the_log_gets_the_full_state() -> None:
    log = EventLog()
    log.publish({"a": -1})
    reader = log.subscribe(None)
    reader.get(0)
    for value in range(1000):
        log.publish({"a": value})
    event = reader.get(0)
    assert event is not None and (event.kind, event.data) == ("state", {"a": 999})
    assert reader.get(0) is None


def test_a_waiting_reader_is_woken_by_a_change_and_by_the_end() -> None:
    log = EventLog()
    log.publish({"a": 1})
    reader = log.subscribe(None)
    reader.get(0)
    got: list[Event | None] = []
    waiter = threading.Thread(target=lambda: got.extend([reader.get(30), reader.get(30)]))
    waiter.start()
    log.publish({"a": 2})
    log.close()
    waiter.join(timeout=5)
    assert not waiter.is_alive()
    assert got[-1] is None
