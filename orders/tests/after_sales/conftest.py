"""Time stands still, and the books are right."""

import pytest

from shop import audit, clock


@pytest.fixture(autouse=True)
def still():
    """All of a test happens at one moment, unless it says otherwise."""
    with clock.at(clock.now()):
        yield


@pytest.fixture
def clean():
    yield
    assert list(audit.findings()) == []
