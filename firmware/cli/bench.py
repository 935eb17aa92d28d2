"""``nunchi bench``: what the sweep costs on this machine."""

import argparse
import json

__all__ = ["add_parser"]


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the verb."""
    parser = verbs.add_parser("bench", help="measure speed, latency and memory on this machine")
    parser.add_argument("--json", action="store_true", help="one nunchi.bench/1 document on stdout")
    parser.set_defaults(execute=_execute)


def _execute(arguments: argparse.Namespace) -> None:
    from firmware.benchmarks.device import measure_device
    from firmware.benchmarks.senses import measure_lens, measure_rf

    document = {"schema": "nunchi.bench/1", "rf": measure_rf(), "lens": measure_lens(), **measure_device()}
    if arguments.json:
        print(json.dumps(document, indent=2))
        return
    for area, figures in document.items():
        if isinstance(figures, dict):
            for name, value in figures.items():
                print(f"{area}.{name:24s} {value:10.2f}")
