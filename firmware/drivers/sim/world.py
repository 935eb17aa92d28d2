"""The light of a simulated room: which ring was on when, and so how much of each row's exposure it lit."""

import threading
from collections import deque

import numpy as np
import numpy.typing as npt

from detector.types import Frame, LedEdge, LedState
from firmware.drivers.sim.rooms import Room, room_named

__all__ = ["OpticsWorld"]

_EDGES_KEPT = 256


class OpticsWorld:
    """What the camera and the LED twin of one room share.

    Parameters
    ----------
    room_name : str

    Raises
    ------
    InputError
        There is no such room.
    """

    def __init__(self, room_name: str) -> None:
        self.room: Room = room_named(room_name)
        self._edges: deque[LedEdge] = deque(maxlen=_EDGES_KEPT)
        self._lock = threading.Lock()

    def switch(self, edge: LedEdge) -> None:
        """Note that from `edge.t_ns` on only this ring is lit; times never go back."""
        with self._lock:
            self._edges.append(edge)

    def is_lit(self, state: LedState) -> bool:
        """Return whether a ring has been lit since the last edge."""
        with self._lock:
            return bool(self._edges) and self._edges[-1].state is state

    def lit_fractions(self, frame: Frame, state: LedState) -> npt.NDArray[np.float64]:
        """Return the fraction of each row's exposure during which a ring was lit.

        Parameters
        ----------
        frame : Frame
            Its times and the number of its rows; rows begin their exposure evenly over `readout_ns`.
        state : LedState

        Returns
        -------
        ndarray of float64, shape (height,)
            0 to 1.
        """
        rows = frame.pixels.shape[0]
        starts_ns = np.linspace(0, frame.readout_ns, rows)
        with self._lock:
            edges = list(self._edges)
        if not edges:
            return np.zeros(rows)
        # Times relative to the frame keep the precision that float64 would lose on absolute nanoseconds.
        times_ns = np.array([edge.t_ns - frame.t_ns for edge in edges], dtype=np.float64)
        lit = np.array([edge.state is state for edge in edges], dtype=np.float64)
        horizon_ns = max(times_ns[-1], frame.readout_ns + frame.exposure_ns) + 1.0
        knots_ns = np.append(times_ns, horizon_ns)
        lit_until_ns = np.concatenate([[0.0], np.cumsum(lit * np.diff(knots_ns))])
        on_ns = np.interp(starts_ns + frame.exposure_ns, knots_ns, lit_until_ns)
        on_ns -= np.interp(starts_ns, knots_ns, lit_until_ns)
        return np.asarray(np.clip(on_ns / frame.exposure_ns, 0.0, 1.0))
