"""Whether lenses begin to show at the aperture that `DetectabilityModel` states: sixteen of them on a wall, grown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detector.lens.calibration.results import working_psf_px
from detector.lens.detectability import DetectabilityModel
from detector.lens.differencing import SetMotions, difference_planes
from detector.lens.glints import GlintFinder, Reading
from detector.lens.noise import estimate_noise
from detector.lens.options import LensOptions
from detector.lens.strobe import StrobeSet
from detector.lens.synth import Lens, Pose, Scene, SceneRenderer, SensorModel, Texture
from detector.lens.working import WorkingFrame, WorkingScale
from detector.types import CameraGeometry, Frame, LedState, Provenance

__all__ = ["Look", "share_seen"]

OPTIONS = LensOptions()
_ROWS_MM, _COLUMNS_MM = (-60.0, -20.0, 20.0, 60.0), (-90.0, -30.0, 30.0, 90.0)  # at 600 mm
_NEAR_PX = 3.0
_LIGHTS = (LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK)
VGA = CameraGeometry(width_px=640, height_px=480, hfov_deg=62.2, black_level_dn=4)
LARGE = CameraGeometry(width_px=2304, height_px=1296, hfov_deg=66.0, bit_depth=10, black_level_dn=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One wall of lenses: how it is seen, and what they are like."""

    name: str
    geometry: CameraGeometry
    sensor: SensorModel
    range_mm: float
    retro_gain: float = 80.0
    edge_deg: float = 1.55

    def seen(self, aperture_mm: float, seed: int = 1) -> tuple[float, float | None]:
        """Return the share of the lenses that the finder reads as `retro`, and the smallest aperture stated."""
        scene = Scene(range_mm=self.range_mm, objects=self._lenses(aperture_mm, seed), texture=Texture.BLANK)
        renderer = SceneRenderer(scene, self.geometry, seed, self.sensor)
        scale = WorkingScale.of(self.geometry, OPTIONS)
        on, off, dark = (
            WorkingFrame.of(_frame(renderer, state, seed * 10 + k), state, scale, OPTIONS)
            for k, state in enumerate(_LIGHTS)
        )
        black_dn, full_dn = self.geometry.black_level_dn, float(2**self.geometry.bit_depth - 1)
        strobe, still = StrobeSet(on, off, dark), np.eye(3)
        planes = difference_planes(strobe, SetMotions(to_off=still, to_dark=still, trusted=True), black_dn)
        noise = estimate_noise(on.grey, full_dn)
        finder = GlintFinder(OPTIONS, scale, black_dn, full_dn)
        glints = finder.find(strobe, planes, noise, estimate_noise(dark.grey, full_dn))
        retro = [(g.y_px, g.x_px) for g in glints if g.reading is Reading.RETRO]
        places = renderer.truth(Pose()).values()
        near = [any(np.hypot(y - a, x - b) < _NEAR_PX * scale.factor for a, b in retro) for y, x in places]
        wall_dn = float(np.median(on.grey)) - float(np.median(dark.grey))
        sigma_dn = float(noise.sigma_dn(np.median(on.grey)))
        ring_mm = self.geometry.on_axis_radius_mm
        model = self._model(scale)
        stated = model.smallest_aperture_mm(self.range_mm, ring_mm, scale.focal_px, wall_dn, sigma_dn, OPTIONS)
        return float(np.mean(near)), stated

    def _model(self, scale: WorkingScale) -> DetectabilityModel:
        blur_px = working_psf_px(self.sensor.psf_sigma_px, scale.factor)
        return DetectabilityModel(
            retro_gain=self.retro_gain,
            edge_deg=self.edge_deg,
            wall_dn_at_1m=0.01,
            psf_sigma_deg=float(np.degrees(blur_px / scale.focal_px)),
        )

    def _lenses(self, aperture_mm: float, seed: int) -> tuple[Lens, ...]:
        """Return lenses that face the camera, each at a place of its own within its pixel."""
        rng = np.random.default_rng(seed)
        lenses = []
        for number, (row, column) in enumerate((r, c) for r in _ROWS_MM for c in _COLUMNS_MM):
            y_mm, x_mm = np.array([row, column]) * self.range_mm / 600.0 + rng.uniform(-2, 2, 2)
            pitch, yaw = np.degrees(np.arctan2([-y_mm, -x_mm], self.range_mm))
            lenses.append(
                Lens(
                    f"lens-{number}",
                    y_mm=float(y_mm),
                    x_mm=float(x_mm),
                    aperture_mm=aperture_mm,
                    pitch_deg=float(pitch),
                    yaw_deg=float(yaw),
                    retro_gain=self.retro_gain,
                    edge_deg=self.edge_deg,
                )
            )
        return tuple(lenses)


# The sharp one asks for holes smaller than a pixel, which the renderer paints as a whole black one: too dark.
LOOKS = tuple(
    Look(name=name, geometry=geometry, sensor=sensor, range_mm=range_mm, retro_gain=gain)
    for name, geometry, sensor in (
        ("2304 x 1296", LARGE, SensorModel(psf_sigma_px=1.5)),
        ("640 x 480, soft, noise x 3", VGA, SensorModel(psf_sigma_px=1.3, noise_scale=3)),
        ("640 x 480, sharp", VGA, SensorModel()),
    )
    for range_mm in (400.0, 1500.0)
    for gain in (10.0, 60.0)
)


def share_seen(factors: Sequence[float], repeats: int = 2) -> Iterator[str]:
    """Yield a line per look: the aperture stated, and the share seen at multiples of it.

    Parameters
    ----------
    factors : sequence of float
    repeats : int
        Walls per factor, sixteen lenses each; at most four are drawn.
    """
    for look in LOOKS:
        stated = look.seen(0.5)[1]
        if stated is None:
            yield f"{look.name}, {look.range_mm:g} mm, gain {look.retro_gain:g}: none"
            continue
        shares = [np.mean([look.seen(stated * f, seed)[0] for seed in range(1, min(repeats, 4) + 1)]) for f in factors]
        figures = " ".join(f"{share:.2f}" for share in shares)
        yield f"{look.name}, {look.range_mm:g} mm, gain {look.retro_gain:g}: {stated:.2f} mm; {figures}"


def _frame(renderer: SceneRenderer, state: LedState, noise_seed: int) -> Frame:
    light = {} if state is LedState.DARK else {state: 1.0}
    pixels = renderer.render(Pose(), light, noise_seed=noise_seed)
    return Frame(
        pixels=pixels, t_ns=noise_seed, exposure_ns=2_000_000, sequence=0, provenance=Provenance.SIMULATED, led=state
    )
