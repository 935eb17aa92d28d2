"""Cut 2.4 MS/s slices of moving pictures out of hacktv's transmissions: an independent modulator for fit and score.

    python benchmarks/hacktv_slices.py DIRECTORY [CLIP...]

Needs ``hacktv`` and ``ffmpeg``. Without clips it makes four moving ones from ffmpeg's sources: a zoom, a test picture,
a cellular automaton, and the zoom again darkened, with camera noise. Every clip is sent as PAL, NTSC and SECAM, FM with
2.5, 4 and 6 MHz deviation and AM (systems I, G, M, L and PAL-M), every other one inverted, some without sound or
colour; a slice every 0.5 MHz that holds 5 % of the power or more is kept. DIRECTORY gets one ``.npz`` a transmission:
``iq`` (int16, shape (slices, 2 n), 0.4 s), ``offset_hz``, ``fraction`` of the power, ``standard``, ``modulation``.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.fft

RATE_HZ, SLICE_HZ, SECONDS, SKIP_S = 20e6, 2.4e6, 0.4, 0.12
STEP_HZ, REACH_HZ, LEAST_FRACTION = 0.5e6, 6.5e6, 0.05
# above this offset an AM slice holds sound and no picture
PICTURE_TOP_HZ = 2.6e6
SOURCES = {
    "zoom": "mandelbrot=s=720x576:rate=25:start_scale=1.5",
    "test": "testsrc2=s=720x576:r=25",
    "life": "life=s=180x144:mold=10:r=25:ratio=0.3:death_color=#804020:life_color=#20ff40,scale=720:576",
    "dark": "mandelbrot=s=720x576:rate=25:start_scale=0.4,eq=brightness=-0.3:contrast=0.5,noise=alls=18:allf=t",
}


@dataclass(frozen=True)
class Transmission:
    """One call of hacktv."""

    clip: Path
    mode: str
    deviation_hz: float | None
    number: int

    @property
    def standard(self) -> str:
        """Line system."""
        return "NTSC" if self.mode in ("ntsc-fm", "m", "pal-m") else "PAL"

    @property
    def modulation(self) -> str:
        """FM where there is a deviation."""
        return "AM" if self.deviation_hz is None else "FM"

    @property
    def name(self) -> str:
        """File name without suffix."""
        deviation = "" if self.deviation_hz is None else f"_{self.deviation_hz / 1e6:g}"
        return f"{self.clip.stem}__{self.mode}{deviation}{'_inv' if self.number % 2 == 0 else ''}"

    def command(self) -> list[str]:
        """Return what to run."""
        out = ["hacktv", "-o", "file:-", "-t", "int16", "-m", self.mode, "-s", str(int(RATE_HZ)), "-i"]
        if self.deviation_hz is not None:
            out += ["-D", str(int(self.deviation_hz))]
        for every, option in ((2, "--invert-video"), (3, "--noaudio"), (5, "--nocolour")):
            out += [option] if self.number % every == 0 else []
        return [*out, f"ffmpeg:{self.clip}"]


def make_clips(directory: Path) -> list[Path]:
    """Render the four clips."""
    out = []
    for name, source in SOURCES.items():
        path = directory / f"{name}.avi"
        settings = ["-t", "4", "-r", "25", "-c:v", "mjpeg", "-q:v", "2"]
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, *settings, str(path)], check=True)
        out.append(path)
    return out


def transmissions(clips: list[Path]) -> Iterator[Transmission]:
    """Every clip in every system and modulation."""
    number = 0
    for clip in clips:
        for mode in ("pal-fm", "ntsc-fm", "secam-fm"):
            for deviation_hz in (2.5e6, 4e6, 6e6):
                number += 1
                yield Transmission(clip, mode, deviation_hz, number)
        for mode in ("i", "m", "l", "g", "pal-m"):
            number += 1
            yield Transmission(clip, mode, None, number)


def receive(transmission: Transmission) -> npt.NDArray[np.complex64]:
    """Run hacktv, which never ends by itself, for as long as needed."""
    with subprocess.Popen(transmission.command(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.read(int(4 * RATE_HZ * SKIP_S))
        raw = process.stdout.read(int(4 * RATE_HZ * SECONDS))
        process.kill()
    if len(raw) < int(4 * RATE_HZ * SECONDS):
        raise RuntimeError(f"{transmission.name}: hacktv ended after {len(raw)} bytes")
    return np.frombuffer(raw, np.int16).astype(np.float32).view(np.complex64)


def save(transmission: Transmission, directory: Path) -> None:
    """Cut the slices and write them."""
    lines = scipy.fft.fftshift(scipy.fft.fft(receive(transmission)))
    total, bins = float(np.sum(np.abs(lines) ** 2)), round(len(lines) * SLICE_HZ / RATE_HZ)
    parts, offsets_hz, fractions = [], [], []
    top_hz = REACH_HZ if transmission.modulation == "FM" else PICTURE_TOP_HZ
    for offset_hz in np.arange(-REACH_HZ, top_hz + 1, STEP_HZ):
        first = len(lines) // 2 + round(offset_hz / RATE_HZ * len(lines)) - bins // 2
        part = lines[first : first + bins]
        fraction = float(np.sum(np.abs(part) ** 2)) / total
        if fraction >= LEAST_FRACTION:
            wave = scipy.fft.ifft(scipy.fft.ifftshift(part))
            scaled = wave.view(np.float32) * np.float32(4000 / np.sqrt(np.mean(np.abs(wave) ** 2)))
            parts.append(np.clip(np.round(scaled), -32767, 32767).astype(np.int16))
            offsets_hz.append(offset_hz)
            fractions.append(fraction)
    np.savez(
        directory / f"{transmission.name}.npz",
        iq=np.array(parts),
        offset_hz=offsets_hz,
        fraction=fractions,
        standard=transmission.standard,
        modulation=transmission.modulation,
    )


def main() -> None:
    """Make clips if none are given; send, cut, save."""
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    clips = [Path(name) for name in sys.argv[2:]] or make_clips(directory)
    for transmission in transmissions(clips):
        if not (directory / f"{transmission.name}.npz").exists():
            save(transmission, directory)
            print(transmission.name, flush=True)


if __name__ == "__main__":
    main()
