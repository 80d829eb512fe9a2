"""Fixtures of the tests of the cart."""

import pytest

from accounts.tests.factories import make_user
from cart.tests.factories import cart_in, make_cart


@pytest.fixture(params=["visitor", "account"])
def cart(request, client):
    """The cart of `client`, who may be a visitor or an account."""
    if request.param == "visitor":
        return cart_in(client)
    alice = make_user()
    client.force_login(alice)
    return make_cart(alice)
