"""Every threshold and setting of the lens sense, once: default, range, unit, and the cost of raising it."""

from typing import Annotated

import msgspec

__all__ = ["LensOptions", "meta"]


def meta(low: float, high: float, unit: str, description: str) -> msgspec.Meta:
    """Return what declares a setting: its range, bounds included, its unit and what raising it costs."""
    return msgspec.Meta(ge=low, le=high, description=description, extra={"unit": unit})


class LensOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of `LensSense`; angles are at the camera, so that they hold at every resolution."""

    # Frames and strobe sets
    working_width_px: Annotated[
        int,
        meta(320, 4096, "px", "Width that frames are shrunk to before the search; raising it costs time per frame"),
    ] = 648
    set_span_ms: Annotated[
        float,
        meta(20, 2000, "ms", "Frames of one strobe set lie within this; raising it pairs frames that no longer match"),
    ] = 500.0

    # Registration
    registration_shrink: Annotated[
        int, meta(1, 4, "1", "Frames are shrunk by this before corners are followed; raising it loses fine texture")
    ] = 2
    corners: Annotated[int, meta(20, 600, "1", "Corners followed from frame to frame; raising it costs time")] = 150
    corner_quality: Annotated[
        float, meta(0.001, 0.5, "1", "Weakest corner kept, of the strongest; raising it starves plain walls")
    ] = 0.01
    corner_spacing_px: Annotated[
        float, meta(2, 50, "px", "Least distance between corners, shrunken; raising it starves small patterns")
    ] = 8.0
    corner_frames: Annotated[
        int,
        meta(1, 30, "1", "Lit frames after which corners are looked for anew; raising it follows fewer and fewer"),
    ] = 4
    follow_window_px: Annotated[
        int, meta(7, 41, "px", "Lucas-Kanade window, shrunken; raising it costs time and blurs parallax")
    ] = 15
    follow_back_px: Annotated[
        float,
        meta(0.1, 5, "px", "A corner followed there and back must return within this; raising it lets noise through"),
    ] = 0.7
    inlier_px: Annotated[
        float, meta(0.2, 5, "px", "Corners this near to the common motion agree with it; raising it trusts parallax")
    ] = 1.0
    min_inliers: Annotated[
        int, meta(4, 200, "1", "Corners that must agree before a motion is trusted; raising it distrusts plain walls")
    ] = 12
    min_inlier_fraction: Annotated[
        float, meta(0.1, 1, "1", "Share of all corners that must agree; raising it distrusts cluttered rooms")
    ] = 0.35

    max_residual_px: Annotated[
        float,
        meta(
            0.05, 2, "px", "Scatter of corners, shrunken, beyond which a motion is not trusted; raising it trusts noise"
        ),
    ] = 0.5
    max_error_deg: Annotated[
        float,
        meta(
            0.005, 1, "deg", "Standard error of a motion beyond which it is not trusted; raising it trusts few corners"
        ),
    ] = 0.05

    # Candidates
    max_extent_deg: Annotated[
        float, meta(0.2, 5, "deg", "Widest glint; raising it lets glossy patches in, lowering it loses near lenses")
    ] = 1.1
    detect_snr: Annotated[
        float, meta(3, 50, "1", "Least peak over noise of a candidate; raising it loses faint lenses")
    ] = 5.5
    segment_snr: Annotated[
        float, meta(2, 20, "1", "A pixel counts as glint above this many sigmas; raising it loses faint flux")
    ] = 4.0
    min_contrast: Annotated[
        float, meta(0, 5, "1", "Least peak over the surrounding wall; raising it loses small lenses in bright rooms")
    ] = 0.25
    max_candidates: Annotated[
        int, meta(8, 1000, "1", "Candidates kept per strobe set, strongest first; raising it costs time")
    ] = 128
    shared_light_weight: Annotated[
        float,
        meta(0, 1, "1", "Share of the off-axis light taken off when candidates are ranked; 1 hides what is specular"),
    ] = 0.8
    border_deg: Annotated[
        float, meta(0.1, 5, "deg", "Margin of the picture that is not searched; raising it narrows the view")
    ] = 0.6

    # Photometry
    aperture_deg: Annotated[
        float, meta(0.1, 2, "deg", "Radius in which flux is summed; raising it merges neighbours")
    ] = 0.32
    search_untrusted_deg: Annotated[
        float,
        meta(
            0,
            5,
            "deg",
            "How far around its place off-axis and dark light is looked for where registration is not trusted; raising "
            "it blames more",
        ),
    ] = 0.9
    min_ratio: Annotated[
        float, meta(1.2, 50, "1", "Least on-axis to off-axis flux of a lens; raising it loses weak and clipped lenses")
    ] = 4.0
    ratio_cap: Annotated[
        float, meta(10, 1000, "1", "Ratios above are counted as this; raising it lets one clean frame speak louder")
    ] = 60.0
    max_dark_residue: Annotated[
        float, meta(0.02, 1, "1", "Most flux left in the dark frame, of the on-axis flux; raising it admits lamps")
    ] = 0.25

    # Tracks
    gate_deg: Annotated[
        float, meta(0.05, 2, "deg", "A glint this near to its prediction continues a track; raising it links sparkle")
    ] = 0.35
    gate_untrusted_deg: Annotated[float, meta(0.05, 10, "deg", "The same where registration is not trusted")] = 1.3
    reacquire_deg: Annotated[
        float,
        meta(0.05, 5, "deg", "A held alert takes back a glint this near; raising it merges two lenses into one"),
    ] = 1.0
    flux_gate_dex: Annotated[
        float, meta(0.2, 4, "dex", "Flux may change by this between sets; raising it links sparkle")
    ] = 1.0
    measurement_sigma_deg: Annotated[
        float, meta(0.005, 1, "deg", "Expected error of a centroid; raising it smooths more")
    ] = 0.07
    acceleration_sigma_deg: Annotated[
        float, meta(0.001, 2, "deg", "Expected change of drift between sets; raising it trusts drift less")
    ] = 0.03
    max_missed_sets: Annotated[
        int, meta(1, 50, "1", "Misses in a row after which a track ends; raising it keeps sparkle alive")
    ] = 3
    look_back_sets: Annotated[
        int,
        meta(0, 400, "1", "Sets before its first in which a track's place is looked up; raising it costs time"),
    ] = 40
    max_tracks: Annotated[int, meta(8, 2000, "1", "Tracks followed at once; raising it costs time")] = 256
    history_sets: Annotated[
        int, meta(8, 1000, "1", "Measurements remembered per track; raising it forgets changes later")
    ] = 64
    max_track_points: Annotated[
        int, meta(8, 10000, "1", "Positions reported per alert, newest last; raising it makes reports long")
    ] = 240
    max_held_alerts: Annotated[
        int, meta(1, 200, "1", "Alerts out of view that stay in the report; raising it makes reports long")
    ] = 32

    # Verdict
    min_hits: Annotated[
        int,
        meta(
            2,
            50,
            "1",
            "Strobe sets that must show a glint before its features mean anything; raising it asks for patience",
        ),
    ] = 5
    false_alert_budget: Annotated[
        float,
        meta(
            1e-6,
            1,
            "1 per sweep",
            "Chance rows of sparkle that may alert in one sweep; raising it alerts sooner and wrongly",
        ),
    ] = 0.001
    budget_sets: Annotated[
        float,
        meta(10, 100000, "1", "Strobe sets of the sweep that the budget is for; raising it asks for more evidence"),
    ] = 300.0
    lens_show: Annotated[
        float,
        meta(
            0.3,
            0.99,
            "1",
            "Share of sets in which a lens in view reads retro; raising it drops flickering lenses sooner",
        ),
    ] = 0.85
    sparkle_near_deg: Annotated[
        float,
        meta(
            0.5, 20, "deg", "Reach within which sparkle counts as local; raising it forgets that it crowds round chrome"
        ),
    ] = 2.6
    max_wander_deg: Annotated[
        float,
        meta(
            0.02,
            5,
            "deg",
            "A place that moves by itself by more than this is no fixed lens; raising it lets eyes alert",
        ),
    ] = 0.25
    alert_confidence: Annotated[
        float, meta(0.05, 0.999, "1", "Alert line; raising it misses lenses, lowering it empties buildings")
    ] = 0.6
    top_confidence: Annotated[
        float,
        meta(0.9, 1, "1", "No higher probability is stated; raising it claims more than the negatives at hand prove"),
    ] = 0.995
    inspect_confidence: Annotated[
        float, meta(0.01, 0.999, "1", "Line for 'worth a look'; raising it hides doubtful spots")
    ] = 0.35
    neighbour_deg: Annotated[
        float,
        meta(0.2, 10, "deg", "Retro-reflectors this near to each other belong together; raising it joins lenses"),
    ] = 2.6
    neighbour_flux_dex: Annotated[
        float, meta(0.05, 2, "dex", "Neighbours are alike within this; raising it takes a lens for tape")
    ] = 0.35
    neighbours_alike: Annotated[
        int, meta(1, 20, "1", "Alike neighbours that make a glint part of tape; raising it lets short tape alert")
    ] = 2
    no_dark_penalty: Annotated[
        float,
        meta(0, 10, "logit", "Taken off the evidence of a glint never seen in a dark frame; raising it mutes it"),
    ] = 1.0
    untrusted_penalty: Annotated[
        float, meta(0, 10, "logit", "Taken off in proportion to sets whose registration is not trusted")
    ] = 2.5

    min_view_deg: Annotated[
        float,
        meta(
            0,
            10,
            "deg",
            "Span of viewpoints, at the wall, over which a glint must last: a mirror that faces the camera answers "
            "like a lens as long as the camera only turns; raising it asks for a longer step aside",
        ),
    ] = 0.2

    mirror_cone_deg: Annotated[
        float,
        meta(
            0.2,
            10,
            "deg",
            "Half the cone from which a mirror can answer the on-axis ring alone: a quarter of both radii over the "
            "nearest range (6 and 45 mm, 0.4 m); raising it asks for a longer step aside",
        ),
    ] = 1.8
    constancy_deg: Annotated[
        float,
        meta(
            0.5,
            20,
            "deg",
            "A lens seen from one viewpoint is expected from every other within this; raising it rejects lenses that "
            "come into their own cone late",
        ),
    ] = 4.0
    first_look_evidence: Annotated[
        float,
        meta(
            -10,
            10,
            "nat",
            "Evidence of a wide cone and against a patch of mirrors asked for in the first look, before the camera "
            "moved on; raising it loses lenses in short looks, lowering it lets mirrors alert",
        ),
    ] = -2.5

    mirror_evidence: Annotated[
        float,
        meta(
            -1000,
            0,
            "nat",
            "Evidence of a wide cone below which a glint is taken for a mirror and not even listed; raising it hides "
            "lenses that flicker",
        ),
    ] = -3.0

    # People in view
    pair_flux_dex: Annotated[
        float,
        meta(0.02, 1, "dex", "Eyes of one head are alike in flux within this; raising it takes more pairs for eyes"),
    ] = 0.25
    pair_tilt_deg: Annotated[
        float, meta(5, 90, "deg", "How far a pair of eyes may lean over; raising it takes more pairs for eyes")
    ] = 40.0
    pair_sets: Annotated[
        int,
        meta(3, 50, "1", "Strobe sets that must show a pair before it can be a person; raising it pauses later"),
    ] = 6
    pair_motion_deg: Annotated[
        float,
        meta(
            0.02,
            2,
            "deg",
            "Root-mean-square motion that a pair shares against the wall, beyond what a depth explains, and that makes "
            "it a person; raising it pauses later",
        ),
    ] = 0.083
    pair_hold_s: Annotated[
        float,
        meta(
            0,
            30,
            "s",
            "How long two glints like eyes raise no alert and hide the picture, until they are known to stay in place; "
            "raising it delays two lenses that happen to look like eyes",
        ),
    ] = 4.0
    blink_sets: Annotated[
        int, meta(1, 10, "1", "Strobe sets in which a pair goes out together: a blink; raising it overlooks blinks")
    ] = 2
    person_leave_s: Annotated[
        float,
        meta(0.2, 60, "s", "The pause ends when no eyes were seen for this long; raising it keeps the search waiting"),
    ] = 3.0
    person_still_s: Annotated[
        float,
        meta(
            2,
            120,
            "s",
            "The pause ends when the pair has not moved for this long: no head holds that still; raising it keeps the "
            "search waiting for two reflectors on a wall",
        ),
    ] = 10.0

    # Coverage
    spot_deg: Annotated[
        float,
        meta(1, 10, "deg", "Side of the spots that the wall is divided into; raising it lets the edge of a spot pass"),
    ] = 2.5
    spot_sets: Annotated[
        int,
        meta(
            2,
            100,
            "1",
            "Sets on end that could have shown a lens before a spot is done, untrusted ones count half; "
            "raising it asks for patience",
        ),
    ] = 7
    spot_view_deg: Annotated[
        float,
        meta(
            0,
            10,
            "deg",
            "Span of viewpoints, at the wall, before a spot is done: more than `min_view_deg`, for a lens may miss the "
            "outermost and a mirror must have had time to go out; raising it asks for more movement",
        ),
    ] = 0.75
    wanted_aperture_mm: Annotated[
        float,
        meta(
            0.3,
            10,
            "mm",
            "A simple lens this wide must have shown for a set to count; raising it lets weak light count",
        ),
    ] = 1.5
    assumed_range_mm: Annotated[
        float,
        meta(
            100,
            5000,
            "mm",
            "Range that is assumed as long as no calibration tells it; raising it refuses dim pictures, lowering it "
            "counts walls that are too far away",
        ),
    ] = 1500.0
    max_clipped_share: Annotated[
        float, meta(0, 1, "1", "Share of clipped pixels beyond which a place shows no lens; raising it counts glare")
    ] = 0.1
    min_off_axis_share: Annotated[
        float,
        meta(
            0,
            1,
            "1",
            "Off-axis light on a place, of the on-axis light there, for both rings to count; raising it asks for a "
            "wider off-axis beam",
        ),
    ] = 0.2
    min_sharpness: Annotated[
        float,
        meta(0, 1, "1", "Steepness of the sharpest edges, of the best lately; raising it takes plainer walls for blur"),
    ] = 0.6
    max_speed_deg_s: Annotated[
        float,
        meta(
            1, 200, "deg/s", "Faster hands are asked to slow down; raising it loses the place, registration held at 30"
        ),
    ] = 25.0
    map_slack_deg: Annotated[
        float,
        meta(
            0.1,
            10,
            "deg",
            "How far the place on the map may be unsure before the map ends there; raising it joins what may not "
            "belong together",
        ),
    ] = 1.25
    aim_share: Annotated[
        float,
        meta(
            0.1, 1, "1", "Middle of the picture, of its width and height, that is pointed at; raising it asks for more"
        ),
    ] = 0.6
    aim_sets: Annotated[
        int, meta(1, 50, "1", "Sets for which a spot must be pointed at to be asked for; raising it forgives passing")
    ] = 3
    complete_share: Annotated[
        float,
        meta(
            0.1,
            1,
            "1",
            "Share of the spots pointed at that must be done before 'nothing detected' may be said; "
            "raising it asks for every corner",
        ),
    ] = 0.8
    complete_spots: Annotated[
        int,
        meta(1, 5000, "1", "Spots that must be done before 'nothing detected' may be said; raising it takes longer"),
    ] = 30
    min_dark_fraction: Annotated[
        float, meta(0, 1, "1", "Share of sets that must have a dark frame; raising it asks for a steadier strobe")
    ] = 0.3
    min_ring_light: Annotated[
        float,
        meta(
            0,
            0.2,
            "full scale",
            "How much each ring must brighten the mean of the frame before a set counts; raising it refuses far walls, "
            "0 lets a burnt ring pass for an empty room",
        ),
    ] = 0.002
    max_unlit_fraction: Annotated[
        float,
        meta(0, 1, "1", "Share of sets that the rings may have left unlit; raising it lets a loose contact pass"),
    ] = 0.2
    min_trusted_fraction: Annotated[
        float, meta(0, 1, "1", "Share of sets whose registration must be trusted; raising it asks for texture")
    ] = 0.5

    # Guidance
    hint_onset_s: Annotated[
        float, meta(0, 5, "s", "A cause must last this long before a hint shows; raising it helps later, calmer")
    ] = 0.4
    hint_hold_s: Annotated[
        float, meta(0, 10, "s", "A hint stays at least this long, to be read; raising it keeps hints past their cause")
    ] = 1.5
    hint_share: Annotated[
        float,
        meta(0.1, 1, "1", "Share of the picture that must be fit to show a lens; raising it asks for better light"),
    ] = 0.5
