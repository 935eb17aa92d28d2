"""The line-rate and field statistics on pure noise: tails against the normal law; markdown on stdout.

python -m benchmarks.rf_null [dwells]
"""

import sys
from dataclasses import astuple
from math import erfc, sqrt

import numpy as np

from benchmarks.rf_sky import RATE_HZ
from detector.rf.options import RfOptions
from detector.rf.video.fields import FieldEvidence, measure_fields
from detector.rf.video.line_rate import score_lines
from detector.rf.video.raster import make_raster
from detector.rf.video.subbands import fine_bands, quick_bands

LEVELS = (1.0, 2.0, 3.0, 3.5, 4.0, 4.5)


def main() -> None:
    """Print how often noise passes each level."""
    dwells = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    options, rng = RfOptions(), np.random.default_rng(11)
    quick, fine, fields = [], [], []
    for number in range(dwells):
        samples = rng.standard_normal(2 * round(0.02 * RATE_HZ), np.float32).view(np.complex64)
        quick.append(score_lines(quick_bands(samples, RATE_HZ, options.quick_limiter)).z)
        if number % 10 == 0:
            samples = rng.standard_normal(2 * round(0.1 * RATE_HZ), np.float32).view(np.complex64)
            bands = fine_bands(samples, RATE_HZ, options.limiter)
            lines = score_lines(bands)
            raster = make_raster(bands, lines.standard, lines.clock_ppm)
            assert raster is not None
            fine.append(lines.z)
            fields.append(astuple(measure_fields(raster))[1:])
    print(f"{dwells} dwells of 20 ms (quick), {len(fine)} of 100 ms (fine), the better of two standards:\n")
    print("| z above | quick | fine | normal law, two standards |\n|---|---|---|---|")
    for level in LEVELS:
        law = 1 - (1 - 0.5 * erfc(level / sqrt(2))) ** 2
        shares = [float(np.mean(np.array(values) > level)) for values in (quick, fine)]
        print(f"| {level:g} | {shares[0]:.5f} | {shares[1]:.4f} | {law:.6f} |")
    print("\n| field statistic | mean | standard deviation | 99 % |\n|---|---|---|---|")
    for name, column in zip(list(FieldEvidence.__slots__)[1:], np.array(fields).T, strict=True):
        print(f"| {name} | {column.mean():.2f} | {column.std():.2f} | {np.quantile(column, 0.99):.1f} |")


if __name__ == "__main__":
    main()
