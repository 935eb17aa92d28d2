"""A recipe as shapes and materials: what Mitsuba's `load_dict` takes, triangles written to a folder beside it.

Wall coordinates as in `detector.lens.synth` (x right, y down, z from the camera into the wall), millimetres, but with
z = 0 in the wall: Mitsuba lets a ray begin off the surface it leaves by 9e-5 of its largest coordinate, 0.05 mm at
600 mm, which is a lens out of focus and a bead of another index.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.path_tracer.meshes import Mesh, cap, disc, facing, merged, ring_of_discs, tube
from benchmarks.path_tracer.optics import CameraLens
from benchmarks.path_tracer.places import cap_curvature_mm, centre_depth_mm
from benchmarks.path_tracer.recipe import Recipe
from detector.lens.synth import (
    Drop,
    GlassBall,
    Lens,
    Pipe,
    Plastic,
    Plate,
    SceneObject,
    Screw,
    StatusLed,
    Tape,
    Tile,
)
from detector.lens.synth.wall import paint_wall

__all__ = ["LED_COUNT", "RING", "WALL", "build"]

RING, WALL = "ring", "wall"
LED_COUNT = 8
_OVERSCAN = 1.9
_AIR = 1.0
_BLACK = 0.04
_SENSOR_REFLECTANCE = 0.3  # silicon under its microlenses, taken as matt
_WHITE = 0.85
_GLASS_INDEX, _WATER_INDEX, _BEAD_INDEX = 1.51, 1.327, 1.93
_MINOR_LIGHT = 1e-5  # share of shadow rays: what else shines is met by chance well enough
_DEPTH = 10  # into the corrected lens through four surfaces, off its sensor, and out again to a lamp
_RAY_EPSILON = 1500 * 2.0**-24  # of single precision
_GAP_MM = 0.01  # between faces that must not coincide
_SENSOR_HALF_MM = 2.6  # of a 1/4 inch sensor's diagonal, with room to spare
_SENSOR_HALF_ANGLE_RAD = 0.6

_Shapes = dict[str, Any]


@dataclass(slots=True)
class _Builder:
    """Collects shapes; `mi` is Mitsuba."""

    mi: ModuleType
    recipe: Recipe
    folder: Path
    shapes: _Shapes = field(default_factory=dict)

    def add_mesh(self, name: str, mesh: Mesh, **more: Any) -> None:
        """Write triangles as PLY and add them with their material or light."""
        handle = self.mi.Mesh(name, len(mesh.vertices), len(mesh.faces), has_vertex_normals=True)
        parameters = self.mi.traverse(handle)
        parameters["vertex_positions"] = mesh.vertices.ravel().astype(np.float32)
        parameters["vertex_normals"] = mesh.normals.ravel().astype(np.float32)
        parameters["faces"] = mesh.faces.ravel().astype(np.uint32)
        parameters.update()
        path = self.folder / f"{name}.ply"
        handle.write_ply(str(path))
        self.shapes[name] = {"type": "ply", "filename": str(path), **more}

    def add_ball(self, name: str, item: SceneObject, radius_mm: float, depth_mm: float, **more: Any) -> None:
        """Add a sphere with its centre that far before the wall."""
        centre = [item.x_mm, item.y_mm, -depth_mm]
        self.shapes[name] = {"type": "sphere", "center": centre, "radius": radius_mm, **more}

    def at_mm(self, item: SceneObject, depth_mm: float) -> tuple[float, float, float]:
        return item.x_mm, item.y_mm, -depth_mm


def build(mi: ModuleType, recipe: Recipe, folder: Path) -> Any:
    """Return the scene, its ring of lights dark and anywhere.

    Parameters
    ----------
    mi : module
        Mitsuba with its variant set.
    recipe : Recipe
    folder : Path
        Takes the triangles; may be deleted afterwards.
    """
    builder = _Builder(mi, recipe, folder)
    scene = recipe.scene
    ambient = scene.ambient_level / scene.led_level
    builder.shapes |= {
        "type": "scene",
        "integrator": {"type": "path", "max_depth": _DEPTH, "rr_depth": 64},
        "ambient": {"type": "constant", "radiance": ambient, "sampling_weight": _MINOR_LIGHT},
        WALL: _wall(mi, recipe),
    }
    ring = ring_of_discs(LED_COUNT, 1.0, 0.1)
    builder.add_mesh(RING, ring, emitter={"type": "area", "radiance": 1.0}, bsdf=_matt(0.0))
    for item in scene.objects:
        _ADD[type(item)](builder, item)
    return mi.load_dict(builder.shapes)


def _matt(reflectance: float) -> _Shapes:
    return {"type": "twosided", "bsdf": {"type": "diffuse", "reflectance": reflectance}}


def _retro_matt(reflectance: float) -> _Shapes:
    return {"type": "retro_sampled_diffuse", "reflectance": reflectance}


def _chrome(roughness: float) -> _Shapes:
    return {"type": "roughconductor", "distribution": "ggx", "alpha": roughness, "specular_reflectance": 0.65,
            "material": "none"}  # fmt: skip


def _glass(index: float, roughness: float | None = None) -> _Shapes:
    if roughness is None:
        return {"type": "dielectric", "int_ior": index, "ext_ior": 1.0}
    return {"type": "roughdielectric", "distribution": "ggx", "alpha": roughness, "int_ior": index, "ext_ior": 1.0}


def _glazed(roughness: float, reflectance: float) -> _Shapes:
    return {"type": "roughplastic", "distribution": "ggx", "alpha": roughness, "diffuse_reflectance": reflectance,
            "int_ior": 1.5}  # fmt: skip


def _wall(mi: ModuleType, recipe: Recipe) -> _Shapes:
    """Return the wall: the synthetic one's pattern, without anything on it, on a rectangle that faces the camera."""
    geometry, range_mm = recipe.geometry, recipe.scene.range_mm
    mm_per_px = range_mm / geometry.focal_px
    height_mm, width_mm = _OVERSCAN * geometry.height_px * mm_per_px, _OVERSCAN * geometry.width_px * mm_per_px
    pattern = paint_wall(replace(recipe.scene, objects=()), mm_per_px, height_mm, width_mm).reflectance
    rows, columns = pattern.shape
    half_y, half_x = rows * mm_per_px / 2, columns * mm_per_px / 2
    centre = [-width_mm / 2 + half_x, -height_mm / 2 + half_y, 0.0]
    transform = mi.ScalarTransform4f().translate(centre).rotate([1, 0, 0], 180).scale([half_x, half_y, 1])
    bitmap = mi.Bitmap(np.ascontiguousarray(pattern[..., None], dtype=np.float32))
    texture = {"type": "bitmap", "bitmap": bitmap, "raw": True, "wrap_mode": "mirror", "filter_type": "bilinear"}
    return {"type": "rectangle", "to_world": transform, "bsdf": {"type": "diffuse", "reflectance": texture}}


