"""Alice, and Alice who has left."""

import pytest

from accounts.avatars import path_of
from accounts.models import User
from accounts.tests.factories import make_address, make_place, make_user
from cart.tests.factories import make_cart, make_line
from orders.tests.factories import cancel, make_order
from orders.tests.personal.deeds import EMAIL, PHONE, close


@pytest.fixture
def alice(db):
    """Alice has an e-mail and an empty wallet."""
    return make_user(phone=PHONE, email=EMAIL, nickname="Alice", language="en")


@pytest.fixture
def closed(as_alice, alice, settings, django_capture_on_commit_callbacks):
    """Alice had an order that came, one she cancelled, a cart, a picture; and left."""
    make_address(alice)
    place = make_place(recipient="Alice Li", street="Quay 7")
    make_order(alice, status="completed", place=place, note="ring twice")
    cancel(make_order(alice, place=place), reason="Alice Li changed her mind")
    make_line(make_cart(alice))
    picture = path_of("avatars/alice.webp")
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"picture")
    User.objects.filter(pk=alice.pk).update(avatar="avatars/alice.webp")
    with django_capture_on_commit_callbacks(execute=True):
        response = close(as_alice)
    assert response["Location"] == "/en/"
    alice.refresh_from_db()
    return alice
