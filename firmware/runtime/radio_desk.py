"""The parent's side of homing and baselines: keeps what is recorded, passes orders to the radio's process."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from detector.errors import InputError
from detector.rf.commands import Compare, Home, Kept, Leave, Record, StopHoming
from detector.types import Baseline, BaselineMode, BaselineState, HomingState, Provenance, RadioAlert, SenseReport
from firmware.documents import phrase_documents
from firmware.log import get_logger
from firmware.store.baselines import BaselineStore, StoredBaseline, place_name
from web_ui.device import Refusal
from web_ui.words import Words

__all__ = ["SENSE", "RadioDesk"]

SENSE = "rf"
_NS = 1_000_000_000
_HELD_NS = 6 * _NS
_LONGEST_NS = 600 * _NS

Send = Callable[[object], bool]


@dataclass(slots=True)
class _Walk:
    """Homing that was asked for."""

    alert_id: str
    freq_hz: float
    bandwidth_hz: float
    started_ns: int
    until_ns: int


class RadioDesk:
    """Takes what the page asks of the radio; one walk and one recording or comparison at a time.

    Parameters
    ----------
    store : BaselineStore
    provenance : Provenance
        Of the radio's samples; a baseline of another one is never compared.
    words : Words
        English, for the texts inside the JSON.
    clock : callable returning monotonic ns
    """

    def __init__(
        self,
        store: BaselineStore,
        provenance: Provenance,
        words: Words,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._store, self._provenance, self._words, self._clock = store, provenance, words, clock
        self._send: Send = lambda _: False
        self._lock = threading.RLock()
        self._walk: _Walk | None = None
        self._homing: HomingState | None = None
        self._baseline = BaselineState()
        self._comparing: StoredBaseline | None = None
        self._kept: tuple[str, bytes] | None = None
        self._problem: str | None = store.problem

    def send_through(self, send: Send) -> None:
        """Tell how an order reaches the radio's process; false means that there is none."""
        self._send = send

    # -- homing

    def home(self, alert: RadioAlert, alert_id: str, *, renew: bool) -> None:
        """Start walking to an alert's transmitter, or go on with it.

        Raises
        ------
        Refusal
            ``not_homing``: there is nothing to go on with; ``sensor_down``.
        """
        with self._lock:
            now_ns = self._clock()
            walk = self._current_walk(now_ns)
            if walk is None or walk.alert_id != alert_id:
                if renew:
                    raise Refusal("not_homing")
                walk = _Walk(alert_id, alert.freq_hz, alert.bandwidth_hz, now_ns, 0)
                self._homing = None
            walk.until_ns = min(now_ns + _HELD_NS, walk.started_ns + _LONGEST_NS)
            order = Home(
                alert_id=alert_id, freq_hz=walk.freq_hz, bandwidth_hz=walk.bandwidth_hz, until_t_ns=walk.until_ns
            )
            self._order(order)
            self._walk = walk

    def stop_homing(self) -> None:
        """Go back to sweeping."""
        with self._lock:
            self._walk = self._homing = None
            self._send(StopHoming())

    def _current_walk(self, now_ns: int) -> _Walk | None:
        if self._walk is not None and now_ns >= self._walk.until_ns:
            self._walk = self._homing = None
        return self._walk

    # -- baselines

    def record(self, place: str) -> None:
        """Record the air here.

        Raises
        ------
        Refusal
            ``bad_place``, ``baseline_full``, ``sensor_down``.
        """
        try:
            name = place_name(place)
        except InputError:
            raise Refusal("bad_place") from None
        if self._store.full:
            raise Refusal("baseline_full")
        with self._lock:
            self._order(Record(name))
            self._comparing, self._problem = None, None
            self._baseline = BaselineState(mode=BaselineMode.RECORDING, place=name)

    def compare(self, baseline_id: str) -> None:
        """Compare the air here with a baseline.

        Raises
        ------
        KeyError
            There is none of this id.
        Refusal
            ``baseline_provenance``: it is from a simulation or a recording and this is not, or the other way round;
            ``sensor_down``.
        """
        baseline = self._store.get(baseline_id)
        if baseline.provenance is not self._provenance:
            raise Refusal("baseline_provenance")
        with self._lock:
            self._order(Compare(baseline))
            self._comparing = next(item for item in self._store.listed() if item.id == baseline_id)
            self._baseline = BaselineState(mode=BaselineMode.COMPARING, place=baseline.place)
            self._problem = None

    def leave(self) -> None:
        """Stop recording or comparing."""
        with self._lock:
            self._comparing, self._problem = None, None
            self._baseline = BaselineState()
            self._send(Leave())

    def delete(self, baseline_id: str) -> None:
        """Delete a baseline; a comparison with it ends.

        Raises
        ------
        KeyError
            There is none of this id.
        Refusal
            ``not_written``: the disk refuses.
        """
        if self._comparing is not None and self._comparing.id == baseline_id:
            self.leave()
        try:
            self._store.delete(baseline_id)
        except OSError as error:
            get_logger().warning("baseline not deleted", reason=str(error))
            raise Refusal("not_written") from error

    def _order(self, order: object) -> None:
        if not self._send(order):
            raise Refusal("sensor_down")

    # -- what the radio's process says

    def on_report(self, report: SenseReport) -> None:
        """Remember where the radio stands."""
        with self._lock:
            self._current_walk(self._clock())
            homing = report.homing
            ours = self._walk is not None and homing is not None and homing.alert_id == self._walk.alert_id
            self._homing = homing if ours else None
            if report.baseline is not None:
                self._baseline = report.baseline

    def on_product(self, product: object) -> None:
        """Keep a recorded baseline, and say so; one that is sent again is the same one."""
        if not isinstance(product, Baseline):
            return
        mark = (product.place, product.high_db.tobytes())
        with self._lock:
            known = mark == self._kept
        if not known:
            try:
                self._store.keep(product)
            except (InputError, OSError) as error:
                # it stays in the radio's process and is sent again: the disk may come back, one may be deleted
                with self._lock:
                    self._problem = f"baseline not kept: {error}"
                get_logger().warning("baseline not kept", reason=str(error))
                return
        with self._lock:
            self._kept, self._problem = mark, None
        self._send(Kept())

    def on_started(self) -> None:
        """A new process knows nothing: let it compare again. A walk has ended with the one before."""
        with self._lock:
            self._walk = self._homing = None
            self._baseline = BaselineState()
            comparing = self._comparing
        if comparing is not None:
            try:
                self._send(Compare(self._store.get(comparing.id)))
            except KeyError:
                self._comparing = None

    # -- the document

    def document(self) -> dict[str, Any]:
        """Return the keys that the radio adds to the state."""
        with self._lock:
            now_ns = self._clock()
            return {"homing": self._homing_document(now_ns), "baseline": self._baseline_document()}

    def _homing_document(self, now_ns: int) -> dict[str, Any] | None:
        walk = self._current_walk(now_ns)
        if walk is None:
            return None
        heard = self._homing
        figures: dict[str, Any] = {"trend": "waiting", "strength": None, "peak": None}
        if heard is not None:
            figures = msgspec.to_builtins(heard)
            del figures["alert_id"]
        return {
            "alert": walk.alert_id,
            "since_s": round((now_ns - walk.started_ns) / _NS),
            "left_s": round((walk.started_ns + _LONGEST_NS - now_ns) / _NS),
            **figures,
        }

    def _baseline_document(self) -> dict[str, Any]:
        state = self._baseline
        problem = phrase_documents((state.problem,), self._words)[0] if state.problem is not None else None
        return {
            "mode": state.mode.value,
            "place": state.place,
            "progress": state.progress,
            "common_db": state.common_db,
            "problem": problem,
            "store_problem": self._problem,
            "with": self._comparing.id if self._comparing is not None else None,
            "kept": [
                {**msgspec.to_builtins(item), "comparable": item.provenance is self._provenance}
                for item in self._store.listed()
            ],
        }
