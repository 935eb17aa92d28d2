"""Every code the lens sense can say has words in every language, with the same placeholders."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from detector.lens.glints import Reading
from detector.lens.guidance import Hint

ROOT = Path(__file__).parents[4]
SOURCES = [p.read_text(encoding="utf-8") for p in (ROOT / "detector" / "lens").glob("*.py")]
CODES = {code for text in SOURCES for code in re.findall(r'"(lens\.(?:reason|done|missing|cannot_see)\.\w+)"', text)}
REASONS = {r.value for r in Reading if r is not Reading.RETRO} | {
    "not_persistent",
    "neighbours_alike",
    "low_confidence",
    "moves_by_itself",
    "one_viewpoint",
    "amid_mirrors",
    "narrow_cone",
    "like_eyes",
}
HINTS = {f"lens.guide.{hint}" for hint in Hint}
WANTED = CODES | HINTS | {f"lens.rejected.{r}" for r in REASONS} | {"kind.lens_glint", "kind.retro_reflector"}


def words(language):
    path = ROOT / "web_ui" / "translations" / language / "lens.po"
    with path.open("rb") as stream:
        return {str(m.id): str(m.string) for m in read_po(stream) if m.id}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_code_has_words_and_no_words_are_left_over(language):
    catalogue = words(language)
    assert set(catalogue) == WANTED
    assert all(catalogue.values())


def test_languages_mention_the_same_values():
    english, korean = words("en"), words("ko")
    for code, text in english.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", korean[code])), code
