"""The ``nunchi`` command: picks the verb, turns errors into one line and an exit status."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from detector.errors import InputError, NunchiError
from firmware.cli import bench, calibrate, config, run, scan

__all__ = ["main"]

_VERBS = (run, scan, calibrate, bench, config)
EXIT_OK, EXIT_FAILED, EXIT_BAD_INPUT = 0, 1, 2


class _OneLineParser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with status 2."""
        self.exit(EXIT_BAD_INPUT, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``nunchi``.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process by default.

    Returns
    -------
    int
        0 it ran, whatever it found; 2 bad arguments, configuration or input; 1 anything else.
    """
    parser = _OneLineParser(prog="nunchi", description="Finds wireless cameras by radio and lenses by their glint.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=_OneLineParser)
    for verb in _VERBS:
        verb.add_parser(verbs)
    parsed = parser.parse_args(arguments)
    try:
        parsed.execute(parsed)
    except InputError as error:
        print(f"nunchi: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except NunchiError as error:
        print(f"nunchi: {error}", file=sys.stderr)
        return EXIT_FAILED
    except BrokenPipeError:
        # Whoever read our output has gone (head, less): not an error worth words.
        sys.stderr.close()
    return EXIT_OK
