"""``/api/homing`` and ``/api/baseline``: what a person asks of the radio."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from flask import Blueprint, Response, request

from web_ui.answers import json_answer, refuse
from web_ui.device import Device, Refusal

__all__ = ["radio_blueprint"]

_CONFLICT = 409


class HomingBody(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /api/homing``; no alert stops."""

    alert: str | None
    renew: bool = False


class RecordBody(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /api/baseline/record``."""

    place: Annotated[str, msgspec.Meta(max_length=200)]


class BaselineBody(msgspec.Struct, forbid_unknown_fields=True):
    """Body of what is done with one baseline."""

    id: str


class EmptyBody(msgspec.Struct, forbid_unknown_fields=True):
    """Body of what needs no words."""


AnyBody = TypeVar("AnyBody", bound=msgspec.Struct)


def radio_blueprint(device: Device) -> Blueprint:
    """Return the routes; every change is acknowledged with what was asked, and shows in the state."""
    radio = Blueprint("radio", __name__, url_prefix="/api")

    @radio.post("/homing")
    def homing() -> Response:
        def act(body: HomingBody) -> None:
            if body.alert is None:
                device.stop_homing()
            else:
                device.home(body.alert, renew=body.renew)

        return _answer(HomingBody, act, missing="no_such_alert")

    @radio.post("/baseline/record")
    def record() -> Response:
        return _answer(RecordBody, lambda body: device.record_baseline(body.place))

    @radio.post("/baseline/compare")
    def compare() -> Response:
        return _answer(BaselineBody, lambda body: device.compare_baseline(body.id))

    @radio.post("/baseline/leave")
    def leave() -> Response:
        return _answer(EmptyBody, lambda _: device.leave_baseline())

    @radio.post("/baseline/delete")
    def delete() -> Response:
        return _answer(BaselineBody, lambda body: device.delete_baseline(body.id))

    return radio


def _answer(shape: type[AnyBody], act: Callable[[AnyBody], None], missing: str = "no_such_baseline") -> Response:
    """Read the body, act, and answer; what the device refuses comes back in words."""
    try:
        body = msgspec.json.decode(request.get_data(), type=shape)
    except msgspec.DecodeError:
        return refuse(400, "bad_body")
    try:
        act(body)
    except KeyError:
        return refuse(404, missing)
    except Refusal as refusal:
        return refuse(_CONFLICT, refusal.code)
    return json_answer(msgspec.to_builtins(body))
