"""How much one may begin: carts at an address, lines in a cart."""

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.tests.parallel import in_processes
from cart import services
from cart.models import Cart, CartLine
from cart.refusals import CartFull
from cart.tests.factories import make_cart, make_line, make_variant
from cart.tests.pages import JSON, add
from shop import clock, policy


@pytest.mark.django_db
class TestVisitorsCarts:
    @pytest.fixture
    def variant(self):
        policy.change("visitor_carts_hourly", "2")
        return make_variant(stock=100)

    def test_an_address_begins_so_many_within_an_hour(self, variant):
        first, second, third = Client(), Client(), Client()
        assert add(first, variant, headers=JSON).status_code == 200
        assert add(second, variant, headers=JSON).status_code == 200
        refused = add(third, variant, headers=JSON)
        assert (refused.status_code, refused.json()["error"]) == (429, "throttled")
        assert 0 < int(refused["Retry-After"]) <= 3600
        assert add(third, variant).status_code == 429
        assert Cart.objects.count() == 2
        # Who has one goes on, and so does the next hour.
        assert add(first, variant, headers=JSON).json()["cart_count"] == 2
        with clock.at(clock.now() + timedelta(hours=1)):
            assert add(third, variant, headers=JSON).status_code == 200

    def test_accounts_and_other_addresses_are_not_meant(self, variant, as_alice):
        for _n in range(3):
            add(Client(), variant)
        assert add(as_alice, variant, headers=JSON).status_code == 200
        elsewhere = Client(REMOTE_ADDR="203.0.113.7")
        assert add(elsewhere, variant, headers=JSON).status_code == 200


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("most", [3, 8])
def test_visitors_at_once_in_processes_are_counted_together(most):
    policy.change("visitor_carts_hourly", str(most))
    variant = make_variant(stock=100)
    found = in_processes(lambda n: add(Client(), variant).status_code, 8)
    assert Counter(found)[302] == most
    assert Counter(found)[429] == 8 - most
    assert Cart.objects.count() == most


@pytest.mark.django_db
def test_a_cart_holds_so_many_different_items():
    policy.change("cart_lines", "10")
    cart = make_cart()
    lines = [make_line(cart) for _n in range(10)]
    with override("en"), pytest.raises(CartFull, match="10 different items"):
        services.add(cart=cart, variant=make_variant(), quantity=1)
    services.add(cart=cart, variant=lines[0].variant, quantity=2)
    assert CartLine.objects.get(pk=lines[0].pk).quantity == 3
    services.remove(line=lines[1])
    services.add(cart=cart, variant=make_variant(), quantity=1)
    assert cart.lines.count() == 10
