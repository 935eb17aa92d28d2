"""What a person chose on this phone: language, appearance, vibration; kept in cookies that the page's script sets."""

from flask import request

from web_ui.words import LANGUAGES, Words

__all__ = ["LANGUAGE_NAMES", "THEMES", "chosen_theme", "chosen_words"]

THEMES = ("auto", "light", "dark", "red")
_WORDS = {lang: Words(lang) for lang in LANGUAGES}
LANGUAGE_NAMES = tuple((lang, words.render("language.name")) for lang, words in _WORDS.items())
"""Each language by its code and by its own name."""


def chosen_words() -> Words:
    """Return the words of the chosen language, else of the browser's, else English."""
    lang = request.cookies.get("nunchi_lang")
    if lang not in _WORDS:
        lang = request.accept_languages.best_match(LANGUAGES) or "en"
    return _WORDS[lang]


def chosen_theme() -> str:
    """Return one of `THEMES`."""
    theme = request.cookies.get("nunchi_theme")
    return theme if theme in THEMES else "auto"
