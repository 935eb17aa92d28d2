"""Settings of recording outside and comparing inside."""

from typing import Annotated

import msgspec
from msgspec import Meta

__all__ = ["BaselineOptions"]


class BaselineOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Thresholds of the comparison with a baseline; see docs/homing-and-baseline.md for how they act together."""

    cell_hz: Annotated[
        float,
        Meta(
            ge=5e4,
            le=1e6,
            description="Width of a compared cell; wider misses narrow emitters; other baselines are refused",
            extra={"unit": "Hz"},
        ),
    ] = 1e5
    outside_looks: Annotated[
        int,
        Meta(
            ge=2,
            le=12,
            description="Looks at each hop while recording outside; more takes longer (a sweep each) and lowers "
            "the rise that an alert needs",
            extra={"unit": "looks"},
        ),
    ] = 4
    inside_looks: Annotated[
        int,
        Meta(ge=2, le=12, description="Looks that make one comparison; more answers later", extra={"unit": "looks"}),
    ] = 6
    needed_looks: Annotated[
        int,
        Meta(
            ge=1,
            le=12,
            description="Of these looks, how many must show the whole rise (all must show a signal); more misses "
            "emitters that fade, fewer lets bursts alert",
            extra={"unit": "looks"},
        ),
    ] = 5
    rise_db: Annotated[
        float,
        Meta(
            ge=6,
            le=60,
            description="Least rise of an alert, whatever the statistics say; raising it misses emitters",
            extra={"unit": "dB"},
        ),
    ] = 10.0
    false_alarms: Annotated[
        float,
        Meta(
            ge=1e-4,
            le=0.5,
            description="False alerts expected in one comparison of the whole range under the fading model; raising it "
            "alerts on smaller rises",
            extra={"unit": "alerts"},
        ),
    ] = 0.01
    coherent_hz: Annotated[
        float,
        Meta(
            ge=2e5,
            le=2e7,
            description="Width that fades as one and so counts as one test; raising it tests less strictly",
            extra={"unit": "Hz"},
        ),
    ] = 2e6
    shadow_db: Annotated[
        float,
        Meta(
            ge=0,
            le=12,
            description="Spread of slow differences between places (walls, bodies); raising it misses emitters",
            extra={"unit": "dB"},
        ),
    ] = 4.0
    window_db: Annotated[
        float,
        Meta(
            ge=0,
            le=20,
            description="Rise of everything from outside, assumed where too little is heard to measure it; raising it "
            "misses emitters",
            extra={"unit": "dB"},
        ),
    ] = 3.0
    known_db: Annotated[
        float,
        Meta(
            ge=0,
            le=40,
            description="Further rise asked for where the band plan expects broadcast or a base station; raising it "
            "hides emitters in those bands",
            extra={"unit": "dB"},
        ),
    ] = 10.0
    present_db: Annotated[
        float,
        Meta(
            ge=3,
            le=30,
            description="Height over the receiver's noise that counts as a signal; raising it misses weak emitters",
            extra={"unit": "dB"},
        ),
    ] = 6.0
    join_hz: Annotated[
        float,
        Meta(
            ge=1e5,
            le=5e6,
            description="Risen cells nearer than this are one emitter; wider joins two",
            extra={"unit": "Hz"},
        ),
    ] = 3e5
    quiet_comparisons: Annotated[
        int,
        Meta(
            ge=1,
            le=50,
            description="Comparisons in a row without the rise after which an alert moves to 'worth a look'; raising "
            "it keeps alerts on what has left",
        ),
    ] = 3
    prior: Annotated[
        float,
        Meta(
            ge=1e-4, le=0.5, description="Fraction of rises that are emitters here; raising it raises every confidence"
        ),
    ] = 0.1
    top_confidence: Annotated[
        float,
        Meta(
            ge=0.5,
            le=0.99,
            description="Highest confidence stated: a rise says that something transmits here, not what; at 0.95 a "
            "door bell could become a 'strong sign'",
        ),
    ] = 0.9
