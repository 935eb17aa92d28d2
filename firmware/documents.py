"""The JSON documents of the fixed interfaces: nunchi.scan/1 and nunchi.state/1."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from detector.fusion.verdict import Judgement
from detector.types import Alert, Guidance, PeopleState, Phrase, RadioSignal, SenseCoverage
from web_ui.words import Words

__all__ = [
    "alert_document",
    "coverage_document",
    "guidance_document",
    "people_document",
    "phrase_documents",
    "signal_document",
    "verdict_document",
]

_NS = 1e9
_BOOKKEEPING = ("key", "first_t_ns", "last_t_ns", "reasons")


def phrase_documents(phrases: Iterable[Phrase], words: Words) -> list[dict[str, Any]]:
    """Return phrases as code, values and text."""
    return [
        {"code": phrase.code, "values": dict(phrase.values), "text": words.render(phrase.code, phrase.values)}
        for phrase in phrases
    ]


def alert_document(alert: Alert, words: Words) -> dict[str, Any]:
    """Return an alert with its own fields (those that are unset left out) and its reasons in words and codes."""
    fields: dict[str, Any] = msgspec.to_builtins(alert)
    own = {name: _tidy(name, value) for name, value in fields.items() if name not in _BOOKKEEPING and value is not None}
    return own | {
        "reasons": [words.render(phrase.code, phrase.values) for phrase in alert.reasons],
        "reason_codes": [{"code": phrase.code, "values": dict(phrase.values)} for phrase in alert.reasons],
    }


def signal_document(signal: RadioSignal) -> dict[str, Any]:
    """Return an ambient signal."""
    fields: dict[str, Any] = msgspec.to_builtins(signal)
    return {name: _tidy(name, value) for name, value in fields.items() if name not in _BOOKKEEPING}


def _tidy(name: str, value: Any) -> Any:
    """Round a number to digits that mean something: hertz to whole ones, the rest to a thousandth."""
    if not isinstance(value, float):
        return value
    return round(value) if name.endswith("_hz") else round(value, 3)


def coverage_document(coverage: SenseCoverage, words: Words, gaps: Iterable[Phrase] = ()) -> dict[str, Any]:
    """Return coverage in words and codes, the gaps of the sensor among what is missing, and the spots if it has any."""
    spots = coverage.spots
    return {
        "complete": coverage.complete,
        "done": phrase_documents(coverage.done, words),
        "missing": phrase_documents((*gaps, *coverage.missing), words),
        "cannot_see": phrase_documents(coverage.cannot_see, words),
        **({} if spots is None else {"spots": msgspec.to_builtins(spots) | {"share": round(spots.share, 3)}}),
    }


def guidance_document(guidance: Guidance, words: Words) -> dict[str, Any]:
    """Return what helps whoever holds the device; the hint in words and code, or null."""
    hint = phrase_documents((guidance.hint,), words)[0] if guidance.hint else None
    fields: dict[str, Any] = msgspec.to_builtins(guidance)
    return fields | {"hint": hint}


def people_document(people: PeopleState, now_ns: int) -> dict[str, Any]:
    """Return whether the camera's search rests for a person in view, and for how long it has rested so far.

    `since_s` is the age of this pause or, while there is none, of the end of the last; None before the first.
    """
    since_s = None if people.since_t_ns is None else round((now_ns - people.since_t_ns) / _NS, 1)
    return {
        "paused": people.paused,
        "withheld": people.withheld,
        "paused_s": round(people.paused_s, 1),
        "times": people.times,
        "since_s": since_s,
    }


def verdict_document(judgement: Judgement, words: Words) -> Mapping[str, Any]:
    """Return the verdict and what it rests on."""
    return {
        "verdict": judgement.verdict.value,
        "verdict_because": phrase_documents(judgement.because, words),
    }
