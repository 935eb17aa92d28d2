"""``nunchi scan``: recordings through the same steps as the live loop, as fast as the machine can."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.errors import InputError
from detector.fusion.verdict import Judgement, SenseStanding, judge
from detector.lens.sense import LensSense
from detector.rf.band_plan import shipped_band_plan
from detector.rf.sense import RfSense
from detector.types import Alert, IqBlock, Provenance, SenseReport
from firmware.config.scheme import Config
from firmware.documents import (
    alert_document,
    coverage_document,
    people_document,
    signal_document,
    verdict_document,
)
from firmware.recordings.iq import IqRecording, open_raw_iq
from firmware.recordings.lens_sequence import LensSequence, open_lens_sequence
from firmware.recordings.sigmf import open_sigmf
from web_ui.words import Words

__all__ = ["RawFormat", "ScanResult", "ScannedInput", "open_recording", "scan", "scan_document"]

_SIGMF_SUFFIXES = (".sigmf-meta", ".sigmf-data")
_SEQUENCE_NAME = "sequence.json"
_CHUNK_S = 0.1

Recording = IqRecording | LensSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFormat:
    """What a raw IQ file does not say itself; each None where the command line did not either."""

    sample_rate_hz: float | None = None
    center_hz: float | None = None
    sample_format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedInput:
    """One recording and what its sense said of it."""

    path: Path
    size: dict[str, int]
    seconds: float
    report: SenseReport


@dataclass(frozen=True, slots=True)
class ScanResult:
    """All recordings and the verdict over them."""

    inputs: tuple[ScannedInput, ...]
    judgement: Judgement


def scan(paths: Sequence[Path], raw: RawFormat, config: Config) -> ScanResult:
    """Analyse recordings, each on its own.

    Parameters
    ----------
    paths : sequence of Path
        SigMF, raw IQ, or lens-sequence directories, in any mixture.
    raw : RawFormat
        For the raw ones.
    config : Config

    Raises
    ------
    InputError
        A recording is unusable; all are opened before the first is analysed.
    """
    recordings = [open_recording(path, raw) for path in paths]
    inputs = tuple(_analyse(path, recording, config) for path, recording in zip(paths, recordings, strict=True))
    alerts = [alert for item in inputs for alert in item.report.alerts]
    # The last of a sense stands for it: one recording that falls short makes the sense fall short.
    worst_last = sorted((item.report for item in inputs), key=lambda report: not report.coverage.complete)
    standings = {report.sense: SenseStanding(working=True, coverage=report.coverage) for report in worst_last}
    return ScanResult(inputs, judge(alerts, standings, config.fusion))


def open_recording(path: Path, raw: RawFormat) -> Recording:
    """Open a recording by what it is: SigMF by its name, a lens sequence by its directory, anything else raw IQ.

    Raises
    ------
    InputError
        It cannot be used, or is raw and rate, frequency or format were not given.
    """
    try:
        path.stat()
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise InputError(f"{path}: {reason}") from error
    if path.suffix in _SIGMF_SUFFIXES:
        return open_sigmf(path)
    if path.is_dir() or path.name == _SEQUENCE_NAME:
        return open_lens_sequence(path)
    options = {"--rate": raw.sample_rate_hz, "--freq": raw.center_hz, "--format": raw.sample_format}
    missing = [name for name, value in options.items() if value is None]
    if raw.sample_rate_hz is None or raw.center_hz is None or raw.sample_format is None:
        raise InputError(f"{path}: a raw IQ file needs {', '.join(missing)}")
    return open_raw_iq(path, raw.sample_format, raw.sample_rate_hz, raw.center_hz)


def _analyse(path: Path, recording: Recording, config: Config) -> ScannedInput:
    if isinstance(recording, LensSequence):
        return _analyse_lens(path, recording, config)
    return _analyse_rf(path, recording, config)


def _analyse_rf(path: Path, recording: IqRecording, config: Config) -> ScannedInput:
    sense = RfSense.for_recording(config.radio, shipped_band_plan(config.radio.region))
    rate_hz = recording.sample_rate_hz
    for sequence, chunk in enumerate(recording.chunks(round(_CHUNK_S * rate_hz))):
        sense.step(
            IqBlock(
                samples=chunk.samples,
                center_hz=chunk.center_hz,
                sample_rate_hz=rate_hz,
                sequence=sequence,
                t_ns=round(chunk.start / rate_hz * 1e9),
                provenance=Provenance.REPLAY,
                clipped_fraction=chunk.clipped_fraction,
            )
        )
    size = {"samples": recording.sample_count}
    return ScannedInput(path=path, size=size, seconds=recording.duration_s, report=sense.report())


def _analyse_lens(path: Path, sequence: LensSequence, config: Config) -> ScannedInput:
    sense = LensSense(config.lens, sequence.geometry)
    for frame in sequence:
        sense.step(frame)
    seconds = (sequence.t_ns[-1] - sequence.t_ns[0]) / 1e9
    return ScannedInput(path=path, size={"frames": len(sequence)}, seconds=seconds, report=sense.report())


def scan_document(result: ScanResult, words: Words) -> dict[str, Any]:
    """Return the nunchi.scan/1 document."""
    rejected: dict[str, Counter[str]] = {}
    for item in result.inputs:
        rejected.setdefault(item.report.sense, Counter()).update(item.report.rejected)
    return {
        "schema": "nunchi.scan/1",
        "provenance": Provenance.REPLAY.value,
        **verdict_document(result.judgement, words),
        "alerts": list(_numbered(result.inputs, "alerts", words)),
        "inspect": list(_numbered(result.inputs, "inspect", words)),
        "signals": [
            signal_document(signal) | {"input": index}
            for index, item in enumerate(result.inputs)
            for signal in item.report.signals
        ],
        "rejected": {sense: dict(counts) for sense, counts in rejected.items()},
        "coverage": {
            "complete": all(item.report.coverage.complete for item in result.inputs),
            "inputs": [
                {"input": index, "sense": item.report.sense}
                | coverage_document(item.report.coverage, words)
                | _people(item)
                for index, item in enumerate(result.inputs)
            ],
        },
        "inputs": [{"path": str(item.path), **item.size, "seconds": round(item.seconds, 6)} for item in result.inputs],
    }


def _people(item: ScannedInput) -> dict[str, Any]:
    """Return the pauses for people in view, for a sense that has any."""
    report = item.report
    return {} if report.people is None else {"people": people_document(report.people, report.t_ns)}


def _numbered(inputs: Sequence[ScannedInput], field: str, words: Words) -> Iterator[dict[str, Any]]:
    for index, item in enumerate(inputs):
        alerts: tuple[Alert, ...] = getattr(item.report, field)
        for alert in alerts:
            yield alert_document(alert, words) | {"input": index}
