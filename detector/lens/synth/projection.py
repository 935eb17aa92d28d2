"""Where things on and before the wall land in the picture, row by row where the shutter rolls."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from detector.lens.synth.handheld import Pose
from detector.lens.synth.scene import Scene, SceneObject
from detector.types import CameraGeometry

__all__ = ["Projection", "Shutter", "camera_turn"]

_Matrix = npt.NDArray[np.float64]
_Image = npt.NDArray[np.float32]


def camera_turn(pose: Pose) -> _Matrix:
    """Return the rotation from the wall's directions (x right, y down, z inwards) to the camera's, shape (3, 3)."""
    pan, tilt, roll = np.radians([pose.pan_deg, pose.tilt_deg, pose.roll_deg])
    turn_y = np.array([[np.cos(pan), 0, -np.sin(pan)], [0, 1, 0], [np.sin(pan), 0, np.cos(pan)]])
    turn_x = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    turn_z = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(turn_z @ turn_x @ turn_y)


@dataclass(frozen=True, slots=True)
class Shutter:
    """The poses at the first and at the last row; the same for a global shutter."""

    first: Pose
    last: Pose

    @property
    def rolls(self) -> bool:
        """Whether rows have poses of their own."""
        return self.first != self.last


@dataclass(frozen=True, slots=True)
class Projection:
    """A pinhole camera before a scene's wall."""

    scene: Scene
    geometry: CameraGeometry

    def plane_to_image(self, pose: Pose, depth_mm: float = 0.0) -> _Matrix:
        """Return the 3x3 homography from (x_mm, y_mm, 1), `depth_mm` before the wall, to (x_px, y_px, 1) scaled."""
        focal = self.geometry.focal_px
        centre_x, centre_y = (self.geometry.width_px - 1) / 2, (self.geometry.height_px - 1) / 2
        camera = np.array([[focal, 0, centre_x], [0, focal, centre_y], [0, 0, 1]])
        cos, sin = self._slant()
        along = np.array([[cos, 0, 0], [0, 1, 0], [sin, 0, 0]])
        along[:, 2] = (
            depth_mm * sin - pose.x_mm,
            -pose.y_mm,
            self.scene.range_mm - depth_mm * cos - pose.z_mm,
        )
        return np.asarray(camera @ camera_turn(pose) @ along)

    def before_wall(self, pose: Pose, depth_mm: float) -> tuple[Pose, float]:
        """Return the pose in the wall's own directions, and how far the camera is from that depth along its normal."""
        cos, sin = self._slant()
        behind_mm = self.scene.range_mm - pose.z_mm
        x_mm, z_mm = cos * pose.x_mm - sin * behind_mm, sin * pose.x_mm + cos * behind_mm
        return replace(pose, x_mm=x_mm), z_mm - depth_mm

    def pose_at(self, item: SceneObject, shutter: Shutter) -> Pose:
        """Return the pose at the row on which the object lies."""
        if not shutter.rolls:
            return shutter.first
        pose = shutter.first
        for _ in range(2):  # a row moves the place by less than a pixel: twice is more than enough
            row = self.place(item, pose)[0] / (self.geometry.height_px - 1)
            pose = shutter.first.towards(shutter.last, float(np.clip(row, 0.0, 1.0)))
        return pose

    def place(self, item: SceneObject, pose: Pose) -> tuple[float, float]:
        """Return (y_px, x_px) of an object."""
        y_mm, x_mm = item.moved_mm(pose.t_s)
        x, y, w = self.plane_to_image(pose, item.depth_mm) @ (item.x_mm + x_mm, item.y_mm + y_mm, 1.0)
        return float(y / w), float(x / w)

    def wall_seen(self, reflectance: _Image, px_to_mm: _Matrix, shutter: Shutter) -> _Image:
        """Return the wall's picture."""
        size = (self.geometry.width_px, self.geometry.height_px)
        first = self.plane_to_image(shutter.first) @ px_to_mm
        border = cv2.BORDER_REFLECT_101
        if not shutter.rolls:
            return cv2.warpPerspective(reflectance, first, size, flags=cv2.INTER_LINEAR, borderMode=border)  # type: ignore[return-value]
        ends = [np.linalg.inv(m) for m in (first, self.plane_to_image(shutter.last) @ px_to_mm)]
        begin, end = (m / m[2, 2] for m in ends)
        y = np.arange(size[1])[:, None, None]
        rows = begin + y / (size[1] - 1) * (end - begin)  # (h, 3, 3): the camera's motion within a frame is small
        x = np.arange(size[0], dtype=np.float32)
        slope = rows[:, :, 0].astype(np.float32)
        base = (rows[:, :, 1] * y[:, 0] + rows[:, :, 2]).astype(np.float32)
        u, v, w = (slope[:, k, None] * x + base[:, k, None] for k in range(3))
        return cv2.remap(reflectance, u / w, v / w, cv2.INTER_LINEAR, borderMode=border)  # type: ignore[return-value]

    def _slant(self) -> tuple[float, float]:
        slant = np.radians(self.scene.slant_deg)
        return float(np.cos(slant)), float(np.sin(slant))
