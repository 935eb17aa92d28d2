"""Fit the confidence of the line-rate test on generated cameras and hard negatives; prints calibration.toml.

    python -m benchmarks.rf_calibrate DRAWS [HACKTV_DIRECTORY] [--models fields ...] [--negatives 2]

DRAWS scenes of every kind of negative times `--negatives`, DRAWS times 24 cameras; HACKTV_DIRECTORY from
benchmarks/hacktv_slices.py adds pictures by an independent modulator. Seeds and clips here are never those of the
scorers or of the tests.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.optimize

from benchmarks.rf_sky import CENTER_HZ, NOISE_DBFS, RATE_HZ, HacktvSlice, hacktv_slices, in_slice_power, receive
from detector.rf.options import RfOptions
from detector.rf.synth import AnalogVideoEmission, DongleModel, Emission, Sky, hard_negatives, moving_room
from detector.rf.video.classifier import MODELS, features, measure, refute

OPTIONS = RfOptions()
DWELLS_S = dict(zip(MODELS, (0.012, 0.02, 0.04, 0.1), strict=True))
SMOOTHING = 1e-4

Samples = npt.NDArray[np.complex64]


def cameras(rng: np.random.Generator, count: int) -> Iterator[AnalogVideoEmission]:
    """Cameras of every kind, at any place in the slice and any power from -13 dB in it on."""
    for number in range(count):
        camera = AnalogVideoEmission(
            center_hz=CENTER_HZ,
            power_dbfs=0,
            pictures=moving_room(5000 + number // 12, 3),
            system=("PAL", "NTSC")[number % 2],
            modulation="AM" if number % 8 > 5 else "FM",
            deviation_hz=float(rng.choice([2.5e6, 4e6, 6e6])),
            inverted=number % 5 == 4,
            ppm=rng.uniform(-60, 60),
        )
        width = 1.6e6 if camera.modulation == "AM" else 2.8e6
        offset_hz = rng.uniform(-width, width)
        power_dbfs = NOISE_DBFS + rng.uniform(-13, 20) - 10 * np.log10(in_slice_power(camera, offset_hz))
        yield camera.at(center_hz=CENTER_HZ - offset_hz, power_dbfs=power_dbfs)


def scenes(draws: int, negatives: int, rng: np.random.Generator) -> Iterator[tuple[bool, tuple[Emission, ...]]]:
    """Cameras and negatives, one after the other."""
    for camera in cameras(rng, 24 * draws):
        yield True, (camera,)
    for seed in range(9000, 9000 + draws * negatives):
        for scene in hard_negatives(seed, CENTER_HZ, rng.uniform(-48, -8)).values():
            yield False, scene


def evidence(samples: Samples) -> npt.NDArray[np.float64] | None:
    """Features of a dwell, None when it is no candidate or refuted without them."""
    seen = measure(samples, RATE_HZ, OPTIONS)
    return None if seen is None or refute(seen, OPTIONS) is not None else features(seen)


def collect(
    draws: int, negatives: int, slices: list[HacktvSlice], seconds: float
) -> tuple[list[npt.NDArray[np.float64]], ...]:
    """Features of negatives and of cameras in dwells of one length."""
    rng = np.random.default_rng([77, round(1e4 * seconds)])
    sky = Sky((), DongleModel(noise_dbfs=NOISE_DBFS), seed=4242)
    out: tuple[list[npt.NDArray[np.float64]], ...] = ([], [])
    for camera, emissions in scenes(draws, negatives, rng):
        sky.emissions = emissions
        values = evidence(receive(sky, seconds, rng.uniform(0, 50)))
        if values is not None:
            out[camera].append(values)
    for part in slices:
        values = evidence(part.noisy(rng.uniform(-12, 12), seconds, rng))
        if values is not None:
            out[True].append(values)
    return out


def fit(
    positives: npt.NDArray[np.float64], negatives: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Ridge logistic regression at even odds: intercept and weights, and the log odds of all, positives first."""
    x = np.vstack([positives, negatives])
    sign = np.r_[np.ones(len(positives)), -np.ones(len(negatives))]
    share = np.where(sign > 0, 0.5 / len(positives), 0.5 / len(negatives))

    def loss(theta: npt.NDArray[np.float64]) -> float:
        margin = sign * (theta[0] + x @ theta[1:])
        return float(np.sum(share * np.logaddexp(0, -margin)) + SMOOTHING * np.sum(theta[1:] ** 2))

    theta = scipy.optimize.minimize(loss, np.zeros(x.shape[1] + 1), method="L-BFGS-B").x
    return theta, theta[0] + x @ theta[1:]


def main() -> None:
    """Collect, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("draws", type=int)
    parser.add_argument("hacktv", type=Path, nargs="?")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--negatives", type=int, default=2)
    arguments = parser.parse_args()
    slices = list(hacktv_slices(arguments.hacktv, every=1)) if arguments.hacktv else []
    for name in arguments.models:
        seconds = DWELLS_S[name]
        negatives, positives = collect(arguments.draws, arguments.negatives, slices, seconds)
        theta, odds = fit(np.array(positives), np.array(negatives))
        camera, other = odds[: len(positives)], odds[len(positives) :]
        low, high = np.quantile(camera, [0.01, 0.05]), np.quantile(other, [0.95, 0.99])
        print(f"\n# {seconds * 1e3:g} ms: {len(positives)} cameras, log odds p1 {low[0]:.1f} p5 {low[1]:.1f}")
        print(f"# {len(negatives)} negatives, log odds p95 {high[0]:.1f} p99 {high[1]:.1f} max {other.max():.1f}")
        print(
            f"[{name}]\nintercept = {theta[0]:.3f}\nweights = [{', '.join(f'{w:.3f}' for w in theta[1:])}]", flush=True
        )


if __name__ == "__main__":
    main()
