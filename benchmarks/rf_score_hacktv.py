"""Detection of hacktv's video (an independent modulator, moving pictures) by in-slice SNR; markdown on stdout.

    python benchmarks/rf_score_hacktv.py DIRECTORY

DIRECTORY holds ``<mode>_<deviation>_<clip>.iq``: int16 IQ at 20 MS/s, 100 ms or more, made with
``hacktv -o file:- -t int16 -m pal-fm -s 20000000 -D 4000000 ffmpeg:clip.avi``.
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.rf.band_plan import shipped_band_plan
from detector.rf.convert import from_raw
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.types import IqBlock, Provenance

RATE_HZ, SLICE_HZ, SECONDS = 20e6, 2.4e6, 0.1
SNRS_DB = (20, 10, 3, 0, -3, -6)
OPTIONS, PLAN = RfOptions(), shipped_band_plan("KR")


def slices(path: Path) -> list[npt.NDArray[np.complex64]]:
    """Cut 2.4 MS/s slices every 0.5 MHz over the part of the emission that holds its power."""
    samples, _ = from_raw(path.read_bytes()[: int(4 * RATE_HZ * SECONDS)], "cs16")
    lines = scipy.fft.fftshift(scipy.fft.fft(samples))
    bins = round(len(samples) * SLICE_HZ / RATE_HZ)
    out = []
    for offset_hz in np.arange(-3e6, 3.01e6, 0.5e6):
        first = len(samples) // 2 + round(offset_hz / RATE_HZ * len(samples)) - bins // 2
        out.append(scipy.fft.ifft(scipy.fft.ifftshift(lines[first : first + bins])))
    power = [float(np.mean(np.abs(part) ** 2)) for part in out]
    return [part for part, level in zip(out, power, strict=True) if level > max(power) / 1000]


def detect(samples: npt.NDArray[np.complex64], snr_db: float, seed: int) -> tuple[bool, str | None, str | None]:
    """Whether a slice in noise alerts, as which standard and modulation."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(2 * len(samples), np.float32).view(np.complex64) * np.float32(0.05 / np.sqrt(2))
    scale = 0.05 * 10 ** (snr_db / 20) / np.sqrt(np.mean(np.abs(samples) ** 2))
    mixed = (samples * scale + noise).astype(np.complex64)
    sense = RfSense.for_recording(OPTIONS, PLAN)
    sense.step(
        IqBlock(
            samples=mixed, center_hz=1.2e9, sample_rate_hz=SLICE_HZ, sequence=0, t_ns=0, provenance=Provenance.REPLAY
        )
    )
    alerts = sense.report().alerts
    return (True, alerts[0].standard, alerts[0].modulation) if alerts else (False, None, None)


def main() -> None:
    """Print one row a file: detected slices by SNR, wrong standards, FM and AM votes at 20 dB."""
    print("| file | slices |", " | ".join(f"{snr} dB" for snr in SNRS_DB), "| wrong standard | FM/AM |")
    print("|---" * (len(SNRS_DB) + 4) + "|")
    for path in sorted(Path(sys.argv[1]).glob("*.iq")):
        truth = "NTSC" if path.name.startswith(("ntsc", "m_")) else "PAL"
        parts, cells, wrong, votes = slices(path), [], 0, []
        for snr_db in SNRS_DB:
            results = [detect(part, snr_db, seed) for seed, part in enumerate(parts)]
            cells.append(sum(found for found, _, _ in results))
            wrong += sum(found and standard != truth for found, standard, _ in results)
            votes += [modulation for _, _, modulation in results if modulation] if snr_db == 20 else []
        print(
            f"| {path.stem} | {len(parts)} |",
            " | ".join(map(str, cells)),
            f"| {wrong} | {votes.count('FM')}/{votes.count('AM')} |",
        )


if __name__ == "__main__":
    main()
