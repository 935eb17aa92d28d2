"""Scores rise with evidence; what is turned down says why; tape is told by its neighbours."""

from collections import deque
from dataclasses import replace

import numpy as np
import pytest

from detector.lens.glints import Reading
from detector.lens.judgement import EvidenceWanted, Judgement, judge, rejection, to_alert
from detector.lens.scoring import TrackFeatures, evidence_penalty, features_of, lens_confidence, load_model, wander_deg
from detector.lens.tracking import Track
from detector.types import AlertKind
from tests.unit.detector.lens.lens_helpers import OPTIONS, PX_PER_DEG, glint

SPECULAR = {"ratio": 1.0, "reading": Reading.SPECULAR}
WANTED = EvidenceWanted(over_sparkle=12.0, over_mirror=-1.0)
LAMP = {"ratio": 0.02, "dark_residue": 1.0, "reading": Reading.DARK_RESIDUE}


def track(hits=8, place=(100.0, 100.0), number=1, drift=lambda k: (0.0, 0.0), **changes):
    glints = deque(glint(*place, **changes) for _ in range(hits))
    points = deque((k, *place) for k in range(hits))
    return Track(
        number=number,
        state=np.array([*place, 0, 0]),
        spread=np.eye(4),
        glints=glints,
        points=points,
        misfits_px=deque([0.3] * (hits - 1)),
        first_t_ns=0,
        last_t_ns=hits,
        hits=hits,
        chances=hits,
        trusted_hits=hits,
        evidence=(4.0 if changes.get("reading", Reading.RETRO) is Reading.RETRO else -1.9) * hits,
        anchor=np.array(place),
        drift_deg=np.zeros(2),
        wanderings=deque((*drift(k), 0.0, 0.3 * k) for k in range(hits)),
    )


def confidence(item):
    return lens_confidence(item, OPTIONS, PX_PER_DEG, load_model())


def judged(*tracks, wanted=WANTED):
    return judge(tracks, OPTIONS, PX_PER_DEG, load_model(), wanted)


def test_features_of_a_clean_track():
    features = features_of(track(), OPTIONS, PX_PER_DEG)
    assert features.log_ratio == pytest.approx(np.log10(20))
    assert (features.retro_share, features.evidence, features.wander) == (1, 2.5, 0)
    assert features.cone == pytest.approx(0, abs=0.1)
    assert features_of(track(hits=20), OPTIONS, PX_PER_DEG).cone > 1
    assert features.vector().shape == (11,)
    assert load_model().logit(features) == pytest.approx(load_model().logit(replace(features)))
    assert isinstance(features, TrackFeatures)


def test_lens_is_sure_and_screw_and_lamp_are_not():
    assert confidence(track()) > 0.9
    assert confidence(track(**SPECULAR)) < 0.05
    assert confidence(track(**LAMP)) < 0.01


@pytest.mark.parametrize(
    "worse",
    [
        {"ratio": 4.0},
        {"hits": 4},
        {"dark_residue": None},
        {"speck": True},
        {"extent_deg": 1.3, "reading": Reading.TOO_LARGE},
    ],
)
def test_less_evidence_means_less_confidence(worse):
    assert confidence(track(**worse)) < confidence(track())


def test_missing_controls_are_taken_off():
    untrusted = track()
    untrusted.trusted_hits = 4
    assert evidence_penalty(track(), OPTIONS) == 0
    assert evidence_penalty(track(dark_residue=None), OPTIONS) == OPTIONS.no_dark_penalty
    assert evidence_penalty(untrusted, OPTIONS) == pytest.approx(OPTIONS.untrusted_penalty / 2)


def test_chance_rows_never_alert_however_lens_like():
    unsure = track()
    unsure.evidence = WANTED.over_sparkle - 1
    (only,) = judged(unsure)
    assert (only.kind, only.reason) == (None, "not_persistent")


def test_one_viewpoint_is_worth_a_look_and_no_alert():
    item = track()
    item.wanderings = deque((0.0, 0.0, 0.0, OPTIONS.min_view_deg / 8 * k) for k in range(8))
    (only,) = judged(item)
    assert (only.kind, only.reason) == (AlertKind.RETRO_REFLECTOR, "one_viewpoint")
    item.trusted_hits = 2
    assert judged(item)[0].reason != "one_viewpoint"


def test_amid_a_patch_of_mirrors_a_glint_is_worth_a_look_until_its_own_cone_outweighs_the_patch():
    young, old = track(), track(hits=24)
    young.patch = old.patch = -6.0
    (only,) = judged(young)
    assert (only.kind, only.reason) == (AlertKind.RETRO_REFLECTOR, "amid_mirrors")
    assert to_alert(only).reasons[0].code == "lens.reason.amid_mirrors"
    assert judged(old)[0].kind is AlertKind.LENS_GLINT


def test_what_stands_out_from_the_wall_does_not_wander_and_a_mirror_image_does():
    before_wall = track(drift=lambda k: (0.0, 0.2 * 0.3 * k))
    mirror = track(drift=lambda k: (0.0, -0.3 * k))
    assert wander_deg(before_wall) == pytest.approx(0, abs=1e-9)
    assert wander_deg(mirror) > OPTIONS.max_wander_deg
    assert judged(before_wall)[0].kind is AlertKind.LENS_GLINT
    assert judged(mirror)[0].kind is not AlertKind.LENS_GLINT


