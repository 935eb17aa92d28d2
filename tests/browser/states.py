"""Scripted states of the device, as the firmware publishes them."""

from typing import Any


def phrase(code: str, text: str = "", **values: object) -> dict[str, Any]:
    return {"code": code, "values": values, "text": text or code}


def _sensor(source: str, status: str, **more: object) -> dict[str, Any]:
    plain = {"message": None, "detail": None, "restarts": 0, "lost_s": 0.0, "figures": {}}
    return {"status": status, "source": source, "provenance": "live", **plain, **more}


def _coverage(complete: bool, done: list[Any], missing: list[Any], cannot_see: list[Any]) -> dict[str, Any]:
    return {"complete": complete, "done": done, "missing": missing, "cannot_see": cannot_see}


def guidance(hint: str | None = None, **changes: object) -> dict[str, Any]:
    """A wall half done; the words of a hint are the page's own."""
    rows = ["." * 36] * 5 + ["....##########oooooooo.............."] * 12 + ["......####oooo......................"] * 7
    plain = {"rows": rows, "view": [4.0, 8.0, 18.0, 22.0], "smallest_lens_mm": None, "calibrated": False}
    return {"hint": phrase(f"lens.guide.{hint}") if hint else None, **plain, **changes}


SPOTS = {"spot_deg": 2.5, "pointed": 272, "done": 148, "share": 0.544, "smallest_lens_mm": None}

RF_BLIND = phrase(
    "test.rf_blind", "Nothing above 1.766 GHz: Wi-Fi and Bluetooth cameras are outside this receiver's reach."
)
LENS_BLIND = phrase(
    "test.lens_blind", "Lenses that face away from the device, or sit behind one-way glass at a steep angle."
)

ANALOG = {
    "id": "rf-1",
    "sense": "rf",
    "kind": "analog_video",
    "confidence": 0.983,
    "reasons": ["The signal repeats 15 625 times a second, the line rate of a PAL picture."],
    "reason_codes": [
        {"code": "test.line_rate", "values": {"line_rate_hz": 15625.0}},
    ],
    "first_seen_s": 41.2,
    "last_seen_s": 63.0,
    "mark": "none",
    "freq_hz": 1.24e9,
    "bandwidth_hz": 6.1e6,
    "standard": "PAL",
    "modulation": "FM",
    "snr_db": 14.2,
}
GLINT = {
    "id": "lens-7",
    "sense": "lens",
    "kind": "lens_glint",
    "confidence": 0.93,
    "reasons": [
        "A small round glint returns the light straight back to the device.",
        "It stayed on the same spot of the wall in 14 frames while the device moved.",
    ],
    "reason_codes": [],
    "first_seen_s": 52.0,
    "last_seen_s": 62.5,
    "mark": "none",
    "y_px": 210.4,
    "x_px": 331.0,
    "frames": 14,
}
SCREW = {
    **GLINT,
    "id": "lens-9",
    "kind": "retro_reflector",
    "confidence": 0.31,
    "reasons": ["It returns light, but more broadly than a lens does."],
}

BASE: dict[str, Any] = {
    "schema": "nunchi.state/1",
    "boot_id": "b1",
    "provenance": "live",
    "t_ns": 63_000_000_000,
    "uptime_s": 63.0,
    "verdict": "incomplete",
    "verdict_because": [],
    "alerts": [],
    "inspect": [],
    "signals": [],
    "rejected": {"lens": {"specular": 12, "too_large": 3}, "rf": {"not_periodic": 40}},
    "coverage": {
        "rf": _coverage(
            True, [phrase("test.rf_done", "Every channel from 24 to 1766 MHz heard twice.")], [], [RF_BLIND]
        ),
        "lens": {
            **_coverage(True, [phrase("test.lens_done", "412 frames looked at under both lights.")], [], [LENS_BLIND]),
            "spots": SPOTS,
        },
    },
    "guidance": {"lens": guidance()},
    "sensors": {
        "rf": _sensor("rtl:0", "ok", figures={"hops_per_s": 21.3, "sweep_s": 34.0}),
        "lens": _sensor("picamera:0", "ok", figures={"frames": 412.0}),
    },
}

