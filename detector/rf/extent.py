"""How far a find reaches: neighbouring slices are asked for until one no longer shows the rhythm of the picture."""

from dataclasses import dataclass

__all__ = ["ExtentSurvey"]


@dataclass(slots=True)
class ExtentSurvey:
    """Walks outward from the slice that was confirmed, on both sides.

    Parameters
    ----------
    low_hz, high_hz : float
        Centres of the outermost slices asked for so far; at the start both are the confirmed one.
    step_hz : float
        Distance of slices: the usable width of one.
    left_below, left_above : int
        Slices that may still be asked for on each side.
    """

    low_hz: float
    high_hz: float
    step_hz: float
    left_below: int
    left_above: int

    @classmethod
    def around(cls, center_hz: float, step_hz: float, slices: int) -> "ExtentSurvey":
        """Start at a slice."""
        return cls(center_hz, center_hz, step_hz, slices, slices)

    def start(self) -> tuple[float, ...]:
        """Return the first two centres to look at."""
        return (*self._below(), *self._above())

    def seen(self, center_hz: float, *, rhythm: bool) -> tuple[float, ...]:
        """Take in a slice that was asked for; return the next one outward where it still showed the rhythm."""
        if not rhythm:
            return ()
        if center_hz == self.low_hz:
            return self._below()
        return self._above() if center_hz == self.high_hz else ()

    def _below(self) -> tuple[float, ...]:
        if self.left_below <= 0:
            return ()
        self.left_below -= 1
        self.low_hz -= self.step_hz
        return (self.low_hz,)

    def _above(self) -> tuple[float, ...]:
        if self.left_above <= 0:
            return ()
        self.left_above -= 1
        self.high_hz += self.step_hz
        return (self.high_hz,)
