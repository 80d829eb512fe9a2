"""An order keeps its copy of the address (row A10)."""

import pytest
from django.urls import reverse

from accounts.tests.factories import PLACE, make_address
from accounts.views.addresses import LIST
from cart.tests.factories import make_cart, make_line
from catalog.tests.factories import make_product
from orders.models import Order

pytestmark = pytest.mark.django_db


def test_no_deed_in_the_book_moves_a_parcel(as_alice, alice):
    address = make_address(alice, default_of=alice)
    make_line(make_cart(alice), variant=make_product().variants.get(), quantity=1)
    page = as_alice.get("/en/checkout/")
    form = page.context["form"]
    sent = {
        "address": address.pk,
        "token": page.context["page"].token,
        "total_shown": page.context["page"].total_amount,
    }
    assert "/pay/" in as_alice.post("/en/checkout/", sent).url, form.errors
    order = Order.objects.get()

    book = f"{reverse(LIST)}{address.pk}/"
    changed = {
        "recipient": "Bob",
        "phone": "13900139000",
        "province": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "street": "竹影路 1 号",
    }
    as_alice.post(book, changed)
    assert_is_as_placed(as_alice, order)
    as_alice.post(f"{book}delete/")
    assert not alice.addresses.exists()
    assert_is_as_placed(as_alice, order)


def assert_is_as_placed(client, order):
    order.refresh_from_db()
    assert (order.recipient, str(order.phone)) == (PLACE["recipient"], "+8613800138000")
    for name in ("province", "city", "district", "street"):
        assert getattr(order, name) == PLACE[name]
    html = client.get(f"/en/orders/{order.number}/").content.decode()
    assert PLACE["street"] in html
    assert "竹影路" not in html
