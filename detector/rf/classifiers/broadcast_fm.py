"""FM radio: the 19 kHz pilot of a stereo station after FM demodulation.

ITU-R BS.450: the pilot deviates the carrier by 6.75 kHz and has 15-23 kHz to itself, so its neighbours show what the
noise is there. Null: the periodogram of the demodulated noise is exponential about its local mean; the largest of
three bins over the local median exceeds r with P = 1 - (1 - 2^-r)^3.
"""

import numpy as np

from detector.rf.classifiers.statistics import log_ratio, peak_surprise
from detector.rf.classifiers.template import Run, SliceView, Verdict
from detector.types import SignalKind

__all__ = ["BroadcastFmClassifier", "pilot_ratio", "scintillation"]

_PILOT_HZ, _CLEAR_HZ = 19e3, (16.5e3, 21.5e3)
_CHANNEL_HZ = 200e3
_NARROWEST_HZ, _WIDEST_HZ = 20e3, 320e3
_LEAST_SECONDS = 0.005
_SHAPE_HZ, _SHAPE_SCINTILLATION, _SHAPE_RATIO = 60e3, 1.5, 2.0


class BroadcastFmClassifier:
    """Finds FM radio by its pilot.

    Refusals: ``wrong_width``, ``too_short``, ``no_pilot`` (mono, silent or something else).
    """

    kind = SignalKind.BROADCAST_FM

    def judge(self, view: SliceView, run: Run) -> Verdict:
        """Return how plain the pilot is."""
        if not _NARROWEST_HZ <= run.width_hz <= _WIDEST_HZ:
            return Verdict(kind=self.kind, log_ratio=-np.inf, refusal="wrong_width")
        if view.seconds < _LEAST_SECONDS or view.sample_rate_hz < _CHANNEL_HZ:
            return Verdict(kind=self.kind, log_ratio=-np.inf, refusal="too_short")
        ratio = log_ratio(peak_surprise(pilot_ratio(view, run), bins=3))
        if ratio > 0:
            return Verdict(kind=self.kind, log_ratio=ratio)
        plain = run.width_hz >= _SHAPE_HZ and scintillation(view, run) < _SHAPE_SCINTILLATION
        # a mono station: width and steady level make a small case that the plan's row can tip
        return Verdict(kind=self.kind, log_ratio=_SHAPE_RATIO, refusal=None if plain else "no_pilot")


def scintillation(view: SliceView, run: Run) -> float:
    """Return mean |z|^4 over squared mean |z|^2: 1 for FM, 2 for noise."""
    power = np.abs(view.channel(run, _CHANNEL_HZ).samples) ** 2
    return float(np.mean(power**2) / (np.mean(power) ** 2 + 1e-30))


def pilot_ratio(view: SliceView, run: Run) -> float:
    """Return the largest of three bins at 19 kHz over the median of what surrounds it."""
    channel = view.channel(run, _CHANNEL_HZ)
    steps = np.angle(channel.samples[1:] * channel.samples[:-1].conj())
    power = np.abs(np.fft.rfft(steps * np.hanning(len(steps)))) ** 2
    bin_hz = channel.sample_rate_hz / len(steps)
    pilot = round(_PILOT_HZ / bin_hz)
    around = power[round(_CLEAR_HZ[0] / bin_hz) : round(_CLEAR_HZ[1] / bin_hz)]
    return float(power[pilot - 1 : pilot + 2].max() / (np.median(around) + 1e-30))
