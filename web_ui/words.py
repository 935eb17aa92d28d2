"""Words for codes: the catalogues of every language, read once from ``translations/<language>/<domain>.po``."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

__all__ = ["LANGUAGES", "Words", "load_catalogue"]

_TRANSLATIONS = Path(__file__).with_name("translations")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
LANGUAGES = tuple(sorted(path.name for path in _TRANSLATIONS.iterdir() if path.is_dir()))
"""Languages that have a folder of translations, for example ``('en', 'ko')``."""


class Words:
    """The words of one language.

    Parameters
    ----------
    lang : str
        One of `LANGUAGES`.

    Raises
    ------
    ValueError
        Unknown language.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._texts = load_catalogue(lang)

    def __contains__(self, code: str) -> bool:
        return code in self._texts

    def catalogue(self) -> dict[str, str]:
        """Return a copy of all codes and texts, for the page's scripts."""
        return dict(self._texts)

    def render(self, code: str, values: Mapping[str, object] | None = None) -> str:
        """Return the sentence for a code.

        Parameters
        ----------
        code : str
            A code without words comes back as it is: visible, and no crash.
        values : mapping, optional
            What the sentence mentions. A text value that has words of its own under ``<name>.<value>``
            (``sense`` = ``rf``: ``sense.rf``) is put into words; floats lose digits nobody reads.
            A placeholder without value stays in braces.
        """
        text = self._texts.get(code)
        if text is None:
            return code
        given = values or {}

        def fill(match: re.Match[str]) -> str:
            name = match[1]
            return self._value(name, given[name]) if name in given else match[0]

        return _PLACEHOLDER.sub(fill, text)

    def _value(self, name: str, value: object) -> str:
        if isinstance(value, float):
            return format_number(value)
        return self._texts.get(f"{name}.{value}", str(value))


def format_number(value: float) -> str:
    """Write a float for people: three decimals at most, two significant digits below 1, no trailing zeros."""
    return f"{value:.2g}" if 0 < abs(value) < 1 else f"{round(value, 3):.12g}"


@cache
def load_catalogue(lang: str) -> dict[str, str]:
    """Read all domains of a language; a test sees to it that no two have the same code.

    Raises
    ------
    ValueError
        No such language.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not one of {', '.join(LANGUAGES)}")
    texts: dict[str, str] = {}
    for path in sorted((_TRANSLATIONS / lang).glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=lang, domain=path.stem)
        texts.update({str(message.id): str(message.string) for message in catalogue if message.id and message.string})
    return texts
