"""What buying asks of the database, step by step (docs/performance.md, "The till")."""

import pytest
from django.test import Client

from accounts.tests.factories import PAYMENT_PASSWORD, give_money, make_address
from catalog import services, versions
from catalog.tests.factories import make_product
from orders.models import Order
from orders.tests.pages import field

pytestmark = pytest.mark.django_db

#: Most queries of each step; in a test a transaction has its two savepoints besides.
MOST = {
    "product": 11,
    "add": 12,
    "cart": 6,
    "checkout": 12,
    "place": 31,
    "pay page": 6,
    "pay": 27,
    "order": 11,
}


def test_a_checkout_asks_no_more_than_it_must(
    alice, as_alice, settings, connection_queries
):
    settings.KEEP_PAGES = True
    versions.forget()
    make_address(alice, default_of=alice)
    give_money(alice, "9000.00")
    product = make_product(stock=50)
    services.set_stock(variant=product.variants.get(), stock=40, by_id=None)
    page = f"/p/{product.pk}/"
    for warm in (page, "/cart/"):
        Client().get(warm)
    asked, answers = {}, {}

    def step(name, send, *arguments):
        def call():
            answers[name] = send(*arguments)

        asked[name] = connection_queries(call)

    step("product", as_alice.get, page)
    variant = {"variant": product.variants.get().pk}
    step("add", as_alice.post, "/cart/add/", variant)
    step("cart", as_alice.get, "/cart/")
    step("checkout", as_alice.get, "/checkout/")
    names = ("token", "total_shown", "fingerprint", "address")
    typed = {name: field(answers["checkout"], name) for name in names}
    step("place", as_alice.post, "/checkout/", typed)
    order = Order.objects.get()
    step("pay page", as_alice.get, f"/orders/{order.number}/pay/")
    payment = {"method": "balance", "payment_password": PAYMENT_PASSWORD}
    step("pay", as_alice.post, f"/orders/{order.number}/pay/", payment)
    step("order", as_alice.get, f"/orders/{order.number}/")
    order.refresh_from_db()
    assert order.status == "paid"
    assert {k: n for k, n in asked.items() if n > MOST[k]} == {}
