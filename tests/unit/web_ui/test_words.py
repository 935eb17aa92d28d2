"""Words: rendering, and that both languages say the same things about everything the device can say."""

import ast
import re
from pathlib import Path

import pytest

from detector.types import AlertKind, Provenance, SignalKind, Verdict
from web_ui.preferences import THEMES
from web_ui.words import LANGUAGES, Words, format_number, load_catalogue

ROOT = Path(__file__).parents[3]
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def test_render_fills_in_values_and_puts_named_things_into_words() -> None:
    text = Words("en").render("device.offline", {"sense": "rf"})
    assert text.startswith("Radio:")


def test_a_code_without_words_stays_visible() -> None:
    assert Words("en").render("rf.reason.not_written_yet", {"a": 1}) == "rf.reason.not_written_yet"


def test_a_missing_value_stays_visible() -> None:
    assert "{seconds}" in Words("en").render("device.gap", {})


def test_values_are_never_formats() -> None:
    text = Words("en").render("device.offline", {"sense": "{seconds.__class__} %s {0}"})
    assert text.startswith("{seconds.__class__} %s {0}:")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1240.0, "1240"), (433.92, "433.92"), (98.0999999, "98.1"), (0.98333, "0.98"), (0.0, "0"), (-3.4567, "-3.457")],
)
def test_floats_lose_the_digits_that_nobody_reads(value: float, text: str) -> None:
    assert format_number(value) == text


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'xx'"):
        Words("xx")


def test_there_are_korean_and_english() -> None:
    assert {"en", "ko"} <= set(LANGUAGES)


def test_every_language_has_every_code_with_the_same_placeholders() -> None:
    english = load_catalogue("en")
    for lang in LANGUAGES:
        texts = load_catalogue(lang)
        assert set(texts) == set(english), lang
        differing = [
            code for code in texts if set(PLACEHOLDER.findall(texts[code])) != set(PLACEHOLDER.findall(english[code]))
        ]
        assert not differing, (lang, differing)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_code_has_words_twice(lang: str) -> None:
    codes = [
        code
        for path in (ROOT / "web_ui/translations" / lang).glob("*.po")
        for code in re.findall(r'^msgid "(.+)"$', path.read_text(), re.MULTILINE)
    ]
    assert len(codes) == len(load_catalogue(lang))
    assert len(codes) == len(set(codes))


def test_every_kind_and_verdict_has_words() -> None:
    codes = {f"kind.{kind}" for kind in (*AlertKind, *SignalKind)} | {f"verdict.{verdict}" for verdict in Verdict}
    assert not codes - set(load_catalogue("en"))


def test_every_literal_phrase_has_words() -> None:
    spoken = {code: path for path in _sources() for code in _phrase_codes(path)}
    assert spoken
    missing = {code: str(path.relative_to(ROOT)) for code, path in spoken.items() if code not in load_catalogue("en")}
    assert not missing


def test_every_word_that_the_page_asks_for_exists() -> None:
    asked = set()
    for path in [*(ROOT / "web_ui/templates").glob("*.html"), *(ROOT / "web_ui/static/js").glob("*.js")]:
        asked |= set(re.findall(r"""(?:word|\bw|render)\(\s*["']([a-z_]+\.[a-z_0-9]+)["']""", path.read_text()))
    assert len(asked) > 30
    assert not asked - set(load_catalogue("en"))


def test_every_word_that_the_page_puts_together_exists() -> None:
    shown = {"incomplete", "nothing_detected", "check_this_spot", "unknown", "waiting"}  # a strong sign has steps
    built = {f"next.{name}" for name in shown} | {f"verdict.{name}" for name in shown}
    built |= {f"provenance.{origin}" for origin in Provenance if origin is not Provenance.LIVE}
    built |= {f"status.{status}" for status in ("starting", "ok", "offline", "fault")}
    built |= {f"coverage.{part}" for part in ("done", "missing", "cannot_see", "complete", "short", "missed")}
    built |= {f"theme.{theme}" for theme in THEMES} | {f"innocent.{kind}" for kind in AlertKind}
    assert not built - set(load_catalogue("en"))


FORBIDDEN = re.compile(
    r"\bsafe\b|\bclear\b|camera found|all[- ]clear|안전(하|한|합|해)|이상 없|카메라를 찾", re.IGNORECASE
)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_ever_promises_safety_or_claims_a_find(lang: str) -> None:
    assert not {code: text for code, text in load_catalogue(lang).items() if FORBIDDEN.search(text)}


def _sources() -> list[Path]:
    return [path for folder in ("detector", "firmware") for path in (ROOT / folder).rglob("*.py")]


def _phrase_codes(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and node.args]
    names = [(getattr(call.func, "id", None), call.args[0]) for call in calls]
    return [
        first.value
        for name, first in names
        if name == "Phrase" and isinstance(first, ast.Constant) and isinstance(first.value, str)
    ]
