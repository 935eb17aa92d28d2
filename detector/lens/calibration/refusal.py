"""Why a calibration was not made: a code for the page, one line for everybody."""

from collections.abc import Mapping
from enum import StrEnum

from detector.errors import InputError

__all__ = ["Refusal", "RefusedError"]


class Refusal(StrEnum):
    """Reasons; the page has words for each."""

    TOO_FEW_FRAMES = "too_few_frames"
    WRONG_LIGHT = "wrong_light"
    SETTINGS_CHANGED = "settings_changed"
    NOT_DARK = "not_dark"
    LIGHT_LEAK = "light_leak"
    UNSTEADY = "unsteady"
    CLIPPED = "clipped"
    TOO_DARK = "too_dark"
    RING_NOT_LIT = "ring_not_lit"
    NOT_PLAIN = "not_plain"
    MOVING = "moving"
    NO_EDGE = "no_edge"
    NOT_SLANTED = "not_slanted"
    NO_GLINT = "no_glint"
    SEVERAL_GLINTS = "several_glints"
    BEYOND_LOBE = "beyond_lobe"


class RefusedError(InputError):
    """The frames do not allow this calibration; nothing was stored.

    Attributes
    ----------
    code : Refusal
    values : mapping of str to float
        The figures of the line.
    """

    def __init__(self, code: Refusal, line: str, **values: float) -> None:
        super().__init__(line)
        self.code = code
        self.values: Mapping[str, float] = values
