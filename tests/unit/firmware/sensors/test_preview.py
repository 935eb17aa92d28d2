"""The picture for the page: none is even encoded while a person is in view."""

from types import SimpleNamespace

import numpy as np
import pytest

from detector.types import Frame, LedState, Provenance
from firmware.sensors.lens import _Preview


class Wanting:
    frames_wanted = True

    def __init__(self) -> None:
        self.sent: list[int] = []

    def publish_frame(self, jpeg: bytes, sequence: int, t_ns: int) -> None:
        self.sent.append(sequence)


def frame(sequence: int) -> Frame:
    return Frame(
        pixels=np.zeros((48, 64), np.uint8),
        t_ns=(sequence + 1) * 1_000_000_000,
        exposure_ns=2_000_000,
        sequence=sequence,
        provenance=Provenance.SIMULATED,
        led=LedState.ON_AXIS,
    )


@pytest.mark.parametrize(("withheld", "sent"), [(False, [0, 1]), (True, [])])
def test_no_picture_is_sent_while_it_is_withheld(withheld: bool, sent: list[int]) -> None:
    context = Wanting()
    preview = _Preview(context)  # type: ignore[arg-type]
    sense = SimpleNamespace(picture_withheld=withheld, annotated=lambda f: np.dstack([f.pixels] * 3))
    for sequence in (0, 1):
        preview.show(sense, frame(sequence))  # type: ignore[arg-type]
    assert context.sent == sent