def _add_lens(builder: _Builder, item: Lens) -> None:
    """Put stop, glass, sensor and a black barrel behind the place where the stop's middle lies.

    A ray goes on from a surface `_spawn_gap_mm` ahead of where it met it, in or out; surfaces stand that much further
    apart, so that it travels between them what it should.
    """
    glass = builder.recipe.lenses[item.name]
    turn, at = facing(item.yaw_deg, item.pitch_deg), builder.at_mm(item, item.depth_mm)

    gap_mm, last = _spawn_gap_mm(at), len(glass.surfaces)

    def put(part: str, mesh: Mesh, bsdf: _Shapes, gaps: int) -> None:
        moved = replace(mesh, vertices=mesh.vertices - [0.0, 0.0, glass.stop_mm - gaps * gap_mm])
        builder.add_mesh(f"{item.name}-{part}", moved.placed(turn, at), bsdf=bsdf)

    inner = _AIR
    for number, surface in enumerate(glass.surfaces):
        mesh = _lens_surface(glass, number)
        # Mitsuba's "inside" is behind the normal, which points away from the surface's centre of curvature.
        behind, before = (surface.index, inner) if surface.radius_mm > 0 else (inner, surface.index)
        put(f"glass{number}", mesh, {"type": "dielectric", "int_ior": behind, "ext_ior": before}, number)
        inner = surface.index
    put("sensor", _sensor(glass), _retro_matt(_SENSOR_REFLECTANCE), last)
    put(
        "barrel", _barrel(replace(glass, sensor_mm=glass.sensor_mm + last * gap_mm), item.aperture_mm), _matt(_BLACK), 0
    )


