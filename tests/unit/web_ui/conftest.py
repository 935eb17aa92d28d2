from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browser import states
from tests.browser.fake_device import FakeDevice
from tests.unit.web_ui.helpers import CODE
from web_ui.app import create_app
from web_ui.security import SecuritySettings
from web_ui.streams import StreamOptions


@pytest.fixture
def device() -> FakeDevice:
    return FakeDevice(states.STRONG)


@pytest.fixture
def app(device: FakeDevice) -> Flask:
    return create_app(device, SecuritySettings.for_host("127.0.0.1"), StreamOptions(heartbeat_s=0.02))


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


@pytest.fixture
def paired_app(device: FakeDevice) -> Flask:
    return create_app(device, SecuritySettings(bind_host="192.168.4.1", pairing_code=CODE))


@pytest.fixture
def phone(paired_app: Flask) -> Iterator[FlaskClient]:
    """A phone that has not been paired yet."""
    with paired_app.test_client() as client:
        client.environ_base["HTTP_HOST"] = "192.168.4.1:8080"
        yield client
