"""The strobe: which ring is lit when, and which light each frame was taken under.

A camera on a fixed beat tells by its stamps when it will be exposing next. The light is changed between two frames,
so that none is spoilt, and every frame is under a light of its own; where exposure and read-out leave no room between
two frames, a light is held until one frame was wholly under it, and the frame in between is spoilt. That is only a
plan. What light a frame was under is read off the log of the edges afterwards, whatever was planned: a plan that fails
costs frames, and mixes nothing up.
"""

from collections import deque
from dataclasses import replace

from detector.lens.attribution import light_during
from detector.types import Frame, LedEdge, LedState
from firmware.drivers.clock import SYSTEM_CLOCK, Clock
from firmware.drivers.interfaces import LedDriver

__all__ = ["Beat", "Strobe"]

_SET = (LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK)
_DIMMED_SET = (LedState.ON_AXIS_DIM, LedState.ON_AXIS, LedState.OFF_AXIS)
_DARK_SET = (LedState.DARK, LedState.ON_AXIS, LedState.OFF_AXIS)
_EDGES_KEPT = 16
_BEAT_FRAMES = 9
_ROOM_TO_SPARE = 0.25  # of the gap between two frames, kept from the end of the one before


class Beat:
    """When a camera exposes, learnt from the stamps of its newest frames."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque(maxlen=_BEAT_FRAMES)

    @property
    def known(self) -> bool:
        """Whether two frames were heard."""
        return len(self._frames) > 1

    def hear(self, frame: Frame) -> None:
        """Learn from one more frame; a frame that is not later than the last begins anew."""
        if self._frames and (frame.sequence <= self._frames[-1].sequence or frame.t_ns <= self._frames[-1].t_ns):
            self._frames.clear()
        self._frames.append(frame)

    def next_edge_ns(self, lit_ns: int, now_ns: int) -> int | None:
        """Return when to change the light so that one frame, at least, will have been wholly under the present one.

        Parameters
        ----------
        lit_ns : int
            The present light has been there since.
        now_ns : int

        Returns
        -------
        int or None
            `now_ns` or later, in the gap behind a frame. None while the beat is not known (`known`), and where the
            time comes so late that the next frame should be taken first.
        """
        if not self.known:
            return None
        first, last = self._frames[0], self._frames[-1]
        period_ns = (last.t_ns - first.t_ns) // (last.sequence - first.sequence)
        gap_ns = max(0, period_ns - (last.t_end_ns - last.t_ns))
        spare_ns = round(_ROOM_TO_SPARE * gap_ns)
        begins_under_it = -((last.t_ns - lit_ns) // period_ns)  # frames after the last; rounded up
        gap_to_come = -((last.t_end_ns + gap_ns - spare_ns - now_ns) // period_ns)
        # Never before the last frame's end: it may have been delivered sooner, where its read-out is overestimated.
        end_ns = last.t_end_ns + max(0, begins_under_it, gap_to_come) * period_ns
        edge_ns = max(now_ns, end_ns + max(1, spare_ns))
        return edge_ns if edge_ns <= now_ns + period_ns + period_ns // 4 else None


class Strobe:
    """Steps the rings through on-axis, off-axis and dark, and attributes the frames.

    Where the on-axis ring can be dimmed, a dimmed frame takes the dark one's place in every other set.

    Parameters
    ----------
    leds : LedDriver
        Open.
    clock : Clock
        The one that stamps frames and edges.
    """

    def __init__(self, leds: LedDriver, clock: Clock = SYSTEM_CLOCK) -> None:
        self._leds = leds
        self._clock = clock
        self._beat = Beat()
        self._edges: deque[LedEdge] = deque(maxlen=_EDGES_KEPT)
        self._cycle = _DIMMED_SET + _DARK_SET if leds.dims else _SET
        self._position = 0
        self._edges.append(leds.switch(self._cycle[0]))

    def attribute(self, frame: Frame) -> Frame:
        """Return the frame with its light, and move the light on for the frames to come.

        Waits until the light may change, which is before the next frame is missed: call it between two frames.
        A frame that knows its light (a recording) is returned as it is.
        """
        if frame.led is not None:
            return frame
        self._beat.hear(frame)
        light = light_during(frame, tuple(self._edges))
        if not self._beat.known:
            if light is not None and light.state is self._cycle[self._position]:
                self._clock.sleep_until(frame.t_end_ns + 1)
                self._step()
        else:
            edge_ns = self._beat.next_edge_ns(self._edges[-1].t_ns, self._clock.monotonic_ns())
            if edge_ns is not None:
                self._clock.sleep_until(edge_ns)
                self._step()
        if light is None:
            return frame
        return replace(frame, led=light.state, wavelength_nm=light.wavelength_nm)

    def _step(self) -> None:
        self._position = (self._position + 1) % len(self._cycle)
        self._edges.append(self._leds.switch(self._cycle[self._position]))
