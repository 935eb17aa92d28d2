"""What a technician puts before the camera: a cap, a plain wall, a printed edge, a reference lens."""

from detector.lens.synth import Lens, Scene, Texture

__all__ = ["BENCH_SCENES", "REFERENCE_APERTURE_MM"]

REFERENCE_APERTURE_MM = 1.0
_LENS = Lens("reference lens", y_mm=0.0, x_mm=0.0, aperture_mm=REFERENCE_APERTURE_MM, retro_gain=25.0)

BENCH_SCENES: dict[str, Scene] = {
    "dark_cap": Scene(range_mm=600.0, texture=Texture.BLANK, led_level=0.0, ambient_level=0.0),
    "plain_wall": Scene(range_mm=700.0, texture=Texture.BLANK),
    "edge_target": Scene(range_mm=700.0, texture=Texture.EDGE, contrast=0.9),
    "reference_lens": Scene(range_mm=600.0, texture=Texture.BLANK, led_level=0.15, objects=(_LENS,)),
}
