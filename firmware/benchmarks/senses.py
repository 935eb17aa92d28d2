"""Cost of each sense's whole step, on generated items, against a plain operation on the same data."""

from collections.abc import Callable
from itertools import cycle

import cv2
import scipy.fft

from detector.lens.options import LensOptions
from detector.lens.sense import LensSense
from detector.lens.synth import HandMotion, SceneRenderer, StrobePlan, random_scene, strobe_frames
from detector.rf.band_plan import shipped_band_plan
from detector.rf.convert import from_raw
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import AnalogVideoEmission, Sky, moving_room
from detector.types import CameraGeometry, IqBlock, Provenance, Tuning
from firmware.benchmarks.timing import cpu_seconds_side_by_side

__all__ = ["measure_lens", "measure_rf"]

_SPAN_HZ = (24e6, 1766e6)
_CAMERA_HZ = 1240e6
_DISTINCT_HOPS = 64
_RF_RUNS = 400
_LENS_GEOMETRY = CameraGeometry(width_px=1296, height_px=972, hfov_deg=62.2, black_level_dn=4.0)
_LENS_SETS = 30


def measure_rf() -> dict[str, float]:
    """Return what one hop's analysis costs.

    Returns
    -------
    dict
        ``realtime_factor``: 2.4 MS/s samples analysed per processor second, over 2.4e6. ``cost_vs_fft``: processor
        time of a whole hop (conversion from cu8, analysis, report) over one complex64 FFT of the same samples.

    Notes
    -----
    The hops are those of a sweep with one camera on the air, confirmation dwells left out: the usual hop holds none.
    """
    options = RfOptions()
    sense = RfSense.for_sweep(options, shipped_band_plan(options.region), _SPAN_HZ)
    sky = Sky([AnalogVideoEmission(center_hz=_CAMERA_HZ, power_dbfs=-20.0, pictures=moving_room(1, 2))], seed=1)
    sample_count = round(options.dwell_s * options.sample_rate_hz)
    tunings = [
        Tuning(center_hz=400e6 + 4e6 * k, sample_rate_hz=options.sample_rate_hz, sample_count=sample_count)
        for k in range(_DISTINCT_HOPS)
    ]
    raw = [sky.receive(tuning, k * options.dwell_s) for k, tuning in enumerate(tunings)]
    step = _hop_stepper(sense, tunings, [bytes(block) for block in raw])
    spectra = cycle([from_raw(block, "cu8")[0] for block in raw])
    hop_s, fft_s = cpu_seconds_side_by_side(step, lambda: scipy.fft.fft(next(spectra)), _RF_RUNS)
    return {
        "realtime_factor": sample_count / options.sample_rate_hz / hop_s,
        "cost_vs_fft": hop_s / fft_s,
        "ms_per_hop": hop_s * 1e3,
    }


def _hop_stepper(sense: RfSense, tunings: list[Tuning], raw: list[bytes]) -> Callable[[], object]:
    hops = cycle(enumerate(zip(tunings, raw, strict=True)))
    elapsed_ns = 0

    def step() -> object:
        nonlocal elapsed_ns
        number, (tuning, data) = next(hops)
        samples, clipped = from_raw(data, "cu8")
        elapsed_ns += round(len(samples) / tuning.sample_rate_hz * 1e9)
        block = IqBlock(
            samples=samples,
            center_hz=tuning.center_hz,
            sample_rate_hz=tuning.sample_rate_hz,
            sequence=number,
            t_ns=elapsed_ns,
            provenance=Provenance.SIMULATED,
            clipped_fraction=clipped,
        )
        sense.step(block)
        return sense.report()

    return step


def measure_lens() -> dict[str, float]:
    """Return what one camera frame's analysis costs at 1296 x 972.

    Returns
    -------
    dict
        ``ms_per_frame``: processor time of the whole per-frame work, report included, in ms, as the mean over strobe
        sets. ``cost_vs_blur``: over one 5 x 5 Gaussian blur of the frame.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        renderer = SceneRenderer(random_scene(11, lenses=1, clutter=8), _LENS_GEOMETRY, seed=11)
        frames = [frame for frame, _ in strobe_frames(renderer, HandMotion(seed=11), StrobePlan(sets=_LENS_SETS + 1))]
        sense = LensSense(LensOptions(), _LENS_GEOMETRY)
        triples = iter([frames[k : k + 3] for k in range(0, len(frames), 3)])
        blurred = frames[0].pixels

        def step() -> None:
            for frame in next(triples):
                sense.step(frame)
                sense.report()

        set_s, blur_s = cpu_seconds_side_by_side(step, lambda: cv2.GaussianBlur(blurred, (5, 5), 0), _LENS_SETS)
    finally:
        cv2.setNumThreads(threads)
    return {"ms_per_frame": set_s / 3 * 1e3, "cost_vs_blur": set_s / 3 / blur_s}
