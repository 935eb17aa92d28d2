"""What a set could have shown: light, clipping, noise, blur and range each take their share."""

import cv2
import numpy as np
import pytest

from detector.lens.detectability import DetectabilityModel
from detector.lens.fitness import FitnessMeter, Hand
from detector.lens.noise import NoiseModel, estimate_noise
from detector.lens.sharpness import SharpnessMeter, edge_steepness
from detector.lens.strobe import StrobeSet
from tests.unit.detector.lens.lens_helpers import DARK, GEOMETRY, OFF, ON, OPTIONS, SCALE, wall, working

STILL = Hand(speed_deg_s=0.0, trusted=True)
MODEL = DetectabilityModel(retro_gain=80.0, edge_deg=1.55, wall_dn_at_1m=0.02)


def measure(level=90.0, off=None, sigma=2.0, hand=STILL, exposure_ns=2_000_000, model=None, lit=True, pixels=None):
    on = wall(level, 1, sigma) if pixels is None else pixels
    set_ = StrobeSet(
        working(on, ON, exposure_ns=exposure_ns),
        working(wall(level if off is None else off, 2, sigma), OFF, exposure_ns=exposure_ns),
        working(wall(6, 3, sigma), DARK, exposure_ns=exposure_ns),
    )
    meter = FitnessMeter(OPTIONS, GEOMETRY, SCALE, model)
    return meter.measure(set_, hand, estimate_noise(set_.on.grey, 255), lit)


def test_a_well_lit_wall_would_show_the_wanted_lens():
    fitness = measure()
    assert fitness.share(OPTIONS.wanted_aperture_mm) == 1.0
    assert fitness.range_mm is None
    assert fitness.block_px * fitness.smallest_mm.shape[1] <= GEOMETRY.width_px


@pytest.mark.parametrize(
    "changes",
    [{"level": 9.0}, {"level": 240.0}, {"off": 10.0}, {"level": 30.0, "sigma": 12.0}, {"lit": False}],
    ids=["too dark", "too bright", "one ring only", "noise", "no light"],
)
def test_what_hides_a_lens_leaves_no_share(changes):
    assert measure(**changes).share(OPTIONS.wanted_aperture_mm) < 0.05


def test_clipping_counts_where_it_is():
    pixels = wall(90, 1)
    pixels[:, :200] = 255
    fitness = measure(pixels=pixels)
    half = fitness.smallest_mm.shape[1] // 2
    assert np.isinf(fitness.smallest_mm[:, :10]).all()
    assert (fitness.smallest_mm[:, half:] <= OPTIONS.wanted_aperture_mm).all()
    assert fitness.clipped == pytest.approx(200 / 640, abs=0.05)


def test_a_fast_hand_and_a_long_exposure_hide_small_lenses():
    slow = measure(level=40, exposure_ns=12_000_000)
    fast = measure(level=40, exposure_ns=12_000_000, hand=Hand(speed_deg_s=60.0, trusted=True))
    assert np.median(fast.smallest_mm) > 1.2 * np.median(slow.smallest_mm)


def test_calibration_tells_range_and_which_way_to_step():
    near, far = measure(level=90, model=MODEL), measure(level=22, model=MODEL)
    assert near.range_mm is not None
    assert far.range_mm is not None
    assert far.range_mm[1] > 1.5 * near.range_mm[1]
    assert far.middle_mm > near.middle_mm
    assert far.nearer_mm < far.farther_mm
    assert np.isnan(measure().nearer_mm)


def test_edges_tell_sharpness_whatever_their_contrast():
    step = np.where(np.arange(640) % 160 < 80, 40, 200).astype(np.uint8)
    image = np.broadcast_to(step, (480, 640)).copy()
    low = (image // 2 + 20).astype(np.uint8)
    noise = NoiseModel(1.0, 0.0)
    sharp = edge_steepness(cv2.GaussianBlur(image, (0, 0), 0.6), noise)
    weaker = edge_steepness(cv2.GaussianBlur(low, (0, 0), 0.6), noise)
    blurred = edge_steepness(cv2.GaussianBlur(image, (0, 0), 2.5), noise)
    assert sharp == pytest.approx(weaker, abs=0.05)
    assert blurred < 0.5 * sharp
    assert edge_steepness(wall(), NoiseModel(4.0, 0.0)) is None


def test_blur_is_told_against_the_best_of_the_same_wall():
    step = np.where(np.arange(640) % 160 < 80, 40, 200).astype(np.uint8)
    image = np.broadcast_to(step, (480, 640)).copy()
    noise, meter = NoiseModel(1.0, 0.0), SharpnessMeter(OPTIONS)
    blurred = cv2.GaussianBlur(image, (0, 0), 2.5)
    assert meter.is_sharp(blurred, noise)  # nothing better is known
    assert meter.is_sharp(image, noise)
    assert not meter.is_sharp(blurred, noise)
    assert meter.is_sharp(wall(), noise)  # no edges: nothing to tell by
    meter.restart()
    assert meter.is_sharp(blurred, noise)
