"""Fixtures of the tests of orders."""

import pytest
from django.test import Client

from accounts.tests.factories import make_bob
from orders.tests.factories import buyer


@pytest.fixture
def alice(db):
    """Alice has a payment password and money."""
    return buyer(phone="13800138000", nickname="Alice", language="en")


@pytest.fixture
def as_alice(alice):
    return _signed_in(alice)


@pytest.fixture
def as_bob(db):
    return _signed_in(make_bob())


def _signed_in(user):
    client = Client()
    client.force_login(user)
    return client
