"""The line-rate score on pure noise against its null; markdown on stdout.

python benchmarks/rf_null.py [dwells]
"""

import sys

import numpy as np

from detector.rf.envelope import power_envelope
from detector.rf.line_rate import null_probability, score_lines
from detector.rf.options import RfOptions

LEVELS_DB = (3.0, 4.0, 5.0, 6.0, 7.0)


def scores(dwells: int, seconds: float) -> np.ndarray:
    """Better score of the two standards in each dwell of white noise."""
    options = RfOptions()
    rng = np.random.default_rng(11)
    out = []
    for _ in range(dwells):
        samples = rng.standard_normal(2 * round(seconds * 2.4e6), np.float32).view(np.complex64)
        envelope = power_envelope(samples, 2.4e6, options.envelope_rate_hz, options.limiter)
        out.append(score_lines(envelope, options.local_window_hz).score_db)
    return np.array(out)


def main() -> None:
    """Print how often noise passes each level, and the bound."""
    dwells = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    measured = scores(dwells, 0.02)
    print("| score above | measured | null, two standards |\n|---|---|---|")
    for level in LEVELS_DB:
        bound = 1 - (1 - null_probability(level)) ** 2
        print(f"| {level:g} dB | {np.mean(measured > level):.5f} | {bound:.5f} |")


if __name__ == "__main__":
    main()
