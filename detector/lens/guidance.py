"""The one thing to say to the person who holds the device, said calmly."""

from enum import StrEnum

from detector.lens.fitness import Fitness
from detector.lens.options import LensOptions
from detector.lens.spot_map import SpotMap
from detector.types import Phrase

__all__ = ["Guide", "Hint", "advice"]

_NS = 1e9
_DONE_VIEW = 0.9  # share of the middle of the picture that is done before it is called so
_WANTS_VIEW = 0.25  # share of it that lacks nothing but viewpoints before these are asked for
_BESIDE = 0.3  # share of the wall beside the view that makes it scanned already
_AHEAD_DEG = 4.0  # unfinished spots nearer to the middle than this need no turn


class Hint(StrEnum):
    """All that may be said; the words are under ``lens.guide.<hint>``. Sides are those of whoever holds the device.

    `MOVE_...` means to carry the device there, `POINT_...` to turn it.
    """

    NO_LIGHT = "no_light"
    TOO_BRIGHT = "too_bright"
    TOO_DARK = "too_dark"
    COME_CLOSER = "come_closer"
    STEP_BACK = "step_back"
    SLOWER = "slower"
    PLAIN_WALL = "plain_wall"
    BLURRED = "blurred"
    MOVE_LEFT = "move_left"
    MOVE_RIGHT = "move_right"
    MOVE_UP = "move_up"
    MOVE_DOWN = "move_down"
    POINT_LEFT = "point_left"
    POINT_RIGHT = "point_right"
    POINT_UP = "point_up"
    POINT_DOWN = "point_down"
    PART_DONE = "part_done"
    PART_DONE_LEFT = "part_done_left"
    PART_DONE_RIGHT = "part_done_right"


_MOVES = frozenset({Hint.MOVE_LEFT, Hint.MOVE_RIGHT, Hint.MOVE_UP, Hint.MOVE_DOWN})


def advice(fitness: Fitness, spots: SpotMap, view_deg: tuple[float, float], options: LensOptions) -> Hint | None:
    """Return what would help most now, None where going on is all there is to do.

    First what keeps the set from showing a lens at all, in the order in which one hides the other; then what the map
    still lacks.

    Parameters
    ----------
    fitness : Fitness
        Of the newest set.
    spots : SpotMap
    view_deg : tuple of float
        (y, x) of the viewpoint, degrees at the wall, as `SpotMap.add` takes it.
    options : LensOptions
    """
    if not fitness.lit:
        return Hint.NO_LIGHT
    if fitness.clipped > 1 - options.hint_share:
        return Hint.STEP_BACK if fitness.range_mm else Hint.TOO_BRIGHT
    if fitness.speed_deg_s > options.max_speed_deg_s:
        return Hint.SLOWER
    if not fitness.trusted:
        return Hint.PLAIN_WALL
    if not fitness.sharp:
        return Hint.BLURRED
    if fitness.share(options.wanted_aperture_mm) < options.hint_share:
        return _better_light(fitness, options)
    return _where_to(spots, view_deg)


def _better_light(fitness: Fitness, options: LensOptions) -> Hint:
    """Say which way the wall must come to be seen: nearer for light, farther for the ring to lie on the axis."""
    if fitness.range_mm is None:
        return Hint.TOO_DARK
    if fitness.farther_mm < min(fitness.nearer_mm, options.wanted_aperture_mm):
        return Hint.STEP_BACK
    return Hint.COME_CLOSER


def _where_to(spots: SpotMap, view_deg: tuple[float, float]) -> Hint | None:
    if spots.wants_viewpoints >= _WANTS_VIEW:
        return _step_aside(spots, view_deg)
    away = spots.towards_unfinished()
    if away is not None and max(map(abs, away)) > _AHEAD_DEG:
        return _turn(away)
    if spots.done_share_of_view < _DONE_VIEW:
        return None
    left, right = spots.done_beside()
    if min(left, right) < _BESIDE <= max(left, right):
        return Hint.PART_DONE_LEFT if left < right else Hint.PART_DONE_RIGHT
    return Hint.PART_DONE


def _step_aside(spots: SpotMap, view_deg: tuple[float, float]) -> Hint:
    """Ask for the longer of both sides, and for the end to which the hand is nearer.

    The viewpoint's angle falls as the camera moves right or down: the wall seems to move the other way.
    """
    low, high = spots.viewpoint_range()
    tall = high[0] - low[0] > high[1] - low[1]
    axis = 0 if tall else 1
    falling = view_deg[axis] - low[axis] <= high[axis] - view_deg[axis]
    names = (Hint.MOVE_DOWN, Hint.MOVE_UP) if tall else (Hint.MOVE_RIGHT, Hint.MOVE_LEFT)
    return names[0] if falling else names[1]


def _turn(away: tuple[float, float]) -> Hint:
    down, right = away
    if abs(right) >= abs(down):
        return Hint.POINT_RIGHT if right > 0 else Hint.POINT_LEFT
    return Hint.POINT_DOWN if down > 0 else Hint.POINT_UP


class Guide:
    """Keeps one hint on the screen long enough to be read, and no longer than it is true.

    A hint shows once its cause has lasted `hint_onset_s`, stays `hint_hold_s`, and goes when its cause has been gone
    that onset long. Another takes its place under the same terms.
    """

    def __init__(self, options: LensOptions) -> None:
        self._options = options
        self.restart()

    def restart(self) -> None:
        """Say nothing, after a gap."""
        self._shown: Hint | None = None
        self._shown_ns = 0
        self._wanted: Hint | None = None
        self._wanted_ns = 0

    def step(self, t_ns: int, wanted: Hint | None) -> None:
        """Take in what would help after one more set (`advice`); times are those of frames."""
        if wanted in _MOVES and self._shown in _MOVES:
            wanted = self._shown  # either way earns viewpoints: whoever follows one must not be sent back at once
        if wanted != self._wanted:
            self._wanted, self._wanted_ns = wanted, t_ns
        lasted_s, shown_s = (t_ns - self._wanted_ns) / _NS, (t_ns - self._shown_ns) / _NS
        held = self._shown is not None and shown_s < self._options.hint_hold_s
        if wanted != self._shown and lasted_s >= self._options.hint_onset_s and not held:
            self._shown, self._shown_ns = wanted, t_ns

    @property
    def hint(self) -> Phrase | None:
        """What to say now."""
        return Phrase(f"lens.guide.{self._shown}") if self._shown else None
