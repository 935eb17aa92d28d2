"""Faults by name, ended on leaving, and a configuration in which a device gets through them quickly."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.virtual_dongle.control import Control
from tests.virtual_dongle.protocol import Fault, Physics

__all__ = ["FAULTS", "QUICK_CONFIG", "QUICK_PHYSICS", "faulty"]

FAULTS = (
    *(("unplug", -4.0), ("unplug", -1.0), ("stall", 0.0), ("short", 0.5)),
    *(("lose", 0.2), ("garbage", 0.0), ("stuck", 0.0), ("hang", -1.0)),
)

QUICK_PHYSICS = Physics(control_s=0.001, settle_s=0.001)
QUICK_CONFIG = """
[radio]
full_range = false
comb_step_hz = 8e6
dwell_s = 0.005
[drivers.rtl]
settle_s = 0.003
[supervision]
reopen_interval_s = 0.5
restart_delay_s = 0.1
restart_delay_max_s = 1.0
"""


@contextmanager
def faulty(control: Control, name: str, amount: float) -> Iterator[None]:
    """Bring on a fault; ``hang`` is a dongle that is pulled out and whose closing then never returns."""
    control.hang_close(name == "hang")
    control.fault(Fault.UNPLUG if name == "hang" else Fault(name), amount)
    try:
        yield
    finally:
        control.fault(Fault.NONE)
        control.hang_close(False)