STARTING = {
    **BASE,
    "verdict_because": [phrase("verdict.because.coverage_short", sense="rf")],
    "coverage": {
        "rf": _coverage(False, [], [phrase("test.rf_missing", "24 to 1766 MHz: not heard yet.")], [RF_BLIND]),
        "lens": _coverage(False, [], [phrase("test.lens_missing", "No frame looked at yet.")], [LENS_BLIND]),
    },
    "sensors": {"rf": _sensor("rtl:0", "starting"), "lens": _sensor("picamera:0", "starting")},
}
NOTHING = {
    **BASE,
    "verdict": "nothing_detected",
    "verdict_because": [phrase("verdict.because.nothing")],
    "signals": [
        {"kind": "broadcast_fm", "freq_hz": 98.1e6, "bandwidth_hz": 180e3, "snr_db": 31.0, "sense": "rf"},
        {"kind": "ook_fsk", "freq_hz": 433.92e6, "bandwidth_hz": 40e3, "snr_db": 20.1, "sense": "rf"},
    ],
}
STRONG = {
    **NOTHING,
    "verdict": "strong_sign",
    "verdict_because": [phrase("verdict.because.alert", count=2)],
    "alerts": [ANALOG, GLINT],
    "inspect": [SCREW, {**SCREW, "id": "lens-10"}],
}
CHECK = {**NOTHING, "verdict": "check_this_spot", "verdict_because": [], "alerts": [{**GLINT, "confidence": 0.71}]}
OFFLINE = {
    **NOTHING,
    "verdict": "incomplete",
    "verdict_because": [phrase("verdict.because.sensor_not_ok", sense="rf")],
    "sensors": {
        **BASE["sensors"],
        "rf": _sensor(
            "rtl:0",
            "offline",
            message=phrase("device.offline", sense="rf"),
            detail="usb_claim_interface error -6",
            restarts=2,
            lost_s=14.0,
        ),
    },
}
PAUSED = {
    **CHECK,
    "verdict": "incomplete",
    "verdict_because": [phrase("verdict.because.coverage_short", sense="lens")],
    "alerts": [],
    "coverage": {
        **BASE["coverage"],
        "lens": _coverage(
            False,
            [phrase("lens.done.frames", frames=412)],
            [
                phrase("lens.missing.person"),
                phrase("lens.missing.paused", seconds=7.4, times=1, frames=222),
            ],
            [LENS_BLIND],
        ),
    },
    "people": {"paused": True, "withheld": True, "paused_s": 7.4, "times": 1, "since_s": 7.4},
}
RESUMED = {**NOTHING, "people": {"paused": False, "withheld": False, "paused_s": 15.2, "times": 1, "since_s": 1.0}}
SUSPECTED = {**NOTHING, "people": {"paused": False, "withheld": True, "paused_s": 0.0, "times": 0, "since_s": None}}
SIMULATED = {**STRONG, "provenance": "simulated"}
BASELINES = {
    "mode": "idle",
    "place": "",
    "progress": 0.0,
    "common_db": 0.0,
    "problem": None,
    "store_problem": None,
    "with": None,
    "kept": [
        {
            "id": "20261122T201000-abcdef",
            "place": "Corridor, 3rd floor",
            "date": "2026-11-22T20:10:00+00:00",
            "provenance": "live",
            "moved": True,
            "comparable": True,
        },
        {
            "id": "20261120T090000-123456",
            "place": "복도",
            "date": "2026-11-20T09:00:00+00:00",
            "provenance": "simulated",
            "moved": False,
            "comparable": False,
        },
    ],
}
RISEN = {
    **{name: value for name, value in ANALOG.items() if name not in ("standard", "modulation")},
    "id": "rf-rise-1",
    "kind": "unknown_emitter",
    "confidence": 0.9,
    "rise_db": 31.0,
    "reason_codes": [
        {"code": "rf.reason.rise", "values": {"rise_db": 31, "place": "Corridor, 3rd floor"}},
        {"code": "rf.reason.rise_chance", "values": {"one_in": 3000}},
    ],
}
WALKING = {
    **STRONG,
    "baseline": BASELINES,
    "homing": {
        "alert": "rf-1",
        "since_s": 12,
        "left_s": 588,
        "freq_hz": 1.2385e9,
        "level_db": -41.0,
        "peak_db": -35.0,
        "strength": 0.47,
        "peak": 0.55,
        "trend": "warmer",
        "gain_db": 20.0,
    },
}
COMPARING = {
    **NOTHING,
    "verdict": "check_this_spot",
    "verdict_because": [],
    "alerts": [RISEN],
    "baseline": {
        **BASELINES,
        "mode": "comparing",
        "place": "Corridor, 3rd floor",
        "progress": 0.62,
        "common_db": 7.5,
        "with": "20261122T201000-abcdef",
    },
}
HOSTILE_TEXT = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
HOSTILE = {
    **OFFLINE,
    "sensors": {
        "rf": _sensor("rtl:<b>x</b>", "fault", detail=HOSTILE_TEXT),
        HOSTILE_TEXT: _sensor(HOSTILE_TEXT, HOSTILE_TEXT, detail=HOSTILE_TEXT),
    },
    "alerts": [
        {
            **ANALOG,
            "id": "a/b?<x>",
            "kind": HOSTILE_TEXT,
            "sense": HOSTILE_TEXT,
            "reasons": [HOSTILE_TEXT],
            "reason_codes": [{"code": HOSTILE_TEXT, "values": {"ssid": HOSTILE_TEXT}}],
        }
    ],
    "rejected": {HOSTILE_TEXT: {HOSTILE_TEXT: 1}},
    "baseline": {
        **BASELINES,
        "mode": "comparing",
        "place": HOSTILE_TEXT,
        "problem": phrase(HOSTILE_TEXT),
        "store_problem": HOSTILE_TEXT,
        "kept": [{**BASELINES["kept"][0], "place": HOSTILE_TEXT, "date": HOSTILE_TEXT, "id": HOSTILE_TEXT}],
    },
}
