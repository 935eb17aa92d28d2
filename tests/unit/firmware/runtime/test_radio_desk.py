"""What the parent does with homing and baselines: orders out, time-outs, provenance, keeping."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from detector.fusion.options import FusionOptions
from detector.rf.commands import Compare, Home, Kept, Leave, Record, StopHoming
from detector.types import (
    AlertKind,
    BaselineMode,
    BaselineState,
    HomingState,
    Provenance,
    RadioAlert,
    Trend,
)
from firmware.runtime.hub import Hub
from firmware.runtime.messages import ReportMessage
from firmware.runtime.radio_desk import RadioDesk
from firmware.store import baselines
from firmware.store.baselines import BaselineStore
from tests.integration.sensor_loops import one_alert, report, spec, steady
from tests.unit.firmware.store.test_baselines import a_baseline
from web_ui.device import Refusal
from web_ui.words import Words

NS = 1_000_000_000
CAMERA = RadioAlert(
    key="rf:1",
    kind=AlertKind.ANALOG_VIDEO,
    confidence=0.99,
    first_t_ns=1,
    last_t_ns=2,
    reasons=(),
    freq_hz=1.24e9,
    bandwidth_hz=6e6,
    snr_db=10.0,
)
HEARD = HomingState(
    alert_id="rf:1",
    freq_hz=1.24e9,
    level_db=-40.0,
    peak_db=-39.0,
    strength=0.5,
    peak=0.52,
    trend=Trend.WARMER,
    gain_db=20.0,
)


@dataclass
class Bench:
    """A hub with a desk, a clock turned by hand, and what was sent."""

    store: BaselineStore
    provenance: Provenance = Provenance.SIMULATED
    now_ns: int = NS
    alive: bool = True
    sent: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = RadioDesk(self.store, self.provenance, Words("en"), clock=lambda: self.now_ns)
        self.desk.send_through(self.send)
        self.hub = Hub([spec(steady)], FusionOptions(), Words("en"), self.desk)
        self.tell((CAMERA,))

    def send(self, order: object) -> bool:
        self.sent.append(order)
        return self.alive

    def tell(self, alerts: Any = (CAMERA,), **more: Any) -> None:
        self.hub.on_report("rf", ReportMessage(replace(report(1, alerts), **more), 0))

    def state(self, key: str) -> Any:
        return self.hub.snapshot()[key]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(BaselineStore(tmp_path))


def test_homing_is_ordered_with_the_alerts_frequency_and_shows_at_once(bench: Bench) -> None:
    bench.hub.home("rf:1", renew=False)
    (order,) = bench.sent
    assert order == Home(alert_id="rf:1", freq_hz=1.24e9, bandwidth_hz=6e6, until_t_ns=7 * NS)
    assert bench.state("homing")["strength"] is None
    bench.tell(homing=HEARD)
    homing = bench.state("homing")
    assert (homing["alert"], homing["strength"], homing["trend"]) == ("rf:1", 0.5, "warmer")


def test_a_page_that_went_away_ends_the_walk(bench: Bench) -> None:
    bench.hub.home("rf:1", renew=False)
    bench.now_ns = 6 * NS
    bench.hub.home("rf:1", renew=True)
    assert bench.sent[-1].until_t_ns == 12 * NS
    bench.now_ns = 12 * NS
    bench.tell(homing=HEARD)
    assert bench.state("homing") is None
    with pytest.raises(Refusal, match="not_homing"):
        bench.hub.home("rf:1", renew=True)


def test_a_walk_has_an_end(bench: Bench) -> None:
    bench.hub.home("rf:1", renew=False)
    for second in range(1, 2000, 3):
        bench.now_ns = second * NS
        try:
            bench.hub.home("rf:1", renew=True)
        except Refusal:
            break
    assert 590 <= second <= 610


def test_stop_is_stop_and_a_late_renewal_starts_nothing(bench: Bench) -> None:
    bench.hub.home("rf:1", renew=False)
    bench.hub.stop_homing()
    assert isinstance(bench.sent[-1], StopHoming)
    assert bench.state("homing") is None
    bench.tell(homing=HEARD)
    assert bench.state("homing") is None, "a report that was under way"
    with pytest.raises(Refusal, match="not_homing"):
        bench.hub.home("rf:1", renew=True)


def test_only_what_transmits_can_be_walked_to(bench: Bench) -> None:
    bench.tell((CAMERA, replace(one_alert(), key="rf:glint")))
    with pytest.raises(Refusal, match="not_radio"):
        bench.hub.home("rf:glint", renew=False)
    with pytest.raises(KeyError):
        bench.hub.home("rf:9", renew=False)
    bench.alive = False
    with pytest.raises(Refusal, match="sensor_down"):
        bench.hub.home("rf:1", renew=False)
    assert bench.state("homing") is None


def test_a_recording_is_kept_once_and_acknowledged_each_time(bench: Bench) -> None:
    bench.hub.record_baseline("  corridor ")
    assert bench.sent == [Record("corridor")]
    assert bench.state("baseline")["mode"] == "recording"
    made = a_baseline("corridor", Provenance.SIMULATED)
    bench.hub.on_product("rf", made)
    bench.hub.on_product("rf", made)
    assert bench.sent[1:] == [Kept(), Kept()]
    (kept,) = bench.state("baseline")["kept"]
    assert (kept["place"], kept["comparable"]) == ("corridor", True)
    bench.hub.compare_baseline(kept["id"])
    assert isinstance(bench.sent[-1], Compare)
    assert bench.state("baseline")["with"] == kept["id"]


def test_what_cannot_be_kept_is_not_acknowledged_and_says_why(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(baselines, "write_atomically", full)
    bench.hub.on_product("rf", a_baseline())
    assert bench.sent == []
    assert "No space left" in bench.state("baseline")["store_problem"]
    monkeypatch.undo()
    bench.hub.on_product("rf", a_baseline())
    assert bench.sent == [Kept()]
    assert bench.state("baseline")["store_problem"] is None


def test_a_simulated_baseline_is_never_compared_with_live_air(tmp_path: Path) -> None:
    store = BaselineStore(tmp_path)
    stored = store.keep(a_baseline(provenance=Provenance.SIMULATED))
    live = Bench(store, Provenance.LIVE)
    assert live.state("baseline")["kept"][0]["comparable"] is False
    with pytest.raises(Refusal, match="baseline_provenance"):
        live.hub.compare_baseline(stored.id)
    assert live.sent == []


def test_a_new_process_goes_on_comparing_and_no_longer_walks(bench: Bench) -> None:
    stored = bench.store.keep(a_baseline(provenance=Provenance.SIMULATED))
    bench.hub.compare_baseline(stored.id)
    bench.hub.home("rf:1", renew=False)
    bench.sent.clear()
    bench.hub.on_process_lost("rf")
    bench.hub.on_process_started("rf", 7)
    assert [type(order) for order in bench.sent] == [Compare]
    bench.tell()
    assert bench.state("homing") is None


def test_leaving_and_deleting(bench: Bench) -> None:
    stored = bench.store.keep(a_baseline(provenance=Provenance.SIMULATED))
    bench.hub.compare_baseline(stored.id)
    bench.hub.delete_baseline(stored.id)
    assert isinstance(bench.sent[-1], Leave)
    assert bench.state("baseline")["kept"] == []
    with pytest.raises(KeyError):
        bench.hub.compare_baseline(stored.id)
    with pytest.raises(Refusal, match="bad_place"):
        bench.hub.record_baseline(" \x00 ")
    bench.tell(baseline=BaselineState(mode=BaselineMode.RECORDING, place="x", progress=0.25))
    bench.hub.leave_baseline()
    assert bench.state("baseline")["mode"] == "idle"
