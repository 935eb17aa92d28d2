"""A device whose state the tests set; the page cannot tell it from the firmware's hub."""

import copy
import queue
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from web_ui.device import Event, JpegFrame, Mark, Refusal

ROOM_JPEG = Path(__file__).with_name("room.jpg").read_bytes()


class FakeSubscription:
    """A queue that unsubscribes itself."""

    def __init__(self, device: "FakeDevice", backlog: list[Event]) -> None:
        self.queue: queue.Queue[Event] = queue.Queue()
        self._device = device
        for event in backlog:
            self.queue.put(event)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._device.subscriptions.discard(self)

    def get(self, timeout_s: float) -> Event | None:
        try:
            return self.queue.get(timeout=timeout_s)
        except queue.Empty:
            return None


class FakeDevice:
    """Holds a state, publishes what changes, remembers marks."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._lock = threading.Lock()
        self._state = copy.deepcopy(dict(state))
        self._next_id = time.time_ns() // 1_000_000
        self._events: list[Event] = []
        self.subscriptions: set[FakeSubscription] = set()
        self.frame: JpegFrame | None = JpegFrame(ROOM_JPEG, 1, 0.1)
        self.frames_asked = 0
        self.asked: list[tuple[object, ...]] = []
        self.refuses: str | None = None

    def snapshot(self) -> Mapping[str, object]:
        with self._lock:
            return copy.deepcopy(self._state)

    def subscribe(self, last_event_id: int | None) -> FakeSubscription:
        with self._lock:
            known = [event.id for event in self._events]
            if last_event_id in known:
                backlog = [event for event in self._events if event.id > last_event_id]
            else:
                backlog = [self._event("state", copy.deepcopy(self._state))]
            subscription = FakeSubscription(self, backlog)
            self.subscriptions.add(subscription)
            return subscription

    def newest_frame(self) -> JpegFrame | None:
        self.frames_asked += 1
        return self.frame

    def mark_alert(self, alert_id: str, mark: Mark) -> None:
        alerts = copy.deepcopy(self._state["alerts"])
        found = next((alert for alert in alerts if alert["id"] == alert_id), None)
        if found is None:
            raise KeyError(alert_id)
        found["mark"] = mark
        self.change(alerts=alerts)

    def home(self, alert_id: str, *, renew: bool) -> None:
        if alert_id not in {alert["id"] for alert in self._state["alerts"]}:
            raise KeyError(alert_id)
        self._take("home", alert_id, renew)
        if not renew:
            waiting = {"strength": None, "peak": None, "trend": "waiting", "since_s": 0, "left_s": 600}
            self.change(homing={"alert": alert_id, **waiting})

    def stop_homing(self) -> None:
        self._take("stop_homing")
        self.change(homing=None)

    def record_baseline(self, place: str) -> None:
        self._take("record", place)
        self.change(baseline={**self._state["baseline"], "mode": "recording", "place": place})

    def compare_baseline(self, baseline_id: str) -> None:
        self._take("compare", baseline_id)

    def leave_baseline(self) -> None:
        self._take("leave")
        self.change(baseline={**self._state["baseline"], "mode": "idle", "place": "", "with": None})

    def delete_baseline(self, baseline_id: str) -> None:
        self._take("delete", baseline_id)

    def _take(self, *asked: object) -> None:
        if self.refuses is not None:
            raise Refusal(self.refuses)
        self.asked.append(asked)

    def change(self, **keys: object) -> None:
        """Set top-level keys and publish them."""
        with self._lock:
            self._state.update(copy.deepcopy(keys))
            event = self._event("change", copy.deepcopy(keys))
            for subscription in list(self.subscriptions):
                subscription.queue.put(event)

    def become(self, state: Mapping[str, Any]) -> None:
        """Publish a whole other state as one change."""
        self.change(**state)

    def _event(self, kind: str, data: Mapping[str, object]) -> Event:
        self._next_id += 1
        event = Event(self._next_id, kind, data)
        self._events.append(event)
        return event
