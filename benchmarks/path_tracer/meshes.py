"""Surfaces of revolution and rings of light as triangles; plain arrays, no renderer needed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Mesh", "cap", "disc", "facing", "merged", "ring_of_discs", "tube"]

_Floats = npt.NDArray[np.float64]
_SEGMENTS = 96
_RINGS = 48
_LED_SIDES = 12


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles.

    Attributes
    ----------
    vertices, normals : ndarray of float64, shape (n, 3)
        Millimetres; unit normals point to the side that counts as outside.
    faces : ndarray of int64, shape (m, 3)
        Counter-clockwise as seen from outside.
    """

    vertices: _Floats
    normals: _Floats
    faces: npt.NDArray[np.int64]

    def placed(self, turn: _Floats, at_mm: Sequence[float]) -> "Mesh":
        """Return the mesh turned by a rotation matrix, then moved."""
        return Mesh(self.vertices @ turn.T + np.asarray(at_mm), self.normals @ turn.T, self.faces)


def cap(radius_mm: float, half_angle_rad: float, centre_z_mm: float, towards: int) -> Mesh:
    """Return the part of a sphere around its pole at -z (`towards` -1) or +z (1), outside away from the centre."""
    angle = np.linspace(0, half_angle_rad, _RINGS)
    r, z = np.sin(angle), towards * np.cos(angle)
    return _revolved(radius_mm * r, centre_z_mm + radius_mm * z, r, z)


def disc(inner_mm: float, outer_mm: float, z_mm: float, towards: int = -1) -> Mesh:
    """Return a flat ring (a disc, with an inner radius of 0) that faces -z or +z."""
    r = np.array([inner_mm, outer_mm])
    return _revolved(r, np.full(2, z_mm), np.zeros(2), np.full(2, float(towards)))


def tube(radius_mm: float, first_z_mm: float, last_z_mm: float) -> Mesh:
    """Return a cylinder around z without ends, outside away from the axis."""
    return _revolved(np.full(2, radius_mm), np.array([first_z_mm, last_z_mm]), np.ones(2), np.zeros(2))


def merged(meshes: Sequence[Mesh]) -> Mesh:
    """Return all of them as one."""
    offsets = np.cumsum([0] + [len(m.vertices) for m in meshes[:-1]])
    faces = [m.faces + offset for m, offset in zip(meshes, offsets, strict=True)]
    return Mesh(
        np.concatenate([m.vertices for m in meshes]), np.concatenate([m.normals for m in meshes]), np.concatenate(faces)
    )


def ring_of_discs(count: int, ring_radius_mm: float, disc_radius_mm: float) -> Mesh:
    """Return equal discs around the origin in the plane z = 0 that face +z: lights around a camera that looks there.

    Each is a regular polygon of the disc's area, so that a ring's power depends on neither its count nor its sides.
    """
    side = 2 * np.pi * np.arange(_LED_SIDES) / _LED_SIDES
    corner_mm = disc_radius_mm * np.sqrt(2 * np.pi / (_LED_SIDES * np.sin(2 * np.pi / _LED_SIDES)))
    rim = np.arange(_LED_SIDES)
    fan = np.column_stack([np.zeros_like(rim), 1 + rim, 1 + (rim + 1) % _LED_SIDES])
    polygon = np.vstack([np.zeros(3), np.column_stack([corner_mm * np.cos(side), corner_mm * np.sin(side), 0 * side])])
    up = np.tile([0.0, 0.0, 1.0], (len(polygon), 1))
    discs = []
    for k in range(count):
        turn = 2 * np.pi * k / count
        at = np.array([ring_radius_mm * np.cos(turn), ring_radius_mm * np.sin(turn), 0.0])
        discs.append(Mesh(polygon + at, up, fan.astype(np.int64)))
    return merged(discs)


def facing(yaw_deg: float, pitch_deg: float) -> _Floats:
    """Return the rotation that points a thing built to face -z so far to the right and down, as seen by the camera."""
    into = np.array([-np.tan(np.radians(yaw_deg)), -np.tan(np.radians(pitch_deg)), 1.0])
    into /= np.linalg.norm(into)
    right = np.cross([0.0, 1.0, 0.0], into)
    right /= np.linalg.norm(right)
    return np.column_stack([right, np.cross(into, right), into])


def _revolved(r: _Floats, z: _Floats, normal_r: _Floats, normal_z: _Floats) -> Mesh:
    """Return a profile turned about z; triangles without area (at the pole) are left out."""
    turn = 2 * np.pi * np.arange(_SEGMENTS) / _SEGMENTS
    cos, sin = np.cos(turn), np.sin(turn)

    def swept(radial: _Floats, along: _Floats) -> _Floats:
        x, y = radial[:, None] * cos, radial[:, None] * sin
        return np.stack([x, y, np.broadcast_to(along[:, None], x.shape)], axis=-1).reshape(-1, 3)

    row, column = np.meshgrid(np.arange(len(r) - 1), np.arange(_SEGMENTS), indexing="ij")
    after = (column + 1) % _SEGMENTS
    a, b = row * _SEGMENTS + column, row * _SEGMENTS + after
    c, d = a + _SEGMENTS, b + _SEGMENTS
    faces = np.concatenate([np.stack([a, c, d], axis=-1).reshape(-1, 3), np.stack([a, d, b], axis=-1).reshape(-1, 3)])
    vertices, normals = swept(r, z), swept(normal_r, normal_z)
    edge = vertices[faces]
    across = np.cross(edge[:, 1] - edge[:, 0], edge[:, 2] - edge[:, 0])
    kept = np.linalg.norm(across, axis=1) > 1e-12
    faces, across = faces[kept], across[kept]
    inside_out = (across * normals[faces].sum(axis=1)).sum(axis=1) < 0
    faces[inside_out] = faces[inside_out][:, ::-1]
    return Mesh(vertices, normals, faces)