def _spawn_gap_mm(at_mm: tuple[float, float, float]) -> float:
    """Return how far along its normal from a surface there Mitsuba lets a ray begin (`Interaction.offset_p`)."""
    return (1 + max(map(abs, at_mm))) * _RAY_EPSILON


def _lens_surface(glass: CameraLens, number: int) -> Mesh:
    surface = glass.surfaces[number]
    reach = 1.45 if glass.sensor_radius_mm is not None else np.arcsin(_clear_mm(glass) / abs(surface.radius_mm))
    towards = -1 if surface.radius_mm > 0 else 1
    return cap(abs(surface.radius_mm), float(reach), surface.vertex_mm + surface.radius_mm, towards)


def _clear_mm(glass: CameraLens) -> float:
    """Return the radius of the glass: all that the stop lets through up to 25 degrees off the axis."""
    return glass.aperture_mm / 2 + 1.3


def _sensor(glass: CameraLens) -> Mesh:
    if glass.sensor_radius_mm is None:
        return disc(0.0, _SENSOR_HALF_MM, glass.sensor_mm)
    mesh = cap(glass.sensor_radius_mm, _SENSOR_HALF_ANGLE_RAD, glass.sensor_mm - glass.sensor_radius_mm, 1)
    return replace(mesh, normals=-mesh.normals, faces=mesh.faces[:, ::-1])


def _barrel(glass: CameraLens, aperture_mm: float) -> Mesh:
    """Return everything black: stop, tube and back."""
    stop = disc(aperture_mm / 2, _stop_reach_mm(glass), glass.stop_mm)
    front_mm = min(glass.stop_mm, -_GAP_MM)
    back_mm = glass.sensor_mm + _GAP_MM
    outer_mm = max(_clear_mm(glass), glass.surfaces[0].radius_mm if glass.stop_mm > 0 else 0.0, _SENSOR_HALF_MM) + 0.2
    return merged([stop, tube(outer_mm, front_mm, back_mm), disc(0.0, outer_mm, back_mm)])


def _stop_reach_mm(glass: CameraLens) -> float:
    """Return how far out the stop is black: to the barrel before the glass, to just inside the core within it."""
    if glass.stop_mm <= 0:
        return max(_clear_mm(glass), _SENSOR_HALF_MM) + 0.2
    return glass.surfaces[1].radius_mm - _GAP_MM


def _add_screw(builder: _Builder, item: Screw) -> None:
    radius_mm = item.radius_mm if item.depth_mm else cap_curvature_mm(item)
    bsdf = _chrome(builder.recipe.roughness[item.name])
    builder.add_ball(item.name, item, radius_mm, centre_depth_mm(item), bsdf=bsdf)


def _add_pipe(builder: _Builder, item: Pipe) -> None:
    reach_mm, z_mm = builder.recipe.scene.range_mm, -item.depth_mm
    builder.shapes[item.name] = {
        "type": "cylinder", "p0": [item.x_mm, -reach_mm, z_mm], "p1": [item.x_mm, reach_mm, z_mm],
        "radius": item.radius_mm, "bsdf": _chrome(builder.recipe.roughness[item.name]),
    }  # fmt: skip


