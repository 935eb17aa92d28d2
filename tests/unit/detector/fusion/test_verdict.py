import pytest

from detector.fusion.alert_book import AlertBook
from detector.fusion.options import FusionOptions
from detector.fusion.verdict import SenseStanding, judge
from detector.types import Alert, AlertKind, Phrase, SenseCoverage, Verdict

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


def test_book_takes_the_same_key_for_the_same_thing_after_a_restart() -> None:
    book = AlertBook()
    book.update([alert("a", confidence=0.9, first_t_ns=5)])
    book.restart()
    book.update([alert("a", confidence=0.97, first_t_ns=50)])
    (found,) = book.alerts()
    assert (found.confidence, found.first_t_ns) == (0.97, 5)


def test_book_lets_go_of_what_the_same_run_withdrew() -> None:
    book = AlertBook()
    book.update([alert("a")])
    book.update([])
    assert book.alerts() == ()
