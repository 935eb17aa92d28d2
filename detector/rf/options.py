"""Every threshold and setting of the radio sense, each declared once with range, unit and the cost of raising it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

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
            description="Tuner gain, the same on every hop so that levels compare; raising it hears weaker cameras and "
            "overloads near a transmitter",
            extra={"unit": "dB"},
        ),
    ] = 30.0
    dwell_s: Annotated[
        float,
        Meta(
            ge=0.005, le=0.2, description="Listening time a hop; longer sees weaker, sweeps slower", extra={"unit": "s"}
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
    least_dwell_s: Annotated[
        float,
        Meta(
            ge=0.002, le=0.02, description="Shorter pieces are not judged; lower judges by chance", extra={"unit": "s"}
        ),
    ] = 0.004
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
            description="How long a refuted candidate rests; longer hides a late starter",
            extra={"unit": "s"},
        ),
    ] = 30.0
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
    camera_share: Annotated[
        int,
        Meta(
            ge=1,
            le=20,
            description="Camera-band hops for each other hop once all were seen; higher leaves the rest stale",
        ),
    ] = 3
    usable_fraction: Annotated[
        float,
        Meta(ge=0.5, le=1.0, description="Part of a slice free of the filter's slopes; higher counts them as noise"),
    ] = 0.8
    limiter: Annotated[
        float, Meta(ge=2, le=100, description="Envelope limit over its median; higher lets single pulses count more")
    ] = 8.0
    envelope_rate_hz: Annotated[
        float,
        Meta(
            ge=2.6e5, le=2.4e6, description="Rate of the envelope; higher costs time for little", extra={"unit": "Hz"}
        ),
    ] = 4e5
    local_window_hz: Annotated[
        float,
        Meta(
            ge=500,
            le=6000,
            description="Half width of the local median; wider takes in other structure",
            extra={"unit": "Hz"},
        ),
    ] = 2000.0
    shortlist_db: Annotated[
        float,
        Meta(
            ge=4,
            le=20,
            description="Line-rate score that earns a longer look; raising it misses weak cameras",
            extra={"unit": "dB"},
        ),
    ] = 7.0
    harmonic_gap_db: Annotated[
        float,
        Meta(
            ge=6,
            le=40,
            description="Odd and even harmonics this far apart refute video; raising it lets half-line rasters in",
            extra={"unit": "dB"},
        ),
    ] = 20.0
    harmonic_full_db: Annotated[
        float,
        Meta(
            ge=5,
            le=40,
            description="Height of the weaker group that allows the whole gap, less allows less; raising drops some AM",
            extra={"unit": "dB"},
        ),
    ] = 22.0
    half_line_gap_db: Annotated[
        float,
        Meta(
            ge=0,
            le=20,
            description="How far line harmonics must top the half-line ones; raising it drops some SECAM pictures",
            extra={"unit": "dB"},
        ),
    ] = 3.0
    field_score_db: Annotated[
        float,
        Meta(
            ge=10,
            le=40,
            description="Line score from which a field must show; raising it lets strong pulse trains through",
            extra={"unit": "dB"},
        ),
    ] = 20.0
    field_cluster_db: Annotated[
        float,
        Meta(
            ge=1,
            le=10,
            description="Likeness of lines from which a field must show; raising it lets beating tones through",
            extra={"unit": "dB"},
        ),
    ] = 3.0
    field_z: Annotated[
        float,
        Meta(
            ge=-2,
            le=5,
            description="Least field correlation of a strong candidate, grows with its score; raising it drops cameras",
        ),
    ] = 0.5
    field_comb_db: Annotated[
        float,
        Meta(
            ge=0.5,
            le=10,
            description="Field comb that replaces a missing correlation; raising it drops weak cameras",
            extra={"unit": "dB"},
        ),
    ] = 2.0
    alert_confidence: Annotated[
        float,
        Meta(ge=0.5, le=0.999, description="Posterior from which a candidate is an alert; raising it misses cameras"),
    ] = 0.9
    inspect_confidence: Annotated[
        float,
        Meta(ge=0.05, le=0.9, description="Posterior from which it is worth a look; raising it hides doubtful ones"),
    ] = 0.5
    top_confidence: Annotated[
        float, Meta(ge=0.9, le=0.9999, description="Highest posterior ever stated; the negatives at hand prove no more")
    ] = 0.995
    prior: Annotated[
        float,
        Meta(
            ge=1e-6, le=0.5, description="Fraction of candidates that are cameras; raising it raises every confidence"
        ),
    ] = 0.1
    short_odds: Annotated[
        float,
        Meta(
            ge=1,
            le=100,
            description="Odds are divided by this where the dwell holds no field; higher keeps short pieces silent",
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
        Meta(ge=0.05, le=0.9, description="Part of a slice's power in one line that makes it AM; higher calls AM FM"),
    ] = 0.25
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
