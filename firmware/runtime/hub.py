"""The device as the page sees it: takes what the sensors say, keeps the state, hands it out."""

import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from detector.fusion.alert_book import AlertBook
from detector.fusion.options import FusionOptions
from detector.fusion.verdict import SenseStanding, judge
from detector.types import Alert, Phrase, Provenance, RadioAlert, SenseCoverage, SenseReport, Verdict
from firmware.documents import (
    alert_document,
    coverage_document,
    people_document,
    phrase_documents,
    signal_document,
    verdict_document,
)
from firmware.runtime.child import SensorSpec
from firmware.runtime.events import EventLog, LogSubscription
from firmware.runtime.messages import FrameMessage, ReportMessage, SensorStatus
from firmware.runtime.radio_desk import SENSE as RADIO
from firmware.runtime.radio_desk import RadioDesk
from web_ui.device import JpegFrame, Refusal
from web_ui.words import Words

__all__ = ["FrameDemand", "Hub"]

_NS = 1_000_000_000
_FRAMES_WANTED_NS = 3 * _NS
_NOTHING_SEEN = SenseCoverage(complete=False)
MARKS = ("none", "false_alarm")


class FrameDemand(Protocol):
    """Who is told that somebody looks at the picture."""

    def __call__(self, until_t_ns: int) -> None:
        """Encode frames until this monotonic time."""


class _SensorState:
    """What is known of one sensor."""

    def __init__(self, spec: SensorSpec) -> None:
        self.spec = spec
        self.status = SensorStatus.STARTING
        self.detail: str | None = None
        self.pid: int | None = None
        self.restarts = 0
        self.lost_ns = 0
        self.lost_since_ns: int | None = None
        self.dropped_messages = 0
        self.report: SenseReport | None = None
        self.book = AlertBook()

    def take_report(self, message: ReportMessage, now_ns: int) -> None:
        """Take a report; the sensor works."""
        self.report, self.status, self.detail = message.report, SensorStatus.OK, None
        self.dropped_messages = message.dropped_messages
        self.book.update(message.report.alerts)
        if self.lost_since_ns is not None:
            self.lost_ns += now_ns - self.lost_since_ns
            self.lost_since_ns = None

    def take_status(self, status: SensorStatus, detail: str | None, now_ns: int) -> None:
        """Take a status; while its process lives, a sensor remembers what it had found.

        One that was lost stays lost on the page until it works again: that its process was started anew says nothing
        of the device.
        """
        if status is SensorStatus.STARTING and self.lost_since_ns is not None:
            return
        if self.status is SensorStatus.OK:
            self.report = None
            self.lost_since_ns = now_ns
        self.status, self.detail = status, detail

    def lost_s(self, now_ns: int) -> float:
        """Seconds without this sensor since it first worked."""
        open_ns = now_ns - self.lost_since_ns if self.lost_since_ns is not None else 0
        return round((self.lost_ns + open_ns) / _NS, 1)

    def gaps(self, now_ns: int) -> tuple[Phrase, ...]:
        """Return what to say of the time without this sensor."""
        lost_s = self.lost_s(now_ns)
        return (Phrase("device.gap", {"seconds": lost_s}),) if lost_s > 0 else ()


