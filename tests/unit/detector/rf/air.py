"""Blocks of simulated air, and a sense driven through them without a clock."""

from detector.rf.convert import from_raw
from detector.types import IqBlock, Provenance

SAME = object()


def block_of(sky, tuning, t0_s, sequence, *, provenance=Provenance.SIMULATED, **more):
    samples, clipped = from_raw(sky.receive(tuning, t0_s), "cu8")
    more.setdefault("clipped_fraction", clipped)
    return IqBlock(
        samples=samples,
        center_hz=tuning.center_hz,
        sample_rate_hz=tuning.sample_rate_hz,
        sequence=sequence,
        t_ns=round(t0_s * 1e9),
        provenance=provenance,
        **more,
    )


def sweep(sense, sky, steps, t0_s=0.0, ahead=2, gain_db=SAME, **more):
    """Answer so many tunings; a gain may be forced, as if the receiver had another one in force. Return the time."""
    asked, t_s, settled = [], t0_s, None
    for number in range(steps):
        while len(asked) < ahead:
            asked.append(sense.next_tuning())
        tuning = asked.pop(0)
        if gain_db is not SAME:
            tuning = type(tuning)(
                center_hz=tuning.center_hz,
                sample_rate_hz=tuning.sample_rate_hz,
                sample_count=tuning.sample_count,
                gain_db=gain_db,
            )
        t_s += 0.01 if settled != tuning.center_hz else 0.0
        settled = tuning.center_hz
        sense.step(block_of(sky, tuning, t_s, number, gain_db=tuning.gain_db, **more))
        t_s += tuning.sample_count / tuning.sample_rate_hz
    return t_s
