"""Orders tell the catalogue what was bought, for the recommendations (row H1)."""

import pytest

from catalog.models import RecentPurchase
from catalog.tests.factories import make_product
from orders.tests.factories import cancel, make_order, pay_from_balance
from shop import personal

pytestmark = pytest.mark.django_db


def bought_by(user):
    return set(RecentPurchase.objects.of(user.pk).values_list("product", flat=True))


def test_paying_notes_all_products_of_the_order(alice, bob):
    first, second = make_product(), make_product()
    order = make_order(alice, [first, second], status="paid")
    assert bought_by(alice) == {first.pk, second.pk}
    assert bought_by(bob) == set()
    moments = RecentPurchase.objects.values_list("bought_at", flat=True)
    assert set(moments) == {order.paid_at}


def test_paying_from_the_balance_notes_it_too(alice):
    product = make_product()
    pay_from_balance(make_order(alice, product))
    assert bought_by(alice) == {product.pk}


def test_what_was_not_paid_is_not_bought(alice):
    order = make_order(alice, make_product())
    assert bought_by(alice) == set()
    cancel(order)
    assert bought_by(alice) == set()


def test_the_export_tells_it_and_closing_takes_it_away(alice, bob):
    product = make_product()
    for buyer in (alice, bob):
        make_order(buyer, product, status="paid")
    told = personal.held_about(alice)["bought_lately"]
    assert [row["code"] for row in told] == [product.code]
    personal.make_nameless(alice)
    assert bought_by(alice) == set()
    assert bought_by(bob) == {product.pk}
