"""Samples of a scene at any time and tuning, with the receiver's faults as `detector.rf.synth` models them."""

import copy
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from detector.rf.synth import DongleModel, Emission, LoopEmission, Sky
from detector.types import Tuning
from tests.virtual_dongle.protocol import Flag, Request

__all__ = ["Renderer"]

_RATE_STEP_HZ = 200
_AGC_TARGET = 0.3
_AGC_RELEASE_S = 3.0
_TUNER_RANGE_DB = (0.0, 49.6)
_DIGITAL_RANGE_DB = (0.0, 18.0)


class Renderer:
    """A sky whose transmitters can be switched.

    Parameters
    ----------
    transmitters : mapping of str to Emission
    dongle : DongleModel
    seed : int
    """

    def __init__(self, transmitters: Mapping[str, Emission], dongle: DongleModel, seed: int) -> None:
        for emission in transmitters.values():
            if isinstance(emission, LoopEmission):
                _ = emission.loop  # made now, so that no dongle waits for it
        self._transmitters = dict(transmitters)
        self._off: set[str] = set()
        self._sky = Sky(tuple(transmitters.values()), dongle=dongle, seed=seed)
        self._silence = copy.copy(self._sky)
        self._silence.emissions = ()
        self._heard = (0.0, 0.0, 0.0)

    def switch(self, name: str, on: bool) -> None:
        """Switch a transmitter.

        Raises
        ------
        KeyError
            There is none of this name.
        """
        _ = self._transmitters[name]
        (self._off.discard if on else self._off.add)(name)
        self._sky.emissions = tuple(item for key, item in self._transmitters.items() if key not in self._off)

    def render(self, request: Request, start_s: float, count: int) -> npt.NDArray[np.uint8]:
        """Return samples, uint8 of shape (2 count,).

        The synth wants rates in whole steps of 200 Hz: the chip's odd rates are rounded to that, which shifts a signal
        at the edge of a slice by less than 100 Hz and leaves the seams between two pieces in place only to that.
        """
        agc = request.flags & Flag.TUNER_AGC
        tuning = Tuning(
            center_hz=request.center_hz,
            sample_rate_hz=round(request.rate_hz / _RATE_STEP_HZ) * _RATE_STEP_HZ,
            sample_count=count,
            gain_db=None if agc else request.gain_db,
        )
        sky = self._silence if request.flags & Flag.NO_TUNER else self._sky
        field = sky.field(tuning, start_s)
        if agc:
            low_db, high_db = (edge - sky.dongle.reference_gain_db for edge in _TUNER_RANGE_DB)
            field = self._levelled(field, request, low_db, high_db)
        if request.flags & Flag.DIGITAL_AGC:
            field = self._levelled(field, request, *_DIGITAL_RANGE_DB)
        return sky.dongle.digitise(field)

    def _levelled(
        self, field: npt.NDArray[np.complex64], request: Request, low_db: float, high_db: float
    ) -> npt.NDArray[np.complex64]:
        """Scale as an automatic gain does: down at once, up again over seconds, so that bursts keep their shape."""
        level, center_hz, until_s = self._heard
        passed_s = request.start_s - until_s
        held = level * float(np.exp(-passed_s / _AGC_RELEASE_S)) if center_hz == request.center_hz else 0.0
        part = min(len(field), max(1, round(1e-3 * request.rate_hz)))
        power = np.abs(field[: len(field) // part * part].reshape(-1, part)) ** 2
        level = max(held, float(np.sqrt(power.mean(axis=1).max())), 1e-6)
        self._heard = (level, request.center_hz, request.start_s)
        gain_db = np.clip(20 * np.log10(_AGC_TARGET / level), low_db, high_db)
        return field * np.float32(10 ** (gain_db / 20))
