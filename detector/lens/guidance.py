"""The one thing to say to the person who holds the device, said calmly."""

from detector.lens.fitness import Fitness
from detector.lens.options import LensOptions
from detector.lens.spot_map import SpotMap
from detector.types import Phrase

__all__ = ["Guide", "advice"]

_NS = 1e9
_DONE_VIEW = 0.9  # share of the middle of the picture that is done before it is called so
_WANTS_VIEW = 0.25  # share of it that lacks nothing but viewpoints before these are asked for
_BESIDE = 0.3  # share of the wall beside the view that makes it scanned already
_AHEAD_DEG = 4.0  # unfinished spots nearer to the middle than this need no turn


def advice(fitness: Fitness, spots: SpotMap, view_deg: tuple[float, float], options: LensOptions) -> str | None:
    """Return the code of what would help most now, None where going on is all there is to do.

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
        return "no_light"
    if fitness.clipped > 1 - options.hint_share:
        return "step_back" if fitness.range_mm else "too_bright"
    if fitness.speed_deg_s > options.max_speed_deg_s:
        return "slower"
    if not fitness.trusted:
        return "plain_wall"
    if not fitness.sharp:
        return "blurred"
    if fitness.share(options.wanted_aperture_mm) < options.hint_share:
        return _better_light(fitness, options)
    return _where_to(spots, view_deg)


def _better_light(fitness: Fitness, options: LensOptions) -> str:
    """Say which way the wall must come to be seen: nearer for light, farther for the ring to lie on the axis."""
    if fitness.range_mm is None:
        return "too_dark"
    if fitness.farther_mm < min(fitness.nearer_mm, options.wanted_aperture_mm):
        return "step_back"
    return "come_closer"


def _where_to(spots: SpotMap, view_deg: tuple[float, float]) -> str | None:
    if spots.wants_viewpoints >= _WANTS_VIEW:
        return _step_aside(spots, view_deg)
    away = spots.towards_unfinished()
    if away is not None and max(map(abs, away)) > _AHEAD_DEG:
        return _turn(away)
    if spots.done_share_of_view < _DONE_VIEW:
        return None
    left, right = spots.done_beside()
    if min(left, right) < _BESIDE <= max(left, right):
        return "part_done_left" if left < right else "part_done_right"
    return "part_done"


def _step_aside(spots: SpotMap, view_deg: tuple[float, float]) -> str:
    """Ask for the longer of both sides, and for the end to which the hand is nearer.

    The viewpoint's angle falls as the camera moves right or down: the wall seems to move the other way.
    """
    low, high = spots.viewpoint_range()
    tall = high[0] - low[0] > high[1] - low[1]
    axis = 0 if tall else 1
    falling = view_deg[axis] - low[axis] <= high[axis] - view_deg[axis]
    names = ("move_down", "move_up") if tall else ("move_right", "move_left")
    return names[0] if falling else names[1]


def _turn(away: tuple[float, float]) -> str:
    down, right = away
    if abs(right) >= abs(down):
        return "point_right" if right > 0 else "point_left"
    return "point_down" if down > 0 else "point_up"


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
        self._shown: str | None = None
        self._shown_ns = 0
        self._wanted: str | None = None
        self._wanted_ns = 0

    def step(self, t_ns: int, wanted: str | None) -> None:
        """Take in what would help after one more set (`advice`); times are those of frames."""
        if wanted is not None and self._shown is not None and _is_move(wanted) and _is_move(self._shown):
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


def _is_move(code: str) -> bool:
    return code.startswith("move_")
