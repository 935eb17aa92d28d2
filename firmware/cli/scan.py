"""``nunchi scan``: recordings through the detectors."""

import argparse
import json
from pathlib import Path
from typing import Any

from firmware.cli.run import add_config_argument
from firmware.config import load_config

__all__ = ["add_parser"]


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the verb."""
    parser = verbs.add_parser("scan", help="replay recordings through the detectors")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="SigMF, raw IQ or lens-sequence directory")
    parser.add_argument("--rate", type=float, metavar="HZ", help="sample rate of raw IQ, 200e3 to 40e6")
    parser.add_argument("--freq", type=float, metavar="HZ", help="centre frequency of raw IQ")
    parser.add_argument("--format", choices=("cu8", "cs8", "cs16", "cf32"), help="sample format of raw IQ")
    parser.add_argument("--json", action="store_true", help="one nunchi.scan/1 document on stdout")
    add_config_argument(parser)
    parser.set_defaults(execute=_execute)


def _execute(arguments: argparse.Namespace) -> None:
    from firmware.scan import RawFormat, scan, scan_document
    from web_ui.words import Words

    raw = RawFormat(sample_rate_hz=arguments.rate, center_hz=arguments.freq, sample_format=arguments.format)
    result = scan(arguments.paths, raw, load_config(arguments.config))
    words = Words("en")
    document = scan_document(result, words)
    if arguments.json:
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        print("\n".join(_report_lines(document, words)))


def _report_lines(document: dict[str, Any], words: Any) -> list[str]:
    lines = [f"{words.render('verdict.' + document['verdict'])} (replay of {len(document['inputs'])} recordings)"]
    for group in ("alerts", "inspect"):
        for item in document[group]:
            where = (
                f"{item['freq_hz'] / 1e6:.2f} MHz"
                if "freq_hz" in item
                else f"y {item['y_px']:.0f} px, x {item['x_px']:.0f} px"
            )
            name = words.render(f"kind.{item['kind']}")
            path = document["inputs"][item["input"]]["path"]
            lines.append(f"- {name}, {where}, confidence {item['confidence']:.2f}: {path}")
            lines += [f"    {reason}" for reason in item["reasons"]]
    for coverage in document["coverage"]["inputs"]:
        path = document["inputs"][coverage["input"]]["path"]
        lines += [f"  {path}: {phrase['text']}" for kind in ("done", "missing") for phrase in coverage[kind]]
    return lines
