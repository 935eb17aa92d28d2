"""What a frame costs at 1296 x 972 on one thread, beside one 5 x 5 Gaussian blur of the same frame."""

import statistics
import time

import cv2

from detector.lens.options import LensOptions
from detector.lens.sense import LensSense
from detector.lens.synth import HandMotion, SceneRenderer, StrobePlan, random_scene, strobe_frames
from detector.types import CameraGeometry

GEOMETRY = CameraGeometry(width_px=1296, height_px=972, hfov_deg=54.0, black_level_dn=16)
WARM_UP = 6


def measure(sets: int = 20) -> dict[str, float]:
    """Return `ms_per_frame` (median over strobe sets of the mean of a set), `blur_ms` and `cost_vs_blur`.

    The sense's whole work is counted, its report once a frame included; rendering is not. Times are of this thread's
    processor, so that other work on the machine does not count.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    renderer = SceneRenderer(random_scene(7, lenses=1), GEOMETRY)
    frames = [frame for frame, _ in strobe_frames(renderer, HandMotion(7), StrobePlan(sets=sets))]
    sense = LensSense(LensOptions(), GEOMETRY)
    spent, blurred = [], []
    for frame in frames:
        start = time.thread_time()
        sense.step(frame)
        sense.report()
        middle = time.thread_time()
        cv2.GaussianBlur(frame.pixels, (5, 5), 0)
        spent.append(middle - start)
        blurred.append(time.thread_time() - middle)
    cv2.setNumThreads(threads)
    per_set = [statistics.fmean(spent[k : k + 3]) for k in range(WARM_UP, len(spent), 3)]
    frame_ms = statistics.median(per_set) * 1e3
    blur_ms = statistics.median(blurred[WARM_UP:]) * 1e3
    return {"ms_per_frame": frame_ms, "blur_ms": blur_ms, "cost_vs_blur": frame_ms / blur_ms}


if __name__ == "__main__":
    print({name: round(value, 2) for name, value in measure().items()})
