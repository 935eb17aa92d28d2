from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _log_configuration() -> Iterator[None]:
    """Undo what a test's command line set up: its log would write into a stream that the test runner has closed."""
    yield
    structlog.reset_defaults()
