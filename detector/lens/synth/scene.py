"""What stands on the wall: plain descriptions, in millimetres, with the optics that tell them apart."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from detector.lens.synth.optics import LENS_MD_SWEEP, LEVEL_SWEEP, Sweep

__all__ = [
    "Drop",
    "GlassBall",
    "Lens",
    "Pipe",
    "Plastic",
    "Plate",
    "Scene",
    "SceneObject",
    "Screw",
    "StatusLed",
    "Tape",
    "Texture",
    "Tile",
]


class Texture(StrEnum):
    """Pattern of the wall."""

    BLANK = "blank"
    TILES = "tiles"
    WALLPAPER = "wallpaper"
    CHECKER = "checker"
    EDGE = "edge"


@dataclass(frozen=True, slots=True)
class SceneObject:
    """Anything fixed to the wall at (`y_mm`, `x_mm`); `name` is its key in the truth.

    `kind` is the word that truth files use. `radius_mm` of a subclass is its visible body. `depth_mm` is how far it
    stands out from the wall: it then moves against the pattern behind it as the camera steps aside. Boxes (`Tile`,
    `Plate`, `Pipe`) lie flat.
    """

    kind: ClassVar[str] = "object"
    name: str
    y_mm: float
    x_mm: float
    depth_mm: float = field(default=0.0, kw_only=True)

    def moved_mm(self, t_s: float) -> tuple[float, float]:
        """Return how far (y, x) it has moved from its place by itself; what is fixed never has."""
        return 0.0, 0.0


@dataclass(frozen=True, slots=True)
class Lens(SceneObject):
    """A camera lens with a sensor behind it: a cat's eye within about 20 degrees of its axis.

    `retro_gain` is its radiance on axis over that of a white wall, `edge_deg` where the returned light ends
    (`retro_lobe`; the default is `lens.md`'s simple lens), `tail_share` and `tail_deg` gain and edge of a faint wider
    lobe. `sweep` says how gain and edge change from the side. `optics` gives all of these for a design. It is seen in a
    dark hole. `glitter` is the standard deviation of its log brightness from frame to frame: what a trembling hand does
    to a pinhole.
    """

    kind: ClassVar[str] = "lens"
    aperture_mm: float = 2.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    retro_gain: float = 80.0
    edge_deg: float = 1.55
    tail_share: float = 0.0
    tail_deg: float = 4.0
    sweep: Sweep = LENS_MD_SWEEP
    glitter: float = 0.0

    @property
    def is_corrected(self) -> bool:
        """Whether it is as sharp over its whole field."""
        return self.sweep == LEVEL_SWEEP


@dataclass(frozen=True, slots=True)
class Screw(SceneObject):
    """A chrome ball or screw head: the same highlight under either ring, wandering over it as the camera moves.

    `highlight` is its flux in mm^2 of white wall; None for that of a ball, 0.65 pi r^2 / 4. A worn head has flat
    facets, which are brighter than a ball's face. `glitter` is the standard deviation of its log brightness from frame
    to frame: 0 for a ball, more for worn facets.
    """

    kind: ClassVar[str] = "screw"
    radius_mm: float = 4.0
    highlight: float | None = None
    glitter: float = 0.0


@dataclass(frozen=True, slots=True)
class Pipe(SceneObject):
    """A vertical chrome tube: a long highlight, drawn out further and therefore fainter under the wide ring.

    `slope` is the standard deviation of its facets' slopes along it: the smoother, the brighter and the more unlike.
    """

    kind: ClassVar[str] = "pipe"
    radius_mm: float = 12.0
    slope: float = 0.02


@dataclass(frozen=True, slots=True)
class Tile(SceneObject):
    """A glossy ceramic face: a wide specular patch when it faces the camera, nothing 6 degrees away.

    `gloss_deg` is the standard deviation of its facets' slopes, `reflectance` that of its polish: a light at the camera
    is mirrored reflectance / (8 gloss^2) times as bright as white, gloss in radians.
    """

    kind: ClassVar[str] = "tile"
    height_mm: float = 110.0
    width_mm: float = 110.0
    yaw_deg: float = 2.0
    gloss_deg: float = 0.8
    reflectance: float = 0.04
    albedo: float = 0.35


@dataclass(frozen=True, slots=True)
class Plate(Tile):
    """A polished metal plate: a narrow, very bright specular patch when it faces the camera; otherwise black."""

    kind: ClassVar[str] = "plate"
    height_mm: float = 40.0
    width_mm: float = 60.0
    yaw_deg: float = 8.0
    gloss_deg: float = 0.5
    reflectance: float = 0.65
    albedo: float = 0.05


@dataclass(frozen=True, slots=True)
class StatusLed(SceneObject):
    """An indicator lamp: shines in the dark frame too. `radiance` is relative to a lit white wall."""

    kind: ClassVar[str] = "led"
    radius_mm: float = 1.2
    radiance: float = 8.0


@dataclass(frozen=True, slots=True)
class Tape(SceneObject):
    """Retro-reflective tape: `count` high-index beads, staggered in two rows at `pitch_mm`; ratio 30 to 90.

    Glass of index 1.93 focuses almost onto its own back: a lobe as a lens has, and a faint wide one.
    """

    kind: ClassVar[str] = "tape"
    count: int = 7
    pitch_mm: float = 6.0
    bead_radius_mm: float = 1.0
    retro_gain: float = 150.0
    edge_deg: float = 1.5
    tail_share: float = 0.02
    tail_deg: float = 10.0

    def bead_places(self) -> list[tuple[float, float]]:
        """Return (y_mm, x_mm) of each bead."""
        first_mm = self.x_mm - self.pitch_mm * (self.count - 1) / 2
        return [
            (self.y_mm + self.pitch_mm * (0.4 if k % 2 else -0.4), first_mm + k * self.pitch_mm)
            for k in range(self.count)
        ]


@dataclass(frozen=True, slots=True)
class GlassBall(SceneObject):
    """A glass ball on white: a bright ring at 0.7 of its radius, 1.7 times as bright under the on-axis ring."""

    kind: ClassVar[str] = "glass"
    radius_mm: float = 5.0


@dataclass(frozen=True, slots=True)
class Plastic(SceneObject):
    """A shiny plastic knob: a faint highlight, the same under either ring.

    `highlight` is its flux in mm^2 of white wall; None for that of a ball of reflectance 0.04. Flat and varnished faces
    are brighter.
    """

    kind: ClassVar[str] = "plastic"
    radius_mm: float = 8.0
    highlight: float | None = None


@dataclass(frozen=True, slots=True)
class Drop(SceneObject):
    """A drop of water: a small highlight, slightly brighter under the on-axis ring.

    `highlight` is its flux in mm^2 of white wall; None for a twentieth of its disc, as traced on white.
    """

    kind: ClassVar[str] = "drop"
    radius_mm: float = 2.0
    highlight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A flat wall.

    Attributes
    ----------
    range_mm : float
        From the camera at `Pose()` to the wall, along the optical axis.
    slant_deg : float
        By how much the wall's right side is further away; 0 faces the camera at `Pose()`.
    objects : tuple of SceneObject
        Names must be unique.
    texture : Texture
    texture_seed : int
    contrast : float
        Relative depth of the wall's pattern, 0 to 1.
    led_level : float
        Share of full scale that white reaches in the middle under either ring in 2 ms at gain 1 (the exposure is
        taken to suit the range, so this does not fall with it).
    ambient_level : float
        The same for the room's own light.
    fireflies : int
        Single bright pixels in every frame, half of them around polished things (path-tracing noise, sparkle).
    """

    range_mm: float = 600.0
    slant_deg: float = 0.0
    objects: tuple[SceneObject, ...] = ()
    texture: Texture = Texture.TILES
    texture_seed: int = 0
    contrast: float = 0.35
    led_level: float = 0.75
    ambient_level: float = 0.02
    fireflies: int = 0

    def __post_init__(self) -> None:
        names = [item.name for item in self.objects]
        if len(set(names)) != len(names):
            raise ValueError(f"scene objects: names must be unique, got {names}")
        if self.range_mm <= 0:
            raise ValueError(f"scene range_mm: {self.range_mm} is not positive")