def test_two_alike_that_sway_together_are_no_lenses():
    def sway(k):
        return 0.14 * np.sin(1.5 * k), 0.0

    pair = [track(place=(100, 100 + 50 * k), number=k, drift=sway) for k in range(2)]
    assert {j.kind for j in judged(*pair)} <= {AlertKind.RETRO_REFLECTOR, None}
    still = [track(place=(100, 100 + 50 * k), number=k) for k in range(2)]
    assert {j.kind for j in judged(*still)} == {AlertKind.LENS_GLINT}


def test_too_few_sets_never_alert():
    (only,) = judged(track(hits=OPTIONS.min_hits - 1))
    assert (only.kind, only.reason) == (None, "not_persistent")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (SPECULAR, "specular"),
        (LAMP, "dark_residue"),
        ({"reading": Reading.TOO_LARGE}, "too_large"),
        ({"ratio": 2.0, "saturated": True, "reading": Reading.SATURATED}, "saturated"),
    ],
)
def test_rejections_carry_what_most_sets_read(changes, reason):
    item = track(**changes)
    assert rejection(item, OPTIONS, WANTED.over_sparkle) == reason
    assert judged(item)[0].reason == reason


def test_mixed_readings_are_low_confidence():
    item = track()
    item.glints = deque([glint(**SPECULAR), glint(**LAMP), glint(), glint(reading=Reading.TOO_LARGE)])
    assert rejection(item, OPTIONS, WANTED.over_sparkle) == "low_confidence"


def test_three_alike_in_a_row_are_tape_and_two_are_not():
    row = [track(place=(100, 100 + 9 * k), number=k) for k in range(3)]
    assert {j.kind for j in judged(*row)} == {AlertKind.RETRO_REFLECTOR}
    assert {j.kind for j in judged(*row[:2])} == {AlertKind.LENS_GLINT}


def test_a_lens_beside_tape_but_unlike_it_still_alerts():
    row = [track(place=(100, 100 + 9 * k), number=k) for k in range(4)]
    lens = track(place=(115, 110), number=9, flux_dn=5000.0)
    assert judged(*row, lens)[-1].kind is AlertKind.LENS_GLINT


@pytest.mark.parametrize(
    ("beads", "kind"),
    [
        ({"reading": Reading.TOO_LARGE, "whole_dn": 4000.0}, AlertKind.RETRO_REFLECTOR),  # they touch in the picture
        ({"whole_dn": 900.0}, AlertKind.RETRO_REFLECTOR),  # they flicker
        ({"reading": Reading.SPECULAR, "saturated": True, "whole_dn": 5000.0}, AlertKind.RETRO_REFLECTOR),
        ({"reading": Reading.SPECULAR, "saturated": True, "whole_dn": 900.0}, AlertKind.LENS_GLINT),  # screws
        ({"reading": Reading.SPECULAR, "saturated": True}, AlertKind.LENS_GLINT),  # nothing says how bright they are
        ({"reading": Reading.SPECULAR}, AlertKind.LENS_GLINT),
    ],
)
def test_beads_that_touch_or_clip_are_neighbours_and_screws_are_not(beads, kind):
    row = [track(place=(100, 100 + 9 * k), number=k, **beads) for k in range(2)]
    bright = track(place=(100, 118), number=9, whole_dn=5000.0)
    assert judged(*row, bright)[-1].kind is kind


def test_far_apart_is_not_a_row():
    row = [track(place=(100, 100 + 90 * k), number=k) for k in range(3)]
    assert {j.kind for j in judged(*row)} == {AlertKind.LENS_GLINT}


def test_alert_says_where_and_why():
    alert = to_alert(judged(track())[0])
    assert (alert.key, alert.frames, len(alert.track)) == ("glint-1", 8, 8)
    assert [r.code for r in alert.reasons] == [f"lens.reason.{c}" for c in ("ratio", "persistent", "dark", "compact")]
    tape = to_alert(judged(*[track(place=(100, 100 + 9 * k), number=k) for k in range(3)])[0])
    assert tape.reasons[0].code == "lens.reason.neighbours"


def test_what_was_turned_down_has_no_alert():
    with pytest.raises(ValueError, match="turned down"):
        to_alert(Judgement(track(), 0.1, None, 0, "specular"))


def test_the_further_the_camera_moved_the_wider_a_cone_is_asked_for():
    later = replace(WANTED, over_mirror=3.0)
    (only,) = judged(track(), wanted=later)
    assert (only.kind, only.reason) == (AlertKind.RETRO_REFLECTOR, "one_viewpoint")
    wide = track(hits=16)
    assert judged(wide, wanted=later)[0].kind is AlertKind.LENS_GLINT


def test_what_went_dark_a_step_aside_is_a_mirror():
    item = track()
    item.unseen = deque((0.0, 4.0 + 0.3 * k) for k in range(4))
    (only,) = judged(item)
    assert (only.kind, only.reason) == (None, "narrow_cone")


def test_tape_stays_tape_when_its_other_beads_have_left_the_view():
    bead = track()
    bead.alike_sets = OPTIONS.min_hits
    (only,) = judged(bead)
    assert (only.kind, only.reason) == (AlertKind.RETRO_REFLECTOR, "neighbours_alike")
