"""Fixtures of the tests of orders."""

import pytest

from orders.tests.factories import buyer


@pytest.fixture
def alice(db):
    """Alice has a payment password and money."""
    return buyer(phone="13800138000", nickname="Alice", language="en")
