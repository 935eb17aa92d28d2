"""The two line systems that cameras use."""

from dataclasses import dataclass

__all__ = ["NTSC", "PAL", "STANDARDS", "LineStandard"]


@dataclass(frozen=True, slots=True)
class LineStandard:
    """A line system.

    Attributes
    ----------
    name : str
        ``PAL`` for 625 lines and 50 fields, SECAM too; ``NTSC`` for 525 lines and 59.94 fields (ITU-R BT.1700).
    line_hz : float
    field_lines : float
        Lines in a field; a half belongs to it because fields interlace.
    """

    name: str
    line_hz: float
    field_lines: float

    @property
    def field_hz(self) -> float:
        """Fields a second, tied to the line rate by the camera's own divider."""
        return self.line_hz / self.field_lines


PAL = LineStandard("PAL", 15625.0, 312.5)
NTSC = LineStandard("NTSC", 4.5e6 / 286, 262.5)
STANDARDS = (PAL, NTSC)