def _add_face(builder: _Builder, item: Tile) -> None:
    """Put a flat face, turned about the vertical through its middle, before the wall."""
    mi, roughness = builder.mi, builder.recipe.roughness[item.name]
    polished = _chrome(roughness) if isinstance(item, Plate) else _glazed(roughness, item.albedo)
    transform = (
        mi.ScalarTransform4f()
        .translate(list(builder.at_mm(item, item.depth_mm)))
        .rotate([0, 1, 0], -item.yaw_deg)
        .rotate([1, 0, 0], 180)
        .scale([item.width_mm / 2, item.height_mm / 2, 1])
    )
    builder.shapes[item.name] = {
        "type": "rectangle",
        "to_world": transform,
        "bsdf": {"type": "twosided", "bsdf": polished},
    }


def _add_patch(builder: _Builder, item: SceneObject, radius_mm: float) -> None:
    """Put a white patch on the wall under something clear."""
    mesh = disc(0.0, radius_mm, 0.0).placed(np.eye(3), builder.at_mm(item, 2 * _GAP_MM))
    builder.add_mesh(f"{item.name}-patch", mesh, bsdf=_retro_matt(_WHITE))


def _add_glass(builder: _Builder, item: GlassBall) -> None:
    bsdf = _glass(_GLASS_INDEX, builder.recipe.roughness[item.name])
    builder.add_ball(item.name, item, item.radius_mm, item.depth_mm + 3 * _GAP_MM, bsdf=bsdf)
    _add_patch(builder, item, 1.3 * item.radius_mm)


def _add_drop(builder: _Builder, item: Drop) -> None:
    bsdf = _glass(_WATER_INDEX, builder.recipe.roughness[item.name])
    builder.add_ball(item.name, item, cap_curvature_mm(item), centre_depth_mm(item), bsdf=bsdf)
    _add_patch(builder, item, item.radius_mm)


def _add_plastic(builder: _Builder, item: Plastic) -> None:
    bsdf = _glazed(builder.recipe.roughness[item.name], 0.3)
    builder.add_ball(item.name, item, item.radius_mm, item.depth_mm, bsdf=bsdf)


def _add_led(builder: _Builder, item: StatusLed) -> None:
    """Put a flat lamp that shines forward only, as one in a bezel does."""
    light = {"type": "area", "radiance": item.radiance, "sampling_weight": _MINOR_LIGHT}
    lamp = disc(0.0, item.radius_mm, 0.0).placed(np.eye(3), builder.at_mm(item, item.depth_mm))
    builder.add_mesh(item.name, lamp, emitter=light, bsdf=_matt(0.4))


def _add_tape(builder: _Builder, item: Tape) -> None:
    """Sink high-index beads into a white layer: each focuses what it sees onto its own back."""
    radius_mm = item.bead_radius_mm
    half = cap(radius_mm + _GAP_MM / 10, np.pi / 2, 0.0, 1)
    backing = replace(half, normals=-half.normals, faces=half.faces[:, ::-1])
    places = [(x, y, -item.depth_mm) for y, x in item.bead_places()]
    for number, place in enumerate(places):
        glass = _glass(_BEAD_INDEX)
        builder.shapes[f"{item.name}-bead{number}"] = {
            "type": "sphere", "center": list(place), "radius": radius_mm, "bsdf": glass,
        }  # fmt: skip
    builder.add_mesh(
        f"{item.name}-backing", merged([backing.placed(np.eye(3), p) for p in places]), bsdf=_retro_matt(_WHITE)
    )


_ADD: dict[type[SceneObject], Callable[[_Builder, Any], None]] = {
    Lens: _add_lens, Screw: _add_screw, Pipe: _add_pipe, Tile: _add_face, Plate: _add_face, GlassBall: _add_glass,
    Drop: _add_drop, Plastic: _add_plastic, StatusLed: _add_led, Tape: _add_tape,
}  # fmt: skip
