"""From a scene and a pose to the pixels a sensor would deliver."""

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt
from scipy.special import i0e

from detector.lens.synth.glare import Spot, View, spots
from detector.lens.synth.handheld import Pose
from detector.lens.synth.projection import Projection, Shutter
from detector.lens.synth.scene import GlassBall, Pipe, Plate, Scene, Screw
from detector.lens.synth.sensor import NoisySensor, SensorModel
from detector.lens.synth.wall import body_of, paint_wall
from detector.types import CameraGeometry, LedState

__all__ = ["DIM_SHARE", "SceneRenderer"]

DIM_SHARE = 1 / 16  # of the on-axis ring's light in a dimmed frame: the LED board's second resistor

_Matrix = npt.NDArray[np.float64]
_Image = npt.NDArray[np.float32]
_REFERENCE_EXPOSURE_NS = 2_000_000
_OVERSCAN = 1.9  # the wall is painted this many fields of view wide
_FIREFLY_REACH = 0.04  # of the picture's width around polished things
_LEAST_SMEAR_PX = 0.33
_SMEAR_STEPS = 16
_REACH_SIGMA = 3.5  # how far out a Gaussian spot is drawn


class SceneRenderer:
    """Renders one scene through one camera.

    Parameters
    ----------
    scene : Scene
    geometry : CameraGeometry
        Size, field of view, black level, bit depth and ring radii.
    seed : int
        Of the noise bank; frames draw from it by their own `noise_seed`.
    sensor : SensorModel, optional
    """

    def __init__(
        self, scene: Scene, geometry: CameraGeometry, seed: int = 0, sensor: SensorModel | None = None
    ) -> None:
        self.scene = scene
        self.geometry = geometry
        self.sensor = sensor or SensorModel()
        height, width = geometry.height_px, geometry.width_px
        mm_per_px = scene.range_mm / geometry.focal_px
        self._wall = paint_wall(scene, mm_per_px, _OVERSCAN * height * mm_per_px, _OVERSCAN * width * mm_per_px)
        cv2.GaussianBlur(self._wall.reflectance, (0, 0), self.sensor.psf_sigma_px, dst=self._wall.reflectance)
        self._lobe = _led_lobe(height, width)
        self._projection = Projection(scene, geometry)
        self._noisy = NoisySensor(geometry, self.sensor, seed)

    def render(
        self,
        pose: Pose,
        light: Mapping[LedState, float],
        exposure_ns: int = _REFERENCE_EXPOSURE_NS,
        gain: float = 1.0,
        noise_seed: int = 0,
        end_pose: Pose | None = None,
        smear_px: tuple[float, float] = (0.0, 0.0),
    ) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
        """Return one frame.

        Parameters
        ----------
        pose : Pose
        light : mapping of LedState to float
            Fraction in [0, 1] of the exposure during which each ring was lit; missing means not at all.
        exposure_ns : int
        gain : float
        noise_seed : int
            Same seed, same noise.
        end_pose : Pose, optional
            Pose at the last row of a rolling shutter; rows between are interpolated. None for a global shutter.
        smear_px : tuple of float
            (y, x) by which the picture moves during the exposure of one row (`smear_px`), blurred along the way.

        Returns
        -------
        ndarray of uint8 or uint16, shape (height_px, width_px)
            Linear, black level added, clipped at 2**bit_depth - 1; uint16 above 8 bits.
        """
        on, off, dim = (
            float(light.get(state, 0.0)) for state in (LedState.ON_AXIS, LedState.OFF_AXIS, LedState.ON_AXIS_DIM)
        )
        on += DIM_SHARE * dim
        full_scale = float(2**self.geometry.bit_depth - 1)
        stop = full_scale * exposure_ns / _REFERENCE_EXPOSURE_NS * gain
        shutter = Shutter(pose, end_pose or pose)
        image = self._projection.wall_seen(self._wall.reflectance, self._wall.matrix_px_to_mm(), shutter)
        self._add_bodies(image, shutter)
        level = stop * self.scene.led_level * (on + off)
        image *= self._lobe * level + stop * self.scene.ambient_level
        light_dn = stop * np.array([on, off, 1.0]) * self.scene.led_level
        self._add_spots(image, shutter, light_dn, np.random.default_rng((noise_seed, 2)))
        image = _smeared(image, smear_px)
        self._add_fireflies(image, pose, np.random.default_rng((noise_seed, 1)), full_scale)
        return self._noisy.expose(image, gain, noise_seed)

    def smear_px(self, start: Pose, end: Pose) -> tuple[float, float]:
        """Return how far (y, x) the middle of the picture moves from one pose to another."""
        middle = np.array([(self.geometry.width_px - 1) / 2, (self.geometry.height_px - 1) / 2, 1.0])
        there = self.wall_to_image(end) @ np.linalg.inv(self.wall_to_image(start)) @ middle
        return float(there[1] / there[2] - middle[1]), float(there[0] / there[2] - middle[0])

    def truth(self, pose: Pose, end_pose: Pose | None = None) -> dict[str, tuple[float, float]]:
        """Return where each object is, (y_px, x_px), whether or not that is inside the picture."""
        shutter, projection = Shutter(pose, end_pose or pose), self._projection
        return {item.name: projection.place(item, projection.pose_at(item, shutter)) for item in self.scene.objects}

    def room_picture(self, height_px: int, width_px: int) -> npt.NDArray[np.uint8]:
        """Return the whole wall in even room light without noise: what another camera in the room would show."""
        whole = cv2.resize(self._wall.reflectance, (width_px, height_px), interpolation=cv2.INTER_AREA)
        return np.clip(whole * 255, 0, 255).astype(np.uint8)

    def wall_to_image(self, pose: Pose) -> _Matrix:
        """Return the 3x3 homography from (x_mm, y_mm, 1) on the wall to (x_px, y_px, 1) times a scale."""
        return self._projection.plane_to_image(pose)

    def _add_bodies(self, image: _Image, shutter: Shutter) -> None:
        """Paint the bodies of what stands before the wall; those on it are part of its picture."""
        for item in self.scene.objects:
            body = body_of(item) if item.depth_mm else None
            if body is None:
                continue
            pose = self._projection.pose_at(item, shutter)
            y_px, x_px = self._projection.place(item, pose)
            reach = body[0] * self.geometry.focal_px / self._projection.before_wall(pose, item.depth_mm)[1]
            window = _window(image.shape, y_px, x_px, reach + 1, reach + 1)
            if window is not None:
                y, x = np.ogrid[window]
                cover = np.clip(reach + 0.5 - np.hypot(y - y_px, x - x_px), 0, 1).astype(np.float32)
                image[window] += cover * (np.float32(body[1]) - image[window])

    def _add_spots(
        self, image: _Image, shutter: Shutter, light: npt.NDArray[np.float64], rng: np.random.Generator
    ) -> None:
        for item in self.scene.objects:
            pose = self._projection.pose_at(item, shutter)
            homography = self._projection.plane_to_image(pose, item.depth_mm)
            view = View(*self._projection.before_wall(pose, item.depth_mm), self.geometry)
            for spot in spots(item, view):
                twinkle = light * np.exp(spot.glitter * rng.standard_normal()) if spot.glitter else light
                if spot.mask_mm is None:
                    self._add_gaussian(image, spot, homography, twinkle)
                else:
                    self._add_gloss(image, spot, homography, twinkle)

    def _add_gaussian(self, image: _Image, spot: Spot, homography: _Matrix, light: npt.NDArray[np.float64]) -> None:
        x, y, w = homography @ (spot.x_mm, spot.y_mm, 1.0)
        y_px, x_px = y / w, x / w
        scale = self.geometry.focal_px / w
        sigma_y = np.hypot(self.sensor.psf_sigma_px, spot.sigma_y_mm * scale)
        sigma_x = np.hypot(self.sensor.psf_sigma_px, spot.sigma_x_mm * scale)
        window = _window(image.shape, y_px, x_px, _REACH_SIGMA * sigma_y, _REACH_SIGMA * sigma_x)
        if window is None:
            return
        rows, columns = window
        lit = self._lobe[
            int(np.clip(round(y_px), 0, image.shape[0] - 1)), int(np.clip(round(x_px), 0, image.shape[1] - 1))
        ]
        flux = float((light * (spot.on * lit, spot.off * lit, spot.own)).sum()) * scale**2
        profile_y = np.exp(-0.5 * ((np.arange(rows.start, rows.stop) - y_px) / sigma_y) ** 2)
        profile_x = np.exp(-0.5 * ((np.arange(columns.start, columns.stop) - x_px) / sigma_x) ** 2)
        image[rows, columns] += (flux / (2 * np.pi * sigma_y * sigma_x) * np.outer(profile_y, profile_x)).astype(
            np.float32
        )

    def _add_gloss(self, image: _Image, spot: Spot, homography: _Matrix, light: npt.NDArray[np.float64]) -> None:
        assert spot.mask_mm is not None  # noqa: S101 - told apart by the caller
        y_mm, x_mm, half_y, half_x = spot.mask_mm
        reach = _REACH_SIGMA * spot.sigma_x_mm + max(spot.on_ring_mm, spot.off_ring_mm)
        top, bottom = max(y_mm - half_y, spot.y_mm - reach), min(y_mm + half_y, spot.y_mm + reach)
        left, right = max(x_mm - half_x, spot.x_mm - reach), min(x_mm + half_x, spot.x_mm + reach)
        if top >= bottom or left >= right:
            return
        corners = homography @ np.array([[left, right, left, right], [top, top, bottom, bottom], [1.0] * 4])
        px = corners[:2] / corners[2]
        centre, half = (px.max(axis=1) + px.min(axis=1)) / 2, (px.max(axis=1) - px.min(axis=1)) / 2
        window = _window(image.shape, centre[1], centre[0], half[1], half[0])
        if window is None:
            return
        rows, columns = window
        grid = np.mgrid[rows, columns].reshape(2, -1)
        wall = np.linalg.inv(homography) @ np.vstack([grid[::-1], np.ones(grid.shape[1])])
        wall_x, wall_y = wall[:2] / wall[2]
        rho = np.hypot(wall_x - spot.x_mm, wall_y - spot.y_mm)
        inside = (np.abs(wall_y - y_mm) <= half_y) & (np.abs(wall_x - x_mm) <= half_x)
        variance = spot.sigma_x_mm**2
        on, off = (_ring_in_mirror(rho, radius_mm, variance) for radius_mm in (spot.on_ring_mm, spot.off_ring_mm))
        shape = (rows.stop - rows.start, columns.stop - columns.start)
        glow = inside * (light[0] * spot.on * on + light[1] * spot.off * off) / (2 * np.pi * variance)
        image[rows, columns] += glow.reshape(shape).astype(np.float32) * self._lobe[rows, columns]

    def _add_fireflies(self, image: _Image, pose: Pose, rng: np.random.Generator, full_scale: float) -> None:
        """Light single pixels: half of them anywhere, half around polished things, as path tracers do."""
        count = self.scene.fireflies
        if not count:
            return
        y, x = (rng.integers(0, side, count) for side in image.shape)
        polished = [item.name for item in self.scene.objects if isinstance(item, Screw | Plate | Pipe | GlassBall)]
        if polished:
            truth = self.truth(pose)
            around = np.array([truth[polished[k]] for k in rng.integers(0, len(polished), count // 2)]).reshape(-1, 2)
            around = around + rng.normal(0, _FIREFLY_REACH * image.shape[1], around.shape)
            y[: count // 2] = np.clip(around[:, 0], 0, image.shape[0] - 1)
            x[: count // 2] = np.clip(around[:, 1], 0, image.shape[1] - 1)
        image[y, x] += (full_scale * rng.uniform(0.3, 2.0, count)).astype(np.float32)


def _ring_in_mirror(rho_mm: _Matrix, radius_mm: float, variance_mm2: float) -> _Matrix:
    """Return a ring of lights in a slightly rough mirror: a Gaussian convolved with a circle (Rice distribution)."""
    return np.asarray(np.exp(-0.5 * (rho_mm - radius_mm) ** 2 / variance_mm2) * i0e(rho_mm * radius_mm / variance_mm2))


def _smeared(image: _Image, smear_px: tuple[float, float]) -> _Image:
    """Return the image averaged along a straight way; below a third of a pixel the PSF drowns it."""
    length = float(np.hypot(*smear_px))
    if length < _LEAST_SMEAR_PX:
        return image
    reach = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), dtype=np.float32)
    for along in (np.arange(_SMEAR_STEPS) + 0.5) / _SMEAR_STEPS - 0.5:
        y, x = reach + along * smear_px[0], reach + along * smear_px[1]
        row, column = int(np.floor(y)), int(np.floor(x))
        share = np.outer((1 - (y - row), y - row), (1 - (x - column), x - column))
        kernel[row : row + 2, column : column + 2] += share.astype(np.float32) / _SMEAR_STEPS
    return np.asarray(cv2.filter2D(image, cv2.CV_32F, kernel, borderType=cv2.BORDER_REPLICATE), dtype=np.float32)


def _led_lobe(height: int, width: int) -> _Image:
    """Return the LEDs' beam over the picture, 1 in the middle; it moves with the camera."""
    y, x = np.indices((height, width), dtype=np.float32)
    radius = np.hypot(y - (height - 1) / 2, x - (width - 1) / 2) / (0.28 * width)
    return np.asarray(0.25 + 0.75 * np.exp(-0.5 * radius**2), dtype=np.float32)


def _window(
    shape: tuple[int, ...], y_px: float, x_px: float, half_y: float, half_x: float
) -> tuple[slice, slice] | None:
    top, bottom = max(0, int(np.floor(y_px - half_y))), min(shape[0], int(np.ceil(y_px + half_y)) + 1)
    left, right = max(0, int(np.floor(x_px - half_x))), min(shape[1], int(np.ceil(x_px + half_x)) + 1)
    if top >= bottom or left >= right:
        return None
    return slice(top, bottom), slice(left, right)
