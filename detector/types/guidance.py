"""What helps the person who holds the device: the one thing to do now, and a small map of what is done."""

from dataclasses import dataclass

from detector.types.coverage import Phrase

__all__ = ["Guidance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """What helps the person who holds the device.

    Attributes
    ----------
    hint : Phrase or None
        The one thing to do now; None while all is well.
    rows : tuple of str
        Map of the surroundings, top row first, one character a spot: ``.`` not pointed at, ``o`` begun, ``#`` done.
        It lies upright as the picture does. Empty before the first set.
    view : tuple of float or None
        (top, left, height, width) of the part of the picture that is searched, in characters of `rows`.
    smallest_lens_mm : float or None
        Aperture of the smallest lens that the middle of the picture would show now; None where that is not known.
    calibrated : bool
        Whether a calibration tells the range; without it no aperture is ever stated.
    """

    hint: Phrase | None = None
    rows: tuple[str, ...] = ()
    view: tuple[float, float, float, float] | None = None
    smallest_lens_mm: float | None = None
    calibrated: bool = False
