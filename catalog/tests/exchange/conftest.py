import pytest

from catalog.tests.exchange.people import signed_in, staff


@pytest.fixture
def carol(db):
    """Carol looks after the catalogue."""
    return staff("catalogue")


@pytest.fixture
def as_carol(carol):
    return signed_in(carol)
