"""Which light a frame was taken under."""

from collections.abc import Sequence

from detector.types import Frame, LedEdge

__all__ = ["light_during"]


def light_during(frame: Frame, edges: Sequence[LedEdge]) -> LedEdge | None:
    """Return the edge whose light held during the whole exposure of every row.

    Parameters
    ----------
    frame : Frame
        Its exposure spans [t_ns, t_end_ns], both ends inclusive, the last row's read-out delay included.
    edges : sequence of LedEdge
        Ascending in time, same clock as the frame.

    Returns
    -------
    LedEdge or None
        None when the light was changing to another one at any time of the exposure, or when no edge completed at or
        before its start is known (an unknown light is not a dark one). An edge completed exactly at the start holds
        from there on; one that begins exactly at the end counts as inside. Edges that repeat the light change
        nothing.
    """
    held: LedEdge | None = None
    for edge in edges:
        began_ns = edge.t_ns if edge.began_ns is None else edge.began_ns
        if began_ns > frame.t_end_ns:
            break
        if edge.t_ns <= frame.t_ns:
            held = edge
        elif held is None or (edge.state, edge.wavelength_nm) != (held.state, held.wavelength_nm):
            return None
    return held
