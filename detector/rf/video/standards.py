"""The two line systems that cameras use, and the line rates of computer screens, which are not theirs."""

from dataclasses import dataclass

__all__ = ["COMPUTER_LINE_HZ", "NTSC", "PAL", "STANDARDS", "LineStandard"]


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
    equalising, broad : int
        Half-lines with equalising pulses before and again after the broad pulses, and with broad pulses.
    blanked_lines : int
        Lines of a field without a picture, those included (ITU-R BT.470-6: 25; BT.1700: 20 or 21 of 525).
    """

    name: str
    line_hz: float
    field_lines: float
    equalising: int
    broad: int
    blanked_lines: int

    @property
    def field_hz(self) -> float:
        """Fields a second, tied to the line rate by the camera's own divider."""
        return self.line_hz / self.field_lines


PAL = LineStandard("PAL", 15625.0, 312.5, equalising=5, broad=5, blanked_lines=25)
NTSC = LineStandard("NTSC", 4.5e6 / 286, 262.5, equalising=6, broad=6, blanked_lines=21)
STANDARDS = (PAL, NTSC)

COMPUTER_LINE_HZ = (28_125.0, 33_750.0, 37_500.0, 37_879.0, 45_000.0, 48_363.0, 56_250.0, 63_981.0, 67_500.0)
"""Line rates of usual modes up to 1080p60 (CTA-861, VESA DMT), less those that are twice a television's."""
