from dataclasses import replace

import pytest

from detector.fusion.alert_book import AlertBook
from detector.fusion.options import FusionOptions
from detector.fusion.verdict import SenseStanding, judge
from detector.types import Alert, AlertKind, Phrase, RadioAlert, SenseCoverage, Verdict

WHOLE = SenseStanding(working=True, coverage=SenseCoverage(complete=True))
SHORT = SenseStanding(working=True, coverage=SenseCoverage(complete=False))
SILENT = SenseStanding(working=True, coverage=None)
LOST = SenseStanding(working=False, coverage=SenseCoverage(complete=True))


def alert(key: str = "a", confidence: float = 0.99, first_t_ns: int = 10) -> Alert:
    return Alert(
        key=key,
        kind=AlertKind.LENS_GLINT,
        confidence=confidence,
        first_t_ns=first_t_ns,
        last_t_ns=20,
        reasons=(Phrase("x"),),
    )


def test_nothing_detected_needs_every_sense_whole() -> None:
    assert judge([], {"rf": WHOLE, "lens": WHOLE}, FusionOptions()).verdict is Verdict.NOTHING_DETECTED


@pytest.mark.parametrize("other", [SHORT, SILENT, LOST])
def test_one_sense_that_falls_short_makes_it_incomplete(other: SenseStanding) -> None:
    judgement = judge([], {"rf": WHOLE, "lens": other}, FusionOptions())
    assert judgement.verdict is Verdict.INCOMPLETE
    assert [phrase.values for phrase in judgement.because] == [{"sense": "lens"}]


def test_no_sense_at_all_is_incomplete() -> None:
    assert judge([], {}, FusionOptions()).verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize(
    ("confidence", "verdict"),
    [(0.95, Verdict.STRONG_SIGN), (0.949, Verdict.CHECK_THIS_SPOT)],
)
def test_an_alert_outranks_a_lost_sensor(confidence: float, verdict: Verdict) -> None:
    judgement = judge([alert(confidence=confidence)], {"rf": LOST}, FusionOptions(strong_confidence=0.95))
    assert judgement.verdict is verdict
    assert judgement.because[1].code == "verdict.because.sensor_not_ok"


def test_a_telephone_is_never_a_strong_sign_but_hides_none() -> None:
    telephone = replace(alert(), kind=AlertKind.CELLULAR_UPLINK)
    assert judge([telephone], {"rf": WHOLE}, FusionOptions()).verdict is Verdict.CHECK_THIS_SPOT
    assert judge([telephone, alert("b")], {"rf": WHOLE}, FusionOptions()).verdict is Verdict.STRONG_SIGN


def test_marked_alerts_are_named_beside_any_verdict() -> None:
    judgement = judge([], {"rf": WHOLE}, FusionOptions(), marked_count=2)
    assert judgement.verdict is Verdict.NOTHING_DETECTED
    assert judgement.because[-1] == Phrase("verdict.because.marked", {"count": 2})


def test_book_keeps_what_a_run_that_ended_had_found() -> None:
    book = AlertBook()
    book.update([alert("a"), alert("b")])
    book.restart()
    book.update([])
    assert {found.key for found in book.alerts()} == {"a", "b"}


def test_a_lens_found_after_a_restart_stands_beside_the_one_found_before() -> None:
    book = AlertBook()
    book.update([alert("glint-1", confidence=0.9)])
    book.restart()
    book.update([alert("glint-1", confidence=0.97)])
    assert {found.key: found.confidence for found in book.alerts()} == {"glint-1": 0.9, "glint-1.1": 0.97}


def test_book_lets_go_of_what_the_same_run_withdrew() -> None:
    book = AlertBook()
    book.update([alert("a")])
    book.update([])
    assert book.alerts() == ()


def radio(key: str, freq_hz: float, confidence: float = 0.99) -> RadioAlert:
    return RadioAlert(
        key=key,
        kind=AlertKind.ANALOG_VIDEO,
        confidence=confidence,
        first_t_ns=10,
        last_t_ns=20,
        reasons=(),
        freq_hz=freq_hz,
        bandwidth_hz=2e6,
        snr_db=10.0,
    )


def test_a_key_of_a_later_run_never_takes_the_place_of_another_find() -> None:
    book = AlertBook()
    book.update([radio("rf:1", 1080e6)])
    book.restart()
    book.update([radio("rf:1", 1240e6, confidence=0.91)])
    found = {a.key: a.freq_hz for a in book.alerts() if isinstance(a, RadioAlert)}
    assert found == {"rf:1": 1080e6, "rf:1.1": 1240e6}


def test_a_transmitter_is_known_again_by_its_frequency() -> None:
    book = AlertBook()
    book.update([radio("rf:1", 1080e6), radio("rf:2", 1240e6)])
    book.restart()
    book.update([radio("rf:1", 1240.4e6)])
    book.update([radio("rf:1", 1240.4e6)])
    assert sorted(a.key for a in book.alerts()) == ["rf:1", "rf:2"]


def test_the_book_stays_bounded() -> None:
    book = AlertBook()
    for run in range(200):
        book.update([alert("a", confidence=0.5 + run / 1000)])
        book.restart()
    assert len(book.alerts()) <= 64
    assert max(a.confidence for a in book.alerts()) > 0.69
