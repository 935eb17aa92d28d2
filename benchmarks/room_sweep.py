"""Sweep a simulated room for many minutes at full speed and count what it says: alerts on lenses, on anything else.

    .venv/bin/python benchmarks/room_sweep.py toilet_stall --minutes 30

Uses the production drivers' twins, strobe and senses; only the clock is fast-forwarded. Prints every alert the first
time it appears, with its distance to the nearest true lens, and false alerts per hour with a 95 % interval.
"""

import argparse
from dataclasses import replace

import cv2
import numpy as np
from scipy.stats import chi2

from detector.lens.options import LensOptions
from detector.lens.sense import LensSense
from detector.rf.band_plan import shipped_band_plan
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.types import GlintAlert
from firmware.drivers.open import make_iq_source
from firmware.drivers.settings import RtlSettings
from firmware.drivers.sim.frames import SimCamera
from firmware.drivers.sim.leds import SimLeds
from firmware.drivers.sim.world import OpticsWorld
from firmware.drivers.source import parse_camera_source, parse_leds_source
from firmware.sensors.lens import Strobe

NS_PER_MINUTE = 60_000_000_000
NEAR_PX = 6.0


class FastClock:
    """A clock that is always where it is asked to be."""

    def __init__(self) -> None:
        self.t_ns = 1_000_000_000

    def monotonic_ns(self) -> int:
        return self.t_ns

    def sleep_until(self, t_ns: int) -> None:
        self.t_ns = max(self.t_ns, t_ns)


def sweep_lens(room_name: str, minutes: float, seed: int) -> tuple[int, int]:
    """Return the numbers of true and false alerts of a lens sweep."""
    clock = FastClock()
    world = OpticsWorld(room_name)
    world.room = replace(world.room, seed=world.room.seed + seed)
    camera = SimCamera(parse_camera_source(f"sim:{room_name}"), world, clock)
    leds = SimLeds(parse_leds_source(f"sim:{room_name}"), world, clock)
    seen: dict[str, bool] = {}
    with leds, camera:
        renderer = world.room.renderer()
        sense = LensSense(LensOptions(), camera.geometry)
        strobe = Strobe(leds)
        end_ns = clock.t_ns + round(minutes * NS_PER_MINUTE)
        while clock.t_ns < end_ns:
            frame = strobe.attribute(camera.read())
            sense.step(frame)
            report = sense.report()
            for alert in report.alerts:
                if alert.key in seen or not isinstance(alert, GlintAlert):
                    continue
                truth = renderer.truth(camera.pose(frame))
                away_px = {name: np.hypot(y - alert.y_px, x - alert.x_px) for name, (y, x) in truth.items()}
                nearest = min(away_px, key=lambda name: away_px[name])
                lenses = [away_px[name] for name in world.room.lens_names if name in away_px]
                seen[alert.key] = bool(lenses) and min(lenses) < NEAR_PX
                print(
                    f"lens {(clock.t_ns - 1e9) / NS_PER_MINUTE:6.2f} min {alert.key} confidence {alert.confidence:.3f} "
                    f"frames {alert.frames} nearest {nearest} {away_px[nearest]:.1f} px",
                    flush=True,
                )
    print("lens rejected", dict(report.rejected), dict(report.figures))
    return sum(seen.values()), len(seen) - sum(seen.values())


def sweep_rf(room_name: str, minutes: float) -> int:
    """Return the number of radio alerts of a sweep."""
    clock = FastClock()
    options = RfOptions()
    seen: set[str] = set()
    with make_iq_source(f"sim:{room_name}", RtlSettings(), clock) as source:
        sense = RfSense.for_sweep(options, shipped_band_plan(options.region), source.span_hz)
        end_ns = clock.t_ns + round(minutes * NS_PER_MINUTE)
        while clock.t_ns < end_ns:
            sense.step(source.read(sense.next_tuning()))
            for alert in sense.report().alerts:
                if alert.key not in seen:
                    seen.add(alert.key)
                    print(f"rf {(clock.t_ns - 1e9) / NS_PER_MINUTE:6.2f} min {alert}", flush=True)
    print("rf rejected", dict(sense.report().rejected))
    return len(seen)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("room")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0, help="added to the room's own: another hand, other noise")
    parser.add_argument("--sense", choices=("rf", "lens", "both"), default="both")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    if arguments.sense != "rf":
        true, false = sweep_lens(arguments.room, arguments.minutes, arguments.seed)
        low, high = chi2.ppf(0.025, 2 * false) / 2 if false else 0.0, chi2.ppf(0.975, 2 * false + 2) / 2
        per_hour = 60 / arguments.minutes
        print(f"lens: {true} true, {false} false alerts; {false * per_hour:.1f} false/h ", end="")
        print(f"(95 % {low * per_hour:.1f} to {high * per_hour:.1f})")
    if arguments.sense != "lens":
        print(f"rf: {sweep_rf(arguments.room, arguments.minutes)} alerts")


if __name__ == "__main__":
    main()
