"""Fit the confidence of the line-rate test on generated cameras and hard negatives; prints calibration.toml.

    python benchmarks/rf_calibrate.py [draws] > detector/rf/calibration.toml

Seeds here are never those of the scorer (benchmarks/rf_score.py) or of the tests.
"""

import sys
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import scipy.optimize

from detector.rf.classifier import features, refute
from detector.rf.envelope import power_envelope
from detector.rf.line_rate import score_lines
from detector.rf.options import RfOptions
from detector.rf.synth import AnalogVideoEmission, DongleModel, Sky, Tuning, hard_negatives, moving_room
from detector.rf.video_structure import measure_structure

OPTIONS = RfOptions()
RATE_HZ, CENTER_HZ = 2.4e6, 1.2e9
DWELLS_S = {"short": (0.02,), "field": (0.04,), "comb": (0.1,)}
SMOOTHING = 5e-5


def cameras(rng: np.random.Generator, draws: int) -> Iterator[AnalogVideoEmission]:
    """Cameras of every kind, each with `draws` tunings and powers."""
    for number in range(16):
        camera = AnalogVideoEmission(
            center_hz=CENTER_HZ,
            power_dbfs=0,
            pictures=moving_room(5000 + number, 3),
            system=("PAL", "NTSC")[number % 2],
            modulation="AM" if number % 8 > 5 else "FM",
            deviation_hz=float(rng.choice([2.5e6, 4e6, 6e6])),
            inverted=number % 5 == 4,
            ppm=rng.uniform(-50, 50),
        )
        width = 1.6e6 if camera.modulation == "AM" else 2.8e6
        for _ in range(draws):
            offset_hz = rng.uniform(-width, width)
            in_slice = np.mean(np.abs(camera.slice(0.3, 24000, CENTER_HZ + offset_hz, RATE_HZ)) ** 2)
            power_dbfs = -36 + rng.uniform(-12, 20) - 10 * np.log10(in_slice)
            yield camera.at(center_hz=CENTER_HZ - offset_hz, power_dbfs=power_dbfs)


def dwell(sky: Sky, seconds: float, t0_s: float) -> npt.NDArray[np.float64] | None:
    """Features of a dwell, None when it is no candidate or refuted."""
    tuning = Tuning(center_hz=CENTER_HZ, sample_rate_hz=RATE_HZ, sample_count=round(seconds * RATE_HZ))
    samples = ((sky.receive(tuning, t0_s).astype(np.float32) - 127.5) / 127.5).view(np.complex64)
    envelope = power_envelope(samples, RATE_HZ, OPTIONS.envelope_rate_hz, OPTIONS.limiter)
    lines = score_lines(envelope, OPTIONS.local_window_hz)
    if lines.score_db < OPTIONS.shortlist_db:
        return None
    structure = measure_structure(envelope, lines.standard, OPTIONS.local_window_hz)
    # dwells that only lack a field stay in, or too few negatives are left to fit what the field is worth
    return features(lines, structure) if refute(lines, structure, OPTIONS) in (None, "no_field_rate") else None


def collect(draws: int) -> dict[str, tuple[list[npt.NDArray[np.float64]], list[npt.NDArray[np.float64]]]]:
    """Features of cameras and of negatives, for each model."""
    rng = np.random.default_rng(77)
    sky = Sky((), DongleModel(), seed=4242)
    out: dict[str, tuple[list[npt.NDArray[np.float64]], list[npt.NDArray[np.float64]]]] = {
        name: ([], []) for name in DWELLS_S
    }
    scenes: list[tuple[int, tuple[object, ...]]] = [(0, (camera,)) for camera in cameras(rng, draws)]
    for seed in range(9000, 9000 + draws):
        scenes += [(1, scene) for scene in hard_negatives(seed, CENTER_HZ, rng.uniform(-40, -8)).values()]
    for label, emissions in scenes:
        sky.emissions = emissions
        for name, lengths in DWELLS_S.items():
            values = dwell(sky, float(rng.choice(lengths)), rng.uniform(0, 50))
            if values is not None:
                out[name][label].append(values)
    return out


def fit(
    positives: npt.NDArray[np.float64], negatives: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Ridge logistic regression at even odds, weights kept at or above 0 (every feature speaks for video)."""
    x = np.vstack([positives, negatives])
    sign = np.r_[np.ones(len(positives)), -np.ones(len(negatives))]
    share = np.where(sign > 0, 0.5 / len(positives), 0.5 / len(negatives))

    def loss(theta: npt.NDArray[np.float64]) -> float:
        margin = sign * (theta[0] + x @ theta[1:])
        return float(np.sum(share * np.logaddexp(0, -margin)) + SMOOTHING * np.sum(theta[1:] ** 2))

    bounds = [(None, None)] + [(0, None)] * x.shape[1]
    theta = scipy.optimize.minimize(loss, np.zeros(x.shape[1] + 1), method="L-BFGS-B", bounds=bounds).x
    return theta, theta[0] + x @ theta[1:]


def main() -> None:
    """Collect, fit, print."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    print("# Made by benchmarks/rf_calibrate.py", draws, "(even odds; the prior is added at run time)")
    for name, (positives, negatives) in collect(draws).items():
        theta, odds = fit(np.array(positives), np.array(negatives))
        camera, other = odds[: len(positives)], odds[len(positives) :]
        low, high = np.quantile(camera, 0.05), np.quantile(other, 0.95)
        print(f"\n# {len(positives)} cameras, log odds p5 {low:.1f} median {np.median(camera):.1f}")
        print(f"# {len(negatives)} negatives, log odds p95 {high:.1f} max {other.max():.1f}")
        print(f"[{name}]\nintercept = {theta[0]:.3f}\nweights = [{', '.join(f'{w:.3f}' for w in theta[1:])}]")


if __name__ == "__main__":
    main()
