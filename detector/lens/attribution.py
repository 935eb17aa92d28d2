"""Which light a frame was taken under."""

from collections.abc import Sequence

from detector.types import Frame, LedEdge, LedState

__all__ = ["attribute_led"]


def attribute_led(frame: Frame, edges: Sequence[LedEdge]) -> LedState | None:
    """Return the light that held during the whole exposure of every row.

    Parameters
    ----------
    frame : Frame
        Its exposure spans [t_ns, t_end_ns], both ends inclusive, the last row's read-out delay included.
    edges : sequence of LedEdge
        Ascending in time, same clock as the frame.

    Returns
    -------
    LedState or None
        None when an edge to another state falls inside the exposure, or when no edge at or before its start is known
        (an unknown light is not a dark one). An edge exactly at the start holds from there on; one exactly at the
        end counts as inside. Edges that repeat the state change nothing.
    """
    state: LedState | None = None
    for edge in edges:
        if edge.t_ns > frame.t_end_ns:
            break
        if edge.t_ns > frame.t_ns and edge.state is not state:
            return None
        state = edge.state
    return state