class Hub:
    """State of the whole device; a `SensorListener` on one side, the page's `Device` on the other.

    Parameters
    ----------
    specs : iterable of SensorSpec
    options : FusionOptions
    words : Words
        English, for the texts inside the JSON.
    radio : RadioDesk, optional
        Homing and baselines; without it, all that is asked of the radio is refused.
    """

    def __init__(
        self, specs: Iterable[SensorSpec], options: FusionOptions, words: Words, radio: RadioDesk | None = None
    ) -> None:
        self._radio = radio
        self._sensors = {spec.name: _SensorState(spec) for spec in specs}
        self._options = options
        self._words = words
        self._lock = threading.Lock()
        self._events = EventLog()
        self._frame: FrameMessage | None = None
        self._frame_sense: str | None = None
        self._marks: dict[str, str] = {}
        self._boot_id = secrets.token_hex(8)
        self._start_ns = time.monotonic_ns()
        self._demand: FrameDemand | None = None
        self._demanded_until_ns = 0
        self._publish()

    def serve_frames_from(self, demand: FrameDemand) -> None:
        """Tell whom to ask for frames while somebody looks."""
        self._demand = demand

    def close(self) -> None:
        """End all subscriptions."""
        self._events.close()

    # --- what the sensors say (SensorListener)

    def on_process_started(self, sense: str, pid: int) -> None:
        """Remember which process it is."""
        with self._lock:
            self._sensors[sense].pid = pid
        if self._radio is not None and sense == RADIO:
            self._radio.on_started()

    def on_status(self, sense: str, status: SensorStatus, detail: str | None) -> None:
        """Take a sensor's standing; the last picture of a camera that is lost is not shown as if it were new."""
        with self._lock:
            if sense == self._frame_sense:
                self._frame = None
            self._sensors[sense].take_status(status, detail, time.monotonic_ns())
        self._publish()

    def on_report(self, sense: str, message: ReportMessage) -> None:
        """Take a report."""
        with self._lock:
            self._sensors[sense].take_report(message, time.monotonic_ns())
            people = message.report.people
            if sense == self._frame_sense and people is not None and people.withheld:
                self._frame = None  # the last one may show whoever is in view
        if self._radio is not None and sense == RADIO:
            self._radio.on_report(message.report)
        self._publish()

    def on_product(self, sense: str, product: object) -> None:
        """Keep what a sense has made."""
        if self._radio is not None and sense == RADIO:
            self._radio.on_product(product)
        self._publish()

    def on_frame(self, sense: str, frame: FrameMessage) -> None:
        """Take the newest picture."""
        with self._lock:
            self._frame, self._frame_sense = frame, sense

    def on_process_lost(self, sense: str) -> None:
        """Count a restart; what the process had found is kept here, since the next one remembers nothing."""
        with self._lock:
            state = self._sensors[sense]
            state.book.restart()
            state.restarts += 1
            state.pid = None

    # --- what the page asks (web_ui.device.Device)

    def snapshot(self) -> Mapping[str, object]:
        """Return the newest state document."""
        return self._events.document()

    def subscribe(self, last_event_id: int | None) -> LogSubscription:
        """Follow the state."""
        return self._events.subscribe(last_event_id)

    def newest_frame(self) -> JpegFrame | None:
        """Return the newest annotated frame and ask for more."""
        now_ns = time.monotonic_ns()
        if self._demand is not None and self._demanded_until_ns - now_ns < _FRAMES_WANTED_NS // 2:
            self._demanded_until_ns = now_ns + _FRAMES_WANTED_NS
            self._demand(self._demanded_until_ns)
        with self._lock:
            frame = self._frame
        if frame is None:
            return None
        return JpegFrame(jpeg=frame.jpeg, sequence=frame.sequence, age_s=(now_ns - frame.t_ns) / _NS)

    def mark_alert(self, alert_id: str, mark: str) -> None:
        """Mark an alert as a false alarm, or take the mark back.

        Raises
        ------
        KeyError
            No such alert.
        ValueError
            No such mark.
        """
        if mark not in MARKS:
            raise ValueError(f"mark = {mark!r}: one of {', '.join(MARKS)}")
        with self._lock:
            if alert_id not in {alert.key for state in self._sensors.values() for alert in state.book.alerts()}:
                raise KeyError(alert_id)
            self._marks[alert_id] = mark
        self._publish()

    def home(self, alert_id: str, *, renew: bool) -> None:
        """Stay on the transmitter of an alert; see `web_ui.device.Device.home`."""
        with self._lock:
            found = {alert.key: alert for state in self._sensors.values() for alert in state.book.alerts()}
        alert = found[alert_id]
        if not isinstance(alert, RadioAlert):
            raise Refusal("not_radio")
        self._desk().home(alert, alert_id, renew=renew)
        self._publish()

    def stop_homing(self) -> None:
        """Go back to sweeping."""
        self._desk().stop_homing()
        self._publish()

    def record_baseline(self, place: str) -> None:
        """Record the air here; see `web_ui.device.Device.record_baseline`."""
        self._desk().record(place)
        self._publish()

    def compare_baseline(self, baseline_id: str) -> None:
        """Compare the air here; see `web_ui.device.Device.compare_baseline`."""
        self._desk().compare(baseline_id)
        self._publish()

    def leave_baseline(self) -> None:
        """Stop recording or comparing."""
        self._desk().leave()
        self._publish()

    def delete_baseline(self, baseline_id: str) -> None:
        """Delete a baseline; see `web_ui.device.Device.delete_baseline`."""
        self._desk().delete(baseline_id)
        self._publish()

    def _desk(self) -> RadioDesk:
        if self._radio is None:
            raise Refusal("sensor_down")
        return self._radio

    # --- the document

    def _publish(self) -> None:
        with self._lock:
            self._events.publish(self._document(time.monotonic_ns()))

    def _document(self, now_ns: int) -> dict[str, Any]:
        sensors = self._sensors
        alerts = [alert for state in sensors.values() for alert in state.book.alerts()]
        standing = [alert for alert in alerts if self._marks.get(alert.key) != "false_alarm"]
        judgement = judge(
            standing,
            {name: self._standing(state) for name, state in sensors.items()},
            self._options,
            marked_count=len(alerts) - len(standing),
        )
        if judgement.verdict is Verdict.NOTHING_DETECTED:
            # A quiet instrument proves nothing unless it was shown to work, and no self-test exists yet.
            judgement = replace(judgement, because=(*judgement.because, Phrase("coverage.no_positive_control")))
        reports = {name: state.report for name, state in sensors.items() if state.report is not None}
        return {
            "schema": "nunchi.state/1",
            "boot_id": self._boot_id,
            "provenance": Provenance.least_real(state.spec.provenance for state in sensors.values()).value,
            "start_t_ns": self._start_ns,
            "t_ns": now_ns,
            "uptime_s": round((now_ns - self._start_ns) / _NS, 1),
            **verdict_document(judgement, self._words),
            "alerts": [self._alert(alert, name) for name, s in sensors.items() for alert in s.book.alerts()],
            "inspect": [
                self._alert(replace(alert, key=sensors[name].book.name(alert.key)), name)
                for name, report in reports.items()
                for alert in report.inspect
            ],
            "signals": [signal_document(s) | {"sense": name} for name, r in reports.items() for s in r.signals],
            "rejected": {name: dict(report.rejected) for name, report in reports.items()},
            "coverage": {name: self._coverage(state, now_ns) for name, state in sensors.items()},
            "sensors": {name: self._sensor(state, now_ns) for name, state in sensors.items()},
            "people": next((people_document(r.people, r.t_ns) for r in reports.values() if r.people is not None), None),
            **(self._radio.document() if self._radio is not None else {}),
        }

    @staticmethod
    def _standing(state: _SensorState) -> SenseStanding:
        return SenseStanding(
            working=state.status is SensorStatus.OK, coverage=state.report.coverage if state.report else None
        )

    def _alert(self, alert: Alert, sense: str) -> dict[str, Any]:
        document = alert_document(alert, self._words)
        document.pop("track", None)
        return document | {
            "id": alert.key,
            "sense": sense,
            "first_seen_s": round((alert.first_t_ns - self._start_ns) / _NS, 3),
            "last_seen_s": round((alert.last_t_ns - self._start_ns) / _NS, 3),
            "mark": self._marks.get(alert.key, "none"),
        }

    def _coverage(self, state: _SensorState, now_ns: int) -> dict[str, Any]:
        coverage = state.report.coverage if state.report else _NOTHING_SEEN
        return coverage_document(coverage, self._words, state.gaps(now_ns))

    def _sensor(self, state: _SensorState, now_ns: int) -> dict[str, Any]:
        code = None if state.status is SensorStatus.OK else f"device.{state.status.value}"
        message = phrase_documents((Phrase(code, {"sense": state.spec.name}),), self._words)[0] if code else None
        figures = dict(state.report.figures) if state.report else {}
        return {
            "status": state.status.value,
            "source": state.spec.source,
            "provenance": state.spec.provenance.value,
            "message": message,
            "detail": state.detail,
            "pid": state.pid,
            "restarts": state.restarts,
            "lost_s": state.lost_s(now_ns),
            "figures": figures | {"dropped_messages": state.dropped_messages},
        }
