"""Every threshold and setting of the radio sense, each declared once with range, unit and the cost of raising it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from detector.rf.baseline_options import BaselineOptions
from detector.rf.homing_options import HomingOptions
from detector.rf.sweep_options import GainOptions, SweepOptions

__all__ = ["RfOptions"]


class RfOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the radio sense.

    Ranges and units are read by the configuration (loading, checking, ``nunchi config --dump``).
    """

    region: Annotated[
        Literal["KR", "EU", "US"], Meta(description="Band plan to use; another one only changes names and priorities")
    ] = "KR"
    sample_rate_hz: Annotated[
        float,
        Meta(ge=1e6, le=2.56e6, description="Rate of a slice; above 2.4 MS/s a Pi drops samples", extra={"unit": "Hz"}),
    ] = 2.4e6
    gain_db: Annotated[
        float,
        Meta(
            ge=0,
            le=50,
            description="Tuner gain to start with, and the one that levels refer to; raising it hears weaker cameras "
            "and overloads near a transmitter",
            extra={"unit": "dB"},
        ),
    ] = 30.0
    dwell_s: Annotated[
        float,
        Meta(
            ge=0.005,
            le=0.2,
            description="Listening time a hop in the camera bands; longer sees weaker, sweeps slower",
            extra={"unit": "s"},
        ),
    ] = 0.02
    confirm_dwell_s: Annotated[
        float,
        Meta(
            ge=0.045,
            le=0.4,
            description="Listening time on a candidate; more than two fields; longer costs sweep time",
            extra={"unit": "s"},
        ),
    ] = 0.1
    long_dwell_s: Annotated[
        float,
        Meta(
            ge=0.1,
            le=0.4,
            description="Listening time on a candidate that the first longer look left open; longer decides on weaker "
            "ones and costs memory (0.1 s: about 15 MB)",
            extra={"unit": "s"},
        ),
    ] = 0.2
    record_dwell_s: Annotated[
        float,
        Meta(
            ge=0.1,
            le=1.0,
            description="Longest stretch of a recording that is judged as one; longer decides on weaker cameras and "
            "dilutes one that was on for a moment",
            extra={"unit": "s"},
        ),
    ] = 0.4
    least_dwell_s: Annotated[
        float,
        Meta(
            ge=0.002, le=0.02, description="Shorter pieces are not judged; lower judges by chance", extra={"unit": "s"}
        ),
    ] = 0.0025
    least_level: Annotated[
        float,
        Meta(
            ge=0.0,
            le=0.02,
            description="A dwell whose samples vary less than this is no reception: a converter's own noise is more; "
            "raising it refuses quiet receivers, 0 lets a dead one pass for quiet air",
            extra={"unit": "full scale RMS"},
        ),
    ] = 0.0015
    confirm_attempts: Annotated[
        int, Meta(ge=1, le=10, description="Longer looks at a candidate before it is blocked; each costs a dwell")
    ] = 3
    block_s: Annotated[
        float,
        Meta(
            ge=1,
            le=3600,
            description="How long a refuted candidate rests the first time, twice as long each further time; longer "
            "hides a late starter",
            extra={"unit": "s"},
        ),
    ] = 4.0
    refresh_s: Annotated[
        float,
        Meta(
            ge=1,
            le=600,
            description="Time after which a known alert is confirmed anew; longer keeps stale figures",
            extra={"unit": "s"},
        ),
    ] = 10.0
    comb_step_hz: Annotated[
        float,
        Meta(
            ge=1e6,
            le=8e6,
            description="Distance of hops; above 4 MHz narrow cameras fall between",
            extra={"unit": "Hz"},
        ),
    ] = 4e6
    full_range: Annotated[
        bool, Meta(description="Sweep the rest of the receiver's range too; off, only the camera bands")
    ] = True
    usable_fraction: Annotated[
        float,
        Meta(ge=0.5, le=1.0, description="Part of a slice free of the filter's slopes; higher counts them as noise"),
    ] = 0.8
    limiter: Annotated[
        float,
        Meta(ge=2, le=100, description="Power limit over the median of a fine band; higher lets pulses count more"),
    ] = 8.0
    quick_limiter: Annotated[
        float,
        Meta(ge=2, le=100, description="Power limit over the mean in the quick test; higher lets pulses count more"),
    ] = 5.0
    shortlist_z: Annotated[
        float,
        Meta(
            ge=2.5,
            le=20,
            description="Line-rate statistic of the quick test that earns a longer look (noise passes 3.3 once in 200 "
            "hops); raising it misses weak cameras, lowering it costs looks",
            extra={"unit": "sigma"},
        ),
    ] = 3.3
    line_z: Annotated[
        float,
        Meta(
            ge=3,
            le=20,
            description="Line-rate statistic of the fine test below which nothing follows; raising it misses weak "
            "cameras (at -10 dB and 100 ms nearly all score 9 and more)",
            extra={"unit": "sigma"},
        ),
    ] = 8.0
    harmonic_balance: Annotated[
        float,
        Meta(
            ge=0.0,
            le=0.6,
            description="Least ratio of odd to even harmonics or the reverse (cameras: 0.59 and more at 100 ms); "
            "raising it drops cameras, lowering it lets computer rasters in",
        ),
    ] = 0.3
    core_z: Annotated[
        float,
        Meta(
            ge=0,
            le=20,
            description="Line-rate statistic without the two strongest harmonics (cameras at -10 dB: 7.5 and more); "
            "raising it misses weak cameras, lowering it lets two tones or a wandering supply in",
            extra={"unit": "sigma"},
        ),
    ] = 4.0
    rival_excess_z: Annotated[
        float,
        Meta(
            ge=0,
            le=50,
            description="How much plainer a rate nearby may be (field sidebands of weak pictures: by 3.2); raising it "
            "lets the leakage of other rhythms in",
            extra={"unit": "sigma"},
        ),
    ] = 8.0
    screen_excess_db: Annotated[
        float,
        Meta(
            ge=-3,
            le=30,
            description="How much plainer a computer screen's line rate may be (of cameras it is plainer by less than "
            "-3 dB); raising it lets screens in",
            extra={"unit": "dB"},
        ),
    ] = 0.0
    repeat_z: Annotated[
        float,
        Meta(
            ge=-20,
            le=0,
            description="Fast changes down the picture that come back in every field, against those that do not "
            "(noise 0 +- 1.1, pictures that move -3.1 and more, wandering clocks -3 to -19); raising it misses moving "
            "pictures, lowering it lets clocks that wander in",
            extra={"unit": "sigma"},
        ),
    ] = -4.0
    plain_sync: Annotated[
        float,
        Meta(
            ge=12,
            le=500,
            description="ln likelihood ratio of a field sync so plain that the picture may move as it likes (cameras "
            "at 0 dB have hundreds, a wandering supply had 37); raising it misses pictures that move fast",
            extra={"unit": "nat"},
        ),
    ] = 60.0
    half_line: Annotated[
        float,
        Meta(
            ge=0.1,
            le=1.0,
            description="Half-line over line statistic that makes a half-line rhythm; raising it lets those in",
        ),
    ] = 0.4
    half_line_field_z: Annotated[
        float,
        Meta(
            ge=3,
            le=1000,
            description="Fields from here on excuse a half-line rhythm (SECAM); raising it drops SECAM pictures",
            extra={"unit": "sigma"},
        ),
    ] = 20.0
    clock_ppm: Annotated[
        float,
        Meta(
            ge=30,
            le=1000,
            description="Largest error of a camera's line rate, both crystals together; raising it lets free-running "
            "supplies in",
            extra={"unit": "ppm"},
        ),
    ] = 150.0
    alert_confidence: Annotated[
        float,
        Meta(ge=0.5, le=0.999, description="Posterior from which a candidate is an alert; raising it misses cameras"),
    ] = 0.9
    inspect_confidence: Annotated[
        float,
        Meta(ge=0.05, le=0.9, description="Posterior from which it is worth a look; raising it hides doubtful ones"),
    ] = 0.3
    top_confidence: Annotated[
        float, Meta(ge=0.9, le=0.9999, description="Highest posterior ever stated; the negatives at hand prove no more")
    ] = 0.995
    prior: Annotated[
        float,
        Meta(
            ge=1e-6,
            le=0.99,
            description="Fraction of slices with a television line rate that are cameras (a choice: little else locks "
            "a crystal to it, the generated negatives do so on purpose); raising it raises every confidence",
        ),
    ] = 0.75
    short_odds: Annotated[
        float,
        Meta(
            ge=1,
            le=10_000,
            description="Odds are divided by this where the dwell holds less than two fields, which prove little; "
            "higher keeps short pieces silent",
        ),
    ] = 100.0
    few_fields_odds: Annotated[
        float,
        Meta(
            ge=1,
            le=10_000,
            description="Odds are divided by this where the dwell holds two or three fields; higher keeps them silent",
        ),
    ] = 8.0
    persistence: Annotated[
        float,
        Meta(ge=0.0, le=1.0, description="Part of the looks that must show video; raising it drops cameras that fade"),
    ] = 0.3
    merge_hz: Annotated[
        float,
        Meta(
            ge=2e6,
            le=20e6,
            description="Slices nearer than this are one emitter; wider joins two cameras",
            extra={"unit": "Hz"},
        ),
    ] = 6.5e6
    carrier_fraction: Annotated[
        float,
        Meta(
            ge=0.05,
            le=0.9,
            description="Part of the power above the floor in one coherent line that makes it AM; higher calls AM FM",
        ),
    ] = 0.4
    signal_db: Annotated[
        float,
        Meta(
            ge=3,
            le=30,
            description="Height over the floor of an ambient signal; higher lists fewer",
            extra={"unit": "dB"},
        ),
    ] = 10.0
    signal_hold_s: Annotated[
        float,
        Meta(
            ge=1,
            le=3600,
            description="How long an ambient signal stays listed; longer shows what is gone",
            extra={"unit": "s"},
        ),
    ] = 60.0
    signal_limit: Annotated[int, Meta(ge=1, le=500, description="Ambient signals listed; more costs page and pipe")] = (
        40
    )
    unknown_log_ratio: Annotated[
        float,
        Meta(
            ge=0,
            le=10,
            description="ln of the likelihood ratio that a name must beat, else it is unknown; raising it names fewer",
            extra={"unit": "nat"},
        ),
    ] = 3.0
    plan_log_odds: Annotated[
        float,
        Meta(
            ge=0,
            le=6,
            description="What the band plan adds to the kind it expects; raising it trusts the plan over the signal",
            extra={"unit": "nat"},
        ),
    ] = 2.0
    link_gate_db: Annotated[
        float,
        Meta(
            ge=-15,
            le=10,
            description="Power over the noise from which a hop is searched for digital links; lower costs time in a "
            "busy sky, raising it misses weak links",
            extra={"unit": "dB"},
        ),
    ] = -4.0
    uplink_near_db: Annotated[
        float,
        Meta(
            ge=-20,
            le=40,
            description="Power over the noise from which a device on the mobile network counts as in the room; higher "
            "misses one behind a wall, lower reports the street's phones",
            extra={"unit": "dB"},
        ),
    ] = 0.0
    link_prior: Annotated[
        float,
        Meta(
            ge=1e-6, le=0.5, description="Fraction of searches that meet a digital link; raising it raises confidence"
        ),
    ] = 0.1
    link_doubt: Annotated[
        float,
        Meta(
            ge=0,
            le=30,
            description="Taken off the ln likelihood ratio of a digital link for what is not noise and yet no "
            "link; raising it misses links below -6 dB",
            extra={"unit": "nat"},
        ),
    ] = 10.0
    link_width_hz: Annotated[
        float,
        Meta(
            ge=5e4,
            le=1.5e6,
            description="Width of energy from which a hop is searched for digital links; raising it misses narrow "
            "grants of a phone",
            extra={"unit": "Hz"},
        ),
    ] = 1.5e5
    link_candidates: Annotated[
        int,
        Meta(
            ge=1,
            le=30,
            description="Symbol lengths tried on a long look (half as many on a hop); each costs about ten FFTs",
        ),
    ] = 4
    narrow_link_hz: Annotated[
        float,
        Meta(
            ge=1.5e6,
            le=5.5e6,
            description="A digital link up to this wide is a camera's even in a television band; raising it takes "
            "narrow television for cameras",
            extra={"unit": "Hz"},
        ),
    ] = 5e6
    link_merge_hz: Annotated[
        float,
        Meta(
            ge=1e6,
            le=10e6,
            description="Slices of one numerology nearer than this are one link; wider joins two cameras",
            extra={"unit": "Hz"},
        ),
    ] = 5e6
    overload_clipped: Annotated[
        float, Meta(ge=0.0001, le=0.5, description="Clipped part of a dwell that counts as overload; higher hides it")
    ] = 0.02
    overload_limit: Annotated[
        float, Meta(ge=0.0, le=1.0, description="Overloaded part of the hops that spoils coverage; higher hides it")
    ] = 0.2
    line_apart_ppm: Annotated[
        float,
        Meta(
            ge=2,
            le=200,
            description="Line rates further apart than this are two cameras; higher joins neighbours, lower splits one",
            extra={"unit": "ppm"},
        ),
    ] = 8.0
    converter_lo_hz: Annotated[
        float,
        Meta(
            ge=0,
            le=20e9,
            description="Local oscillator of a down-converter before the receiver; 0 for none. A wrong one shifts "
            "every frequency shown",
            extra={"unit": "Hz"},
        ),
    ] = 0.0
    converter_side: Annotated[
        Literal["low", "high"],
        Meta(
            description="Injection: low, the oscillator lies below what is received; high, above it, and the converter "
            "turns the spectrum round"
        ),
    ] = "low"
    converter_low_hz: Annotated[
        float,
        Meta(
            ge=0,
            le=20e9,
            description="Lowest frequency that the converter passes; 0 for as far as the receiver tunes",
            extra={"unit": "Hz"},
        ),
    ] = 0.0
    converter_high_hz: Annotated[
        float,
        Meta(
            ge=0,
            le=20e9,
            description="Highest frequency that the converter passes; 0 for as far as the receiver tunes",
            extra={"unit": "Hz"},
        ),
    ] = 0.0
    sweep: SweepOptions = SweepOptions()
    gain: GainOptions = GainOptions()
    baseline: BaselineOptions = BaselineOptions()
    homing: HomingOptions = HomingOptions()
