"""Render scenes of a split as `lens-sequence/1` directories with truth files; see README.md for what it needs.

    python -m benchmarks.path_tracer OUT [--split fit|held_out] [--scenes 12] [--first 0] [--sets 8]

A scene that is there already is left as it is, so that an interrupted run goes on where it stopped.
"""

import argparse
import sys
import time
from pathlib import Path

from benchmarks.path_tracer.mitsuba_backend import MitsubaMissingError, opened
from benchmarks.path_tracer.recipe import Split, recipe
from benchmarks.path_tracer.sequence import render
from benchmarks.path_tracer.windows import Budget
from detector.lens.synth import StrobePlan

_REPOSITORY = Path(__file__).resolve().parents[2]


def main() -> int:
    """Render what is missing; 2 for bad arguments or a missing renderer, with one line on stderr."""
    parser = argparse.ArgumentParser(prog="benchmarks.path_tracer", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="directory outside the repository")
    parser.add_argument("--split", type=Split, choices=list(Split), default=Split.FIT)
    parser.add_argument("--scenes", type=int, default=12)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--sets", type=int, default=8)
    arguments = parser.parse_args()
    if arguments.out.resolve().is_relative_to(_REPOSITORY):
        print(f"path tracer: {arguments.out} is inside the repository; rendered frames stay out of it", file=sys.stderr)
        return 2
    try:
        modules = opened()
    except MitsubaMissingError as error:
        print(error, file=sys.stderr)
        return 2
    plan, budget = StrobePlan(sets=arguments.sets), Budget()
    for number in range(arguments.first, arguments.first + arguments.scenes):
        drawn = recipe(arguments.split, number)
        if (arguments.out / drawn.name).with_suffix(".truth.json").exists():
            continue
        started_s = time.monotonic()
        render(modules, drawn, arguments.out, plan, budget)
        took_s = time.monotonic() - started_s
        print(f"{drawn.name}: {len(drawn.lenses)} lenses, {drawn.scene.range_mm:.0f} mm, {took_s:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
