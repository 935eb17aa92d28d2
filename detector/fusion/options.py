"""The thresholds of the verdict, each declared once."""

from typing import Annotated

import msgspec

__all__ = ["FusionOptions"]


class FusionOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the verdict's lines are drawn."""

    strong_confidence: Annotated[
        float,
        msgspec.Meta(
            ge=0.5,
            le=1.0,
            description="An alert at or above it makes the verdict 'strong sign: do not touch'. "
            "Raising it turns real finds into 'check this spot'; lowering it frightens people over weaker evidence.",
            extra={"unit": "probability"},
        ),
    ] = 0.95
