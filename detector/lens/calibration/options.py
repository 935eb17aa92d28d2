"""Every threshold of the calibration routines, once: default, range, unit, and the cost of raising it."""

from typing import Annotated

import msgspec

from detector.lens.options import meta

__all__ = ["CalibrationOptions"]


class CalibrationOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the lens calibration."""

    frames: Annotated[
        int, meta(4, 256, "1", "Frames taken under each light; raising it measures finer and takes longer")
    ] = 24
    max_clipped: Annotated[
        float,
        meta(0, 0.1, "1", "Share of pixels at either end of the scale; raising it lets clipping bias every level"),
    ] = 0.005
    max_drift: Annotated[
        float,
        meta(
            0.001,
            0.2,
            "1",
            "Scatter of the frames' mean level, of that level; raising it lets a flickering lamp or a loose ring pass",
        ),
    ] = 0.02

    # Dark frame
    false_hot_pixels: Annotated[
        float,
        meta(
            1e-6,
            100,
            "1 per frame",
            "Sound pixels that Gaussian noise may make hot in one calibration; raising it finds fainter hot pixels and "
            "mends sound ones",
        ),
    ] = 0.05
    max_hot_fraction: Annotated[
        float, meta(1e-5, 0.1, "1", "Most hot pixels of all; raising it takes a picture of a room for bad pixels")
    ] = 0.005
    max_dark_offset: Annotated[
        float,
        meta(
            0.001,
            0.5,
            "full scale",
            "How far the black level may lie from the one the camera states; raising it takes even light for black",
        ),
    ] = 0.005
    max_dark_spread: Annotated[
        float,
        meta(
            0.0002,
            0.1,
            "full scale",
            "Difference of level from one part of a dark frame to another; raising it overlooks a leak of light",
        ),
    ] = 0.004

    # Ring balance
    max_wall_texture: Annotated[
        float, meta(0.001, 0.5, "1", "Roughness of the wall from patch to patch; raising it takes patterned walls")
    ] = 0.02
    max_motion: Annotated[
        float,
        meta(
            0.001,
            0.5,
            "1",
            "Change of the wall's patches from the first half of the frames to the second, beyond noise; raising it "
            "lets a moving hand blur the map",
        ),
    ] = 0.01
    min_wall_level: Annotated[
        float, meta(0.002, 0.5, "full scale", "Least light of each ring on the wall; raising it asks for more light")
    ] = 0.04
    min_ring_light: Annotated[
        float, meta(0.0005, 0.2, "full scale", "Light below which a ring is not lit; raising it blames far walls")
    ] = 0.005
    wall_albedo: Annotated[
        float,
        meta(
            0.1,
            1,
            "1",
            "Reflectance of the calibration wall, 0.85 for matt white paint; raising it states ranges short",
        ),
    ] = 0.85

    # Focus
    min_edge_snr: Annotated[
        float, meta(3, 1000, "1", "Least step of the edge over the noise; raising it asks for more light")
    ] = 10.0
    max_edge_misfit: Annotated[
        float,
        meta(0.01, 1, "1", "What a blurred edge leaves unexplained, of its step; raising it takes bars for edges"),
    ] = 0.06
    max_focus_cost: Annotated[
        float,
        meta(
            1,
            10,
            "1",
            "How much larger than in perfect focus the smallest aperture may be; raising it passes softer lenses",
        ),
    ] = 1.5

    # Reference lens
    min_glint_snr: Annotated[
        float, meta(5, 1000, "1", "Least flux of the reference glint over its noise; raising it asks for more light")
    ] = 20.0
    max_second_glint: Annotated[
        float, meta(0.01, 1, "1", "Flux of a second glint, of the first one's; raising it lets a screw be measured")
    ] = 0.2
    max_glint_spread: Annotated[
        float,
        meta(
            0.01, 2, "1", "Scatter of the glint's flux from set to set; raising it lets a trembling lens be a reference"
        ),
    ] = 0.3
    reference_edge_deg: Annotated[
        float,
        meta(
            0.1,
            15,
            "deg",
            "Where the light that the reference lens returns ends, 1.55 for a simple lens; raising it states a weaker "
            "lens and sees it further off",
        ),
    ] = 1.55
