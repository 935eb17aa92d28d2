"""Settings of the sweep and of the tuner's gain, each declared once with range, unit and the cost of raising it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

__all__ = ["GainOptions", "SweepOptions"]


class SweepOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How listening time is shared out (see docs/sweeping.md)."""

    passes: Annotated[
        Literal["all", "wide", "fine"],
        Meta(
            description="all: the sweep; wide: only the quick pass for wide signals, over the whole range; "
            "fine: only the gapless pass for narrow ones"
        ),
    ] = "all"
    camera_share: Annotated[
        float,
        Meta(
            ge=0.05,
            le=1.0,
            description="Part of the sweep's time for the camera bands; higher leaves the rest stale",
        ),
    ] = 0.6
    wide_share: Annotated[
        float,
        Meta(
            ge=0.0,
            le=1.0,
            description="Part of the sweep's time for the rest of the range; higher delays cameras in camera bands",
        ),
    ] = 0.35
    fine_share: Annotated[
        float,
        Meta(
            ge=0.0,
            le=1.0,
            description="Part of the sweep's time for the gapless pass; higher delays cameras, 0 leaves it out",
        ),
    ] = 0.05
    whole_target_s: Annotated[
        float,
        Meta(
            ge=2,
            le=300,
            description="Wanted time between two visits outside the camera bands: the dwell there is the longest that "
            "keeps it; higher hears weaker cameras there, later",
            extra={"unit": "s"},
        ),
    ] = 16.0
    least_wide_dwell_s: Annotated[
        float,
        Meta(
            ge=0.004,
            le=0.1,
            description="Shortest dwell outside the camera bands; longer sees weaker, and may miss the wanted time",
            extra={"unit": "s"},
        ),
    ] = 0.006
    fine_dwell_s: Annotated[
        float,
        Meta(
            ge=0.002,
            le=0.1,
            description="Dwell of the gapless pass beside the comb; longer names more and takes longer; below 3 ms "
            "more by chance",
            extra={"unit": "s"},
        ),
    ] = 0.003
    fine_overlap: Annotated[
        float,
        Meta(
            ge=0.0,
            le=0.3,
            description="Part of each slice of the gapless pass that its neighbour covers too; a signal wider than "
            "that on the seam is seen in two halves; higher takes more slices",
        ),
    ] = 0.01
    fine_rate_hz: Annotated[
        float,
        Meta(
            ge=2e6,
            le=2.56e6,
            description='Sample rate with passes = "fine", in the place of sample_rate_hz: higher takes fewer '
            "slices; a dongle loses samples above this",
            extra={"unit": "Hz"},
        ),
    ] = 2.56e6
    quick_fine_dwell_s: Annotated[
        float,
        Meta(
            ge=0.0006,
            le=0.1,
            description='Dwell of the gapless pass with passes = "fine"; longer names more at once, takes longer',
            extra={"unit": "s"},
        ),
    ] = 0.0008
    name_dwell_s: Annotated[
        float,
        Meta(
            ge=0.005,
            le=0.2,
            description="Listening time on what the gapless pass could not name; longer names more, costs sweep time",
            extra={"unit": "s"},
        ),
    ] = 0.02
    quick_longer_share: Annotated[
        float,
        Meta(
            ge=0.0,
            le=0.5,
            description='Most of the first pass that longer looks may take with passes = "wide"; the rest of them wait '
            "until everything was listened to once; higher takes that longer",
        ),
    ] = 0.08
    quick_fine_longer_share: Annotated[
        float,
        Meta(
            ge=0.0,
            le=0.5,
            description='The same with passes = "fine", looks for a name among them; higher takes the pass longer, '
            "lower names less in it",
        ),
    ] = 0.03
    quick_step_hz: Annotated[
        float,
        Meta(
            ge=2e6,
            le=8e6,
            description="Distance of hops of the quick pass alone; above 5.25 MHz narrow cameras fall between",
            extra={"unit": "Hz"},
        ),
    ] = 5.25e6
    quick_dwell_s: Annotated[
        float,
        Meta(
            ge=0.0025,
            le=0.1,
            description="Dwell of the quick pass alone; longer sees weaker, later",
            extra={"unit": "s"},
        ),
    ] = 0.0025
    confirm_share: Annotated[
        float,
        Meta(
            ge=0.05,
            le=0.8,
            description="Most of all time that longer looks may take; higher lets doubtful rhythms slow the sweep",
        ),
    ] = 0.25
    confirm_burst_s: Annotated[
        float,
        Meta(
            ge=0.2,
            le=30,
            description="Longer looks that may be run ahead of that share; higher slows the sweep in bursts",
            extra={"unit": "s"},
        ),
    ] = 2.5
    block_max_s: Annotated[
        float,
        Meta(
            ge=1,
            le=3600,
            description="Longest rest of a candidate that never confirms; a camera of like strength that starts there "
            "waits as long at worst",
            extra={"unit": "s"},
        ),
    ] = 120.0
    louder_db: Annotated[
        float,
        Meta(
            ge=0.5,
            le=20,
            description="A rhythm this much plainer than the one refuted breaks the rest; higher hides a camera that "
            "starts on top of it",
            extra={"unit": "dB"},
        ),
    ] = 3.0
    alert_looks: Annotated[
        int,
        Meta(
            ge=1,
            le=5,
            description="Longer looks that must agree before an alert; each costs a dwell and squares the odds of "
            "chance",
        ),
    ] = 2
    quiet_s: Annotated[
        float,
        Meta(
            ge=2,
            le=600,
            description="An alert not heard for this long says so; higher says so later",
            extra={"unit": "s"},
        ),
    ] = 20.0
    doubt_looks: Annotated[
        int,
        Meta(
            ge=2,
            le=100,
            description="Refuting looks at an alert before its confidence is taken down; higher trusts a find longer",
        ),
    ] = 8
    extent_slices: Annotated[
        int,
        Meta(
            ge=0,
            le=8,
            description="Neighbouring slices looked at on each side of a find to measure its width; each costs a dwell",
        ),
    ] = 4


class GainOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the tuner's gain follows the level of each band; the starting gain is ``gain_db``."""

    automatic: Annotated[
        bool, Meta(description="Choose the gain band by band; off, every hop uses the starting gain")
    ] = True
    band_hz: Annotated[
        float,
        Meta(
            ge=5e6,
            le=500e6,
            description="Width of the bands that have a gain of their own; wider lets one transmitter deafen more",
            extra={"unit": "Hz"},
        ),
    ] = 20e6
    clipped: Annotated[
        float,
        Meta(
            ge=0.0001,
            le=0.5,
            description="Clipped part of a dwell that takes the gain down; higher tolerates distortion",
        ),
    ] = 0.005
    down_db: Annotated[
        float,
        Meta(
            ge=1, le=30, description="Step down on clipping; higher recovers sooner, hears less", extra={"unit": "dB"}
        ),
    ] = 8.0
    up_db: Annotated[
        float,
        Meta(
            ge=0.5, le=10, description="Largest step up; higher finds the gain sooner, clips more", extra={"unit": "dB"}
        ),
    ] = 3.0
    least_db: Annotated[
        float, Meta(ge=0, le=50, description="Lowest gain; higher stays overloaded", extra={"unit": "dB"})
    ] = 0.0
    most_db: Annotated[
        float,
        Meta(
            ge=0,
            le=50,
            description="Highest gain; higher hears weaker, and mixes strong neighbours into false signals",
            extra={"unit": "dB"},
        ),
    ] = 40.2
    enough_dbfs: Annotated[
        float,
        Meta(
            ge=-50,
            le=-20,
            description="Level at which the receiver's own noise tops the converter's (about -50): no more gain is "
            "asked for; higher wastes range",
            extra={"unit": "dBFS"},
        ),
    ] = -39.0
    headroom_dbfs: Annotated[
        float,
        Meta(
            ge=-40,
            le=-3,
            description="No step up that would lift the loudest slice of a band above this; higher clips more often",
            extra={"unit": "dBFS"},
        ),
    ] = -18.0
    hold_s: Annotated[
        float,
        Meta(
            ge=0.5,
            le=600,
            description="Quiet time before a step up; longer stays deaf after a passing transmitter",
            extra={"unit": "s"},
        ),
    ] = 15.0
