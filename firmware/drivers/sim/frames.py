"""The camera of a simulated room: a rolling shutter on a fixed beat, lit by the room's own rings."""

import numpy as np
import numpy.typing as npt

from detector.lens.synth import HandMotion, SceneRenderer
from detector.lens.synth.handheld import Pose
from detector.types import Frame, LedState, Provenance
from firmware.drivers.clock import NS_PER_S, SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase
from firmware.drivers.sim.world import OpticsWorld
from firmware.drivers.source import Source

__all__ = ["SimCamera"]

_PERIOD_NS = 33_333_333
_EXPOSURE_NS = 2_000_000
_READOUT_NS = 10_000_000
_Pixels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


class SimCamera(DriverBase):
    """640 x 480, 30 frames a second, 2 ms exposure, 10 ms read-out.

    A reader that comes late misses frames, and the sequence numbers show it, as with a real camera.

    Parameters
    ----------
    source : Source
        ``sim:ROOM``.
    world : OpticsWorld
        Shared with the rings.
    clock : Clock
        The rings'.
    """

    def __init__(self, source: Source, world: OpticsWorld, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__(source.text, Provenance.SIMULATED)
        self.geometry = world.room.geometry
        self._world = world
        self._clock = clock
        self._hand: HandMotion = world.room.hand()
        self._renderer: SceneRenderer | None = None
        self._opened_ns = 0
        self._sequence = -1

    def open(self) -> None:
        """Build the wall and start the beat."""
        self._renderer = self._world.room.renderer()
        self._opened_ns = self._clock.monotonic_ns()
        self._sequence = -1

    def close(self) -> None:
        """Forget the wall; harmless when not open."""
        self._renderer = None

    def read(self) -> Frame:
        """Wait for the end of the next frame and return it; see `FrameSource.read`.

        Raises
        ------
        DeviceError
            Not open.
        """
        if self._renderer is None:
            raise self.failure("not open")
        newest = (self._clock.monotonic_ns() - self._opened_ns - _EXPOSURE_NS - _READOUT_NS) // _PERIOD_NS
        self._sequence = max(self._sequence + 1, newest)
        frame = self._unlit(self._opened_ns + self._sequence * _PERIOD_NS)
        self._clock.sleep_until(frame.t_end_ns)
        return self._unlit(frame.t_ns, self._expose(self._renderer, frame))

    def pose(self, frame: Frame) -> Pose:
        """Return where the hand held the camera at the frame's first row: the truth for tests."""
        return self._pose_at(frame.t_ns)

    def _pose_at(self, t_ns: int) -> Pose:
        return self._hand.pose((t_ns - self._opened_ns) / NS_PER_S)

    def _unlit(self, t_ns: int, pixels: _Pixels | None = None) -> Frame:
        if pixels is None:
            pixels = np.zeros((self.geometry.height_px, self.geometry.width_px), dtype=np.uint8)
        return Frame(
            pixels=pixels,
            t_ns=t_ns,
            exposure_ns=_EXPOSURE_NS,
            readout_ns=_READOUT_NS,
            sequence=self._sequence,
            provenance=self.provenance,
        )

    def _expose(self, renderer: SceneRenderer, frame: Frame) -> _Pixels:
        rings: list[LedState] = [state for state in LedState if state is not LedState.DARK]
        lit: dict[LedState, npt.NDArray[np.float64]] = {r: self._world.lit_fractions(frame, r) for r in rings}
        if all(np.ptp(rows) == 0 for rows in lit.values()):
            return self._render(renderer, frame, {state: float(rows[0]) for state, rows in lit.items()})
        return self._blend(renderer, frame, lit)

    def _blend(self, renderer: SceneRenderer, frame: Frame, lit: dict[LedState, npt.NDArray[np.float64]]) -> _Pixels:
        """Mix fully lit pictures row by row: the light changed while the shutter rolled."""
        dark = self._render(renderer, frame, {}).astype(np.float32)
        mixed = dark.copy()
        for state, fractions in lit.items():
            if fractions.any():
                bright = self._render(renderer, frame, {state: 1.0})
                mixed += fractions[:, np.newaxis].astype(np.float32) * (bright - dark)
        limit = float(2**self.geometry.bit_depth - 1)
        return np.clip(np.rint(mixed), 0, limit).astype(np.uint8)

    def _render(self, renderer: SceneRenderer, frame: Frame, light: dict[LedState, float]) -> _Pixels:
        last = self._pose_at(frame.t_ns + frame.readout_ns)
        smear_px = renderer.smear_px(self.pose(frame), self._pose_at(frame.t_ns + frame.exposure_ns))
        return renderer.render(
            self.pose(frame),
            light,
            exposure_ns=frame.exposure_ns,
            noise_seed=self._sequence,
            end_pose=last,
            smear_px=smear_px,
        )
