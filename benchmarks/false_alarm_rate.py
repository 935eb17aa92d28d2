"""How often a sweep of a sky without a camera raises an alert, per 100 hours, with its upper limit.

    python -m benchmarks.false_alarm_rate run DIR --seed 1 --minutes 60     (in as many processes as there are seeds)
    python -m benchmarks.false_alarm_rate report DIR [--session-minutes 60]

`run` works for the given time and appends to DIR/seed-1.jsonl, one record a piece of work; started again it goes on
where it stopped, and each piece depends on seed and number only. It shares its time among three stages: ordinary sweeps
under skies that change every five minutes; glances, which take the longer looks of a chapter without the hops between;
longer looks at noise. `report` merges every file of DIR. `--alert-confidence`, `--line-z`, `--harmonic-balance` and
`--prior` move the lines, so that alerts become frequent and the estimate can be held against the count.
See "False alarms per 100 hours" in docs/sweeping.md.
"""

import argparse
import sys
import time
from pathlib import Path

import msgspec

from benchmarks.false_alarms.glances import Effort, glance, noise_looks
from benchmarks.false_alarms.records import Glance, Log, Noise, Session, read_all
from benchmarks.false_alarms.report import print_report
from benchmarks.false_alarms.skies import SkyMaker
from benchmarks.false_alarms.sweeps import session
from detector.rf.options import RfOptions

SHARES = {Session: 0.35, Glance: 0.45, Noise: 0.2}
CHAPTERS, NOISE_LOOKS, EFFORT = 2, 100, Effort()
LINES = ("alert_confidence", "line_z", "harmonic_balance", "prior", "shortlist_z")


def run(options: RfOptions, directory: Path, seed: int, seconds: float) -> None:
    """Work for a while; the stage that has used least of its share is next."""
    log = Log(directory / f"seed-{seed}.jsonl", msgspec.json.encode(options).decode())
    maker, used_s, end_s = SkyMaker(seed), dict.fromkeys(SHARES, 0.0), time.monotonic() + seconds
    while time.monotonic() < end_s:
        stage = min(used_s, key=lambda kind: used_s[kind] / SHARES[kind])
        began, index = time.process_time(), log.done[stage]
        if stage is Session:
            log.append(session(options, maker, seed, index, CHAPTERS))
        elif stage is Glance:
            log.append(glance(options, maker, seed, index, EFFORT))
        else:
            log.append(noise_looks(options, maker.dongle, seed, index, NOISE_LOOKS))
        used_s[stage] += time.process_time() - began


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="work for a while")
    runner.add_argument("--seed", type=int, default=1)
    runner.add_argument("--minutes", type=float, default=30.0)
    for name in LINES:
        runner.add_argument(f"--{name.replace('_', '-')}", type=float)
    reporter = commands.add_parser("report", help="merge and print")
    reporter.add_argument("--session-minutes", type=float, default=60.0)
    for command in (runner, reporter):
        command.add_argument("directory", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "run":
        moved = {name: value for name in LINES if (value := getattr(arguments, name)) is not None}
        run(RfOptions(**moved), arguments.directory, arguments.seed, arguments.minutes * 60)
    else:
        made, sessions, glances, noise = read_all(arguments.directory)
        if not (sessions and glances and noise):
            sys.exit(f"{arguments.directory}: not every stage has run yet: nothing to estimate from")
        print_report(
            msgspec.json.decode(made, type=RfOptions), sessions, glances, noise, arguments.session_minutes / 60
        )


if __name__ == "__main__":
    main()
