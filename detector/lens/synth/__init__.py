"""A seeded wall with known truth, imaged the way a camera with two LED rings would.

For tests, benchmarks and the simulated room; nothing here is used on real frames. The physics is `lens.md`'s table
put into closed form, fast enough to run beside the live loop (about 3 ms for 640 x 480).

Typical use::

    scene = Scene(range_mm=600, objects=(Lens("clock", y_mm=10, x_mm=20), Screw("hinge", y_mm=60, x_mm=80)))
    renderer = SceneRenderer(scene, CameraGeometry(width_px=640, height_px=480, hfov_deg=62.2, black_level_dn=4))
    hand = HandMotion(seed=3)
    pose = hand.pose(1.25)                                  # any time, in seconds; same seed, same pose
    pixels = renderer.render(pose, {LedState.ON_AXIS: 1.0}, exposure_ns=2_000_000, noise_seed=17)
    where = renderer.truth(pose)["clock"]                   # (y_px, x_px)
    picture = renderer.room_picture(240, 320)               # what a camera on the other side of the room shows

Light is given as the fraction of the exposure during which each ring was lit: `{ON_AXIS: 0.4, OFF_AXIS: 0.6}` is a
frame that straddled an edge, `{}` a dark frame. Wall coordinates are (y, x) in millimetres, y down, x right, origin
opposite the camera at `Pose()`.

`random_scene(seed, lenses=1)` draws a furnished wall; `strobe_frames(...)` yields attributed `Frame`s with truth.
"""

from detector.lens.synth.doubtful import Eyes, Glitter, Spectacles
from detector.lens.synth.handheld import HandMotion, Pose
from detector.lens.synth.renderer import DIM_SHARE, SceneRenderer
from detector.lens.synth.scene import (
    Drop,
    GlassBall,
    Lens,
    Pipe,
    Plastic,
    Plate,
    Scene,
    SceneObject,
    Screw,
    StatusLed,
    Tape,
    Texture,
    Tile,
)
from detector.lens.synth.sensor import NoisySensor, SensorModel
from detector.lens.synth.sequence import StrobePlan, random_scene, strobe_frames

__all__ = [
    "DIM_SHARE",
    "Drop",
    "Eyes",
    "GlassBall",
    "Glitter",
    "HandMotion",
    "Lens",
    "NoisySensor",
    "Pipe",
    "Plastic",
    "Plate",
    "Pose",
    "Scene",
    "SceneObject",
    "SceneRenderer",
    "Screw",
    "SensorModel",
    "Spectacles",
    "StatusLed",
    "StrobePlan",
    "Tape",
    "Texture",
    "Tile",
    "random_scene",
    "strobe_frames",
]
