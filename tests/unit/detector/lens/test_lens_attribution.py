"""A frame belongs to a light only if that light held over its whole exposure."""

import numpy as np
import pytest

from detector.lens.attribution import attribute_led
from detector.types import Frame, LedEdge, LedState, Provenance

ON, OFF, DARK = LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK


def frame(t_ns=1000, exposure_ns=100, readout_ns=50):
    pixels = np.zeros((2, 2), np.uint8)
    return Frame(
        pixels=pixels,
        t_ns=t_ns,
        exposure_ns=exposure_ns,
        readout_ns=readout_ns,
        sequence=0,
        provenance=Provenance.SIMULATED,
    )


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([(0, ON)], ON),
        ([(0, ON), (1000, OFF)], OFF),
        ([(0, ON), (1001, OFF)], None),
        ([(0, ON), (1150, OFF)], None),
        ([(0, ON), (1151, OFF)], ON),
        ([(0, ON), (1050, ON)], ON),
        ([(1050, ON)], None),
        ([], None),
        ([(0, ON), (500, DARK), (900, OFF), (2000, ON)], OFF),
    ],
)
def test_state_over_the_whole_exposure(edges, expected):
    assert attribute_led(frame(), [LedEdge(t, s) for t, s in edges]) is expected


def test_readout_of_the_last_row_counts():
    edges = [LedEdge(0, ON), LedEdge(1120, OFF)]
    assert attribute_led(frame(readout_ns=0), edges) is ON
    assert attribute_led(frame(readout_ns=50), edges) is None
