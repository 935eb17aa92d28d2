"""``/api``: the state, its changes, the picture, the marks."""

import msgspec
from flask import Blueprint, Response, request

from web_ui.answers import json_answer, refuse
from web_ui.device import Device, Mark
from web_ui.streams import Streams
from web_ui.words import LANGUAGES, Words

__all__ = ["api_blueprint"]


class MarkBody(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /api/alerts/<id>/mark``."""

    mark: Mark


def api_blueprint(device: Device, streams: Streams) -> Blueprint:
    """Return the routes under ``/api``."""
    api = Blueprint("api", __name__, url_prefix="/api")

    @api.get("/state")
    def state() -> Response:
        return json_answer(device.snapshot())

    @api.get("/events")
    def events() -> Response:
        if not streams.acquire():
            return refuse(503, "too_many_streams", retry_after_s=2)
        response = Response(streams.lines(device, _last_event_id()), mimetype="text/event-stream")
        # On the response, not in the generator: a stream that never starts still gives its place back.
        response.call_on_close(streams.release)
        response.headers.update({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        return response

    @api.get("/frame.jpg")
    def frame() -> Response:
        newest = device.newest_frame()
        response = Response(status=204) if newest is None else Response(newest.jpeg, mimetype="image/jpeg")
        response.headers["Cache-Control"] = "no-store"
        if newest is not None:
            response.headers["X-Frame-Sequence"] = str(newest.sequence)
            response.headers["X-Frame-Age-S"] = f"{newest.age_s:.2f}"
        return response

    @api.get("/words/<lang>")
    def words(lang: str) -> Response:
        return json_answer(Words(lang).catalogue()) if lang in LANGUAGES else refuse(404, "not_found")

    @api.post("/alerts/<path:alert_id>/mark")
    def mark(alert_id: str) -> Response:
        try:
            body = msgspec.json.decode(request.get_data(), type=MarkBody)
        except msgspec.DecodeError:
            return refuse(400, "bad_body")
        try:
            device.mark_alert(alert_id, body.mark)
        except KeyError:
            return refuse(404, "no_such_alert")
        return json_answer({"id": alert_id, "mark": body.mark})

    return api


def _last_event_id() -> int | None:
    text = request.headers.get("Last-Event-ID", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
