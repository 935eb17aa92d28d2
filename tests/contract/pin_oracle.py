"""Which ring lit a frame, by what gpiozero's mock pins remember themselves: independent of the log of edges."""

from collections.abc import Mapping, Sequence

from gpiozero.pins.mock import MockPin

__all__ = ["light_by_the_pins", "pin_history"]

History = Sequence[tuple[int, bool]]


def pin_history(pin: MockPin, cleared_ns: int) -> list[tuple[int, bool]]:
    """Return the pin's own history as (time in ns, level), from the time at which it was cleared."""
    t_s, history = 0.0, []
    for entry in pin.states:
        t_s += entry.timestamp
        history.append((cleared_ns + round(t_s * 1e9), bool(entry.state)))
    return history


def light_by_the_pins(histories: Mapping[str, History], latency_ns: int, begin_ns: int, end_ns: int) -> str | None:
    """Return the ring that shone alone from the first to the last instant, "dark" for none, None for anything else.

    A level that ended shines on for the latency.
    """
    shone = {}
    for ring, history in histories.items():
        until_ns = [t_ns + latency_ns for t_ns, _ in history[1:]] + [end_ns + 1]
        shone[ring] = {
            level
            for (since_ns, level), gone_ns in zip(history, until_ns, strict=True)
            if since_ns <= end_ns and gone_ns > begin_ns
        }
    lit = [ring for ring, levels in shone.items() if levels == {True}]
    if any(len(levels) != 1 for levels in shone.values()) or len(lit) > 1:
        return None
    return lit[0] if lit else "dark"
