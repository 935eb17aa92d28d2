import numpy as np
import pytest

from detector.rf.band_plan import shipped_band_plan
from detector.rf.convert import from_raw
from detector.rf.converter import Converter
from detector.rf.options import RfOptions
from detector.rf.phrases import blind_spots
from detector.rf.sense import RfSense
from detector.rf.spectrum import power_spectrum
from detector.rf.sweep_options import SweepOptions
from detector.rf.synth import AnalogVideoEmission, Sky, moving_room
from detector.types import IqBlock, Provenance, Tuning

SPAN_HZ = (24e6, 1766e6)
RNG = np.random.default_rng(20261122)
CASES = [(float(RNG.uniform(1e9, 7e9)), bool(RNG.integers(2)), float(RNG.uniform(24e6, 900e6))) for _ in range(50)]


def block(center_hz, samples):
    return IqBlock(
        samples=samples,
        center_hz=center_hz,
        sample_rate_hz=2.4e6,
        sequence=0,
        t_ns=0,
        provenance=Provenance.SIMULATED,
    )


@pytest.mark.parametrize(("lo_hz", "high_side", "receiver_hz"), CASES)
def test_there_and_back_is_where_it_was(lo_hz, high_side, receiver_hz):
    converter = Converter(lo_hz, high_side)
    assert converter.to_receiver(converter.to_air(receiver_hz)) == pytest.approx(receiver_hz, abs=1e-3)
    low_hz, high_hz = converter.span_on_air(SPAN_HZ)
    assert low_hz < converter.to_air(receiver_hz) < high_hz
    assert sorted(map(converter.to_receiver, (low_hz, high_hz)))[1] <= SPAN_HZ[1] + 1e-3


@pytest.mark.parametrize(("lo_hz", "high_side", "receiver_hz"), CASES[:12])
def test_a_tone_is_shown_where_it_is_on_the_air(lo_hz, high_side, receiver_hz):
    """Mix a tone down as the converter does, and look for it in the block that the sense gets."""
    converter = Converter(lo_hz, high_side)
    tone_air_hz = converter.to_air(receiver_hz) + 0.41e6
    tone_if_hz = abs(tone_air_hz - lo_hz)
    assert tone_if_hz == pytest.approx(converter.to_receiver(tone_air_hz), abs=1e-3)
    samples = np.exp(2j * np.pi * (tone_if_hz - receiver_hz) / 2.4e6 * np.arange(20_000)).astype(np.complex64)
    heard = converter.on_air(block(receiver_hz, samples))
    spectrum = power_spectrum(heard.samples, heard.center_hz, heard.sample_rate_hz)
    assert spectrum.frequency_hz(int(np.argmax(spectrum.density))) == pytest.approx(tone_air_hz, abs=3e3)


def test_without_a_converter_nothing_moves():
    converter, plain = Converter(), block(1e9, np.ones(10, np.complex64))
    tuning = Tuning(center_hz=1e9, sample_rate_hz=2.4e6, sample_count=10)
    assert converter.on_air(plain) is plain
    assert converter.tuning(tuning) is tuning
    assert converter.span_on_air(SPAN_HZ) == SPAN_HZ


def test_a_converter_that_leaves_nothing_is_refused():
    with pytest.raises(ValueError, match="leaves nothing"):
        Converter(1998e6, False, (5.6e9, 6e9)).span_on_air(SPAN_HZ)


class Receiver:
    """A dongle behind a converter: what it hears at an intermediate frequency is on the air elsewhere."""

    def __init__(self, converter, sky):
        self.converter, self.sky, self.t_ns, self.tuned = converter, sky, 0, []

    def read(self, tuning, sequence):
        self.tuned.append(tuning.center_hz)
        on_air = Tuning(
            center_hz=self.converter.to_air(tuning.center_hz),
            sample_rate_hz=tuning.sample_rate_hz,
            sample_count=tuning.sample_count,
            gain_db=tuning.gain_db,
        )
        samples, clipped = from_raw(self.sky.receive(on_air, self.t_ns / 1e9), "cu8")
        heard = IqBlock(
            samples=np.conj(samples) if self.converter.high_side else samples,
            center_hz=tuning.center_hz,
            sample_rate_hz=tuning.sample_rate_hz,
            sequence=sequence,
            t_ns=self.t_ns + 10_000_000,
            provenance=Provenance.SIMULATED,
            clipped_fraction=clipped,
            gain_db=tuning.gain_db,
        )
        self.t_ns += 10_000_000 + round(heard.duration_s * 1e9)
        return heard


@pytest.mark.parametrize(("side", "lo_hz"), [("low", 1998e6), ("high", 2900e6)])
def test_a_camera_at_2_4_ghz_is_found_there(side, lo_hz):
    options = RfOptions(
        converter_lo_hz=lo_hz,
        converter_side=side,
        converter_low_hz=2.4e9,
        converter_high_hz=2.5e9,
        sweep=SweepOptions(fine_share=0.0),
    )
    camera = AnalogVideoEmission(center_hz=2.4323e9, power_dbfs=-22, pictures=moving_room(4, 2))
    sense = RfSense.for_sweep(options, shipped_band_plan("KR"), SPAN_HZ)
    receiver = Receiver(Converter.from_options(options), Sky([camera], seed=4))
    for number in range(60):
        sense.step(receiver.read(sense.next_tuning(), number))
    report = sense.report()
    (alert,) = report.alerts
    assert alert.freq_hz == pytest.approx(2.4323e9, abs=1.5e6)
    assert all(24e6 <= hz <= 1766e6 for hz in receiver.tuned)
    assert report.coverage.complete
    assert "rf.done.camera_bands" in {phrase.code for phrase in report.coverage.done}
    (reach, *others) = report.coverage.cannot_see
    assert (reach.code, reach.values["low_mhz"], reach.values["high_mhz"]) == ("rf.cannot_see.converter", 2400, 2500)
    assert "rf.cannot_see.band_58" in {phrase.code for phrase in others}
    assert "rf.cannot_see.band_24" not in {phrase.code for phrase in others}


@pytest.mark.parametrize(
    ("span_hz", "hidden"),
    [((5.6e9, 6e9), {"rf.cannot_see.band_24"}), ((1e9, 2.4e9), {"rf.cannot_see.band_24", "rf.cannot_see.band_58"})],
)
def test_blind_spots_follow_the_reach(span_hz, hidden):
    codes = {phrase.code for phrase in blind_spots(*span_hz, recording=False, converter=True)}
    assert codes & {"rf.cannot_see.band_24", "rf.cannot_see.band_58"} == hidden
    assert "rf.cannot_see.above" not in codes
