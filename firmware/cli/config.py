"""``nunchi config``: show the configuration, every key with its meaning."""

import argparse
import sys

from firmware.cli.run import add_config_argument
from firmware.config import dump_config, load_config

__all__ = ["add_parser"]


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the verb."""
    parser = verbs.add_parser("config", help="check and show the configuration")
    add_config_argument(parser)
    parser.add_argument("--dump", action="store_true", required=True, help="write it as TOML with comments")
    parser.set_defaults(execute=_execute)


def _execute(arguments: argparse.Namespace) -> None:
    sys.stdout.write(dump_config(load_config(arguments.config)))
