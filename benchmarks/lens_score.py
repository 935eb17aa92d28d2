"""Score lens finding on held-out synthetic scenes, by condition and by class of object; markdown on stdout.

.venv/bin/python -m benchmarks.lens_score [--scenes 100] [--only CONDITION]
"""

import argparse
from collections.abc import Iterable

import cv2

from benchmarks.lens_scenes import CONDITIONS, HELD_OUT_SEEDS, run_many
from detector.lens.synth.scorer import Outcome, interval, table

HEADER = "| class | objects | alerts | share | 95 % interval | worth a look |\n|---|---|---|---|---|---|"


def print_table(outcomes: Iterable[Outcome], scenes: int) -> None:
    """Print one row per class; alerts on no object at all are counted per scene."""
    print(HEADER)
    for row in table(outcomes):
        if row.kind == "nothing":
            low, high = interval(min(row.alerted, scenes), scenes)
            print(f"| nothing there | {scenes} scenes | {row.alerted} | | {low:.3f}-{high:.3f} a scene | |")
            continue
        shares = f"{row.alerted / row.count:.3f} | {row.low:.3f}-{row.high:.3f}"
        print(f"| {row.kind} | {row.count} | {row.alerted} | {shares} | {row.inspected} |")


def main() -> None:
    """Run the conditions and print their tables, then all of them together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=100)
    parser.add_argument("--only", choices=list(CONDITIONS))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    names = [arguments.only] if arguments.only else list(CONDITIONS)
    everything: list[Outcome] = []
    for number, name in enumerate(names):
        first = HELD_OUT_SEEDS.start + number * 500
        outcomes: list[Outcome] = []
        complete, trusted = 0, 0.0
        for sequence in run_many(range(first, first + arguments.scenes), CONDITIONS[name]):
            report = sequence.sense.report()
            outcomes += sequence.outcomes()
            complete += report.coverage.complete
            trusted += report.figures["registration_trusted_fraction"] / arguments.scenes
        print(f"\n### {name}: {arguments.scenes} scenes, complete {complete}, registration trusted {trusted:.2f}\n")
        print_table(outcomes, arguments.scenes)
        everything += outcomes
    if len(names) > 1:
        print("\n### all conditions\n")
        print_table(everything, arguments.scenes * len(names))


if __name__ == "__main__":
    main()
