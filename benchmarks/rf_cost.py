"""Cost of the radio sense a hop, against the FFT of the same samples and against real time.

    python benchmarks/rf_cost.py

Recipe: one sweep sense, 20 ms dwells of noise and ambient signals at 2.4 MS/s (what nearly all hops are), best of
several repetitions of a few hundred steps, and of complex64 FFTs of the same 48 000 samples, in the same run.
"""

import json
import time
from collections.abc import Callable

import numpy as np
import scipy.fft

from detector.rf.band_plan import shipped_band_plan
from detector.rf.convert import from_raw
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import FmBroadcastEmission, Sky, Tuning
from detector.types import IqBlock, Provenance

HOPS, REPETITIONS = 120, 7


def measure() -> dict[str, float]:
    """Return ``realtime_factor``, ``cost_vs_fft``, ``ms_per_hop`` and ``ms_per_fft``; takes about a second."""
    options = RfOptions()
    sense = RfSense.for_sweep(options, shipped_band_plan("KR"), (24e6, 1766e6))
    sky = Sky([FmBroadcastEmission(center_hz=1.08e9 + 3e5, power_dbfs=-20, seed=1)], seed=3)
    blocks = []
    for number in range(HOPS):
        tuning = sense.next_tuning()
        samples, clipped = from_raw(sky.receive(tuning, number * 0.03), "cu8")
        blocks.append(_block(samples, tuning, number, clipped))
    step_s = min(_timed(lambda: [sense.step(block) for block in blocks]) for _ in range(REPETITIONS)) / HOPS
    fft_s = min(_timed(lambda: [scipy.fft.fft(b.samples) for b in blocks]) for _ in range(REPETITIONS)) / HOPS
    return {
        "realtime_factor": options.dwell_s / step_s,
        "cost_vs_fft": step_s / fft_s,
        "ms_per_hop": step_s * 1e3,
        "ms_per_fft": fft_s * 1e3,
    }


def _block(samples: np.typing.NDArray[np.complex64], tuning: Tuning, number: int, clipped: float) -> IqBlock:
    return IqBlock(
        samples=samples,
        center_hz=tuning.center_hz,
        sample_rate_hz=tuning.sample_rate_hz,
        sequence=number,
        t_ns=number * 30_000_000,
        provenance=Provenance.SIMULATED,
        clipped_fraction=clipped,
    )


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
