"""Settings of homing on one emitter."""

from typing import Annotated

import msgspec
from msgspec import Meta

__all__ = ["HomingOptions"]


class HomingOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the level is averaged, when the gain steps, and what counts as warmer."""

    average_s: Annotated[
        float,
        Meta(ge=0.5, le=4, description="Averaging time of the level; longer is calmer and lags", extra={"unit": "s"}),
    ] = 1.5
    trend_s: Annotated[
        float,
        Meta(
            ge=1,
            le=10,
            description="Time over which warmer or colder is tested; longer is surer and lags",
            extra={"unit": "s"},
        ),
    ] = 3.0
    trend_t: Annotated[
        float,
        Meta(
            ge=2,
            le=12,
            description="Slope over its own standard error that counts; raising it says 'no change' more often",
        ),
    ] = 5.0
    trend_db: Annotated[
        float,
        Meta(
            ge=0.5,
            le=10,
            description="Least change over that time that is worth a word; raising it ignores slow walks",
            extra={"unit": "dB"},
        ),
    ] = 1.5
    gain_step_db: Annotated[
        float,
        Meta(ge=3, le=20, description="Distance of gain steps; larger switches less and uses less of the converter"),
    ] = 10.0
    high_dbfs: Annotated[
        float,
        Meta(
            ge=-25,
            le=-6,
            description="Level at the converter above which the gain steps down; higher clips peaks",
            extra={"unit": "dB"},
        ),
    ] = -12.0
    back_db: Annotated[
        float,
        Meta(
            ge=2,
            le=15,
            description="Further fall, besides a step, before the gain steps up again; raising it switches less",
            extra={"unit": "dB"},
        ),
    ] = 6.0
    clipped: Annotated[
        float,
        Meta(ge=1e-4, le=0.1, description="Clipped part of a dwell that steps the gain down; higher bends the level"),
    ] = 0.002
    below_noise_db: Annotated[
        float,
        Meta(
            ge=0,
            le=12,
            description="How far below the receiver's noise a level is still told; more shows noise as a signal",
            extra={"unit": "dB"},
        ),
    ] = 7.0
    hold_s: Annotated[
        float,
        Meta(
            ge=0.5,
            le=30,
            description="Time on the emitter between two glances at the sweep; longer lets the sweep age",
            extra={"unit": "s"},
        ),
    ] = 2.0
    glance_hops: Annotated[
        int, Meta(ge=0, le=50, description="Hops of the sweep in a glance; more makes the level jerky")
    ] = 4
    seek_s: Annotated[
        float,
        Meta(
            ge=1,
            le=120,
            description="Time after which the strongest slice is looked for anew; longer misses a drift",
            extra={"unit": "s"},
        ),
    ] = 15.0
