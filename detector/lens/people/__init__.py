"""Whether a person is in view, by what the strobe sees of them: two retro-reflectors as far apart as eyes."""

from detector.lens.people.watch import PersonWatch

__all__ = ["PersonWatch"]
