"""A frame belongs to a light only if that light held over its whole exposure."""

import numpy as np
import pytest

from detector.lens.attribution import light_during
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


def light_of(taken, edges):
    edge = light_during(taken, edges)
    return None if edge is None else edge.state


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
    assert light_of(frame(), [LedEdge(t, s) for t, s in edges]) is expected


def test_readout_of_the_last_row_counts():
    edges = [LedEdge(0, ON), LedEdge(1120, OFF)]
    assert light_of(frame(readout_ns=0), edges) is ON
    assert light_of(frame(readout_ns=50), edges) is None


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([(0, ON, None), (1160, OFF, 1151)], ON),
        ([(0, ON, None), (1160, OFF, 1150)], None),
        ([(0, ON, None), (1000, OFF, 900)], OFF),
        ([(0, ON, None), (1001, OFF, 900)], None),
        ([(0, ON, None), (1200, OFF, 900)], None),
        ([(0, ON, None), (1100, ON, 1050)], ON),
        ([(1001, ON, 900)], None),
    ],
)
def test_a_light_that_is_changing_belongs_to_neither_state(edges, expected):
    assert light_of(frame(), [LedEdge(t, s, began) for t, s, began in edges]) is expected


def test_another_wavelength_is_another_light():
    red = LedEdge(1050, ON, wavelength_nm=625.0)
    assert light_during(frame(), [LedEdge(0, ON, wavelength_nm=850.0), red]) is None
    assert light_during(frame(t_ns=1050), [red]) is red
