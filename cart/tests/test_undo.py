"""Ten seconds to think better of it, and a while longer (row D6)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.tests.factories import PASSWORD, make_alice
from cart import services, undo
from cart.models import CartLine
from cart.refusals import UndoOver
from cart.tests.factories import cart_in, make_cart, make_line, make_variant
from cart.tests.pages import HTMX, JSON, add, data, page, undo_in
from catalog.models import Product
from shop import clock, policy

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def remove(client, line, **kwargs):
    return client.post(f"/en/cart/lines/{line.pk}/remove/", **kwargs)


def put_back(client, text, **kwargs):
    return client.post("/en/cart/undo/", {"undo": text}, **kwargs)


def all_of(cart):
    names = ("pk", "variant_id", "quantity", "is_selected", "price_when_added")
    return list(cart.lines.in_order().values_list(*names, "added_at"))


@pytest.fixture
def line(cart):
    """An unticked line between two others, added at another price."""
    make_line(cart, added_at=NOON - timedelta(days=1))
    line = make_line(
        cart,
        make_variant(name_en="Lamp"),
        quantity=3,
        is_selected=False,
        price_when_added=Decimal("12.34"),
        added_at=NOON,
    )
    make_line(cart, added_at=NOON + timedelta(days=1))
    return line


def test_cart_undo_restores_the_line_as_it_was(client, cart, line):
    before = all_of(cart)
    html = remove(client, line, follow=True).text
    assert "“Lamp” is removed." in html
    assert cart.lines.count() == 2
    response = put_back(client, undo_in(html), follow=True)
    assert "It is in your cart again, as it was." in response.text
    assert all_of(cart) == before
    assert 'data-test="undo"' not in page(client)


def test_cart_undo_by_htmx_answers_with_the_panel(client, cart, line):
    before = all_of(cart)
    part = remove(client, line, headers=HTMX)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert data(part.text, "cart-count", "count") == ["2"]
    part = put_back(client, undo_in(part.text), headers=HTMX)
    assert data(part.text, "cart-line", "line-id")[1] == str(line.pk)
    assert all_of(cart) == before


def test_cart_undo_json(client, cart, line):
    before = all_of(cart)
    text = remove(client, line, headers=JSON).json()["undo"]
    body = put_back(client, text, headers=JSON).json()
    assert (body["ok"], body["cart_count"]) == (True, 5)
    assert all_of(cart) == before


def test_a_quantity_of_zero_can_be_undone_too(client, cart, line):
    before = all_of(cart)
    address = f"/en/cart/lines/{line.pk}/"
    html = client.post(address, {"quantity": "0"}, follow=True).text
    put_back(client, undo_in(html))
    assert all_of(cart) == before


def test_a_second_time_changes_nothing(client, cart, line):
    before = all_of(cart)
    text = undo_in(remove(client, line, follow=True).text)
    for _ in range(3):
        assert put_back(client, text).status_code == 302
    assert all_of(cart) == before


def test_each_of_two_windows_undoes_its_own(client, cart, line):
    before = all_of(cart)
    other = cart.lines.exclude(pk=line.pk).first()
    texts = [remove(client, x, headers=JSON).json()["undo"] for x in (line, other)]
    for text in texts:
        put_back(client, text)
    assert all_of(cart) == before


def test_what_was_picked_anew_meanwhile_is_added(client, cart, line):
    text = undo_in(remove(client, line, follow=True).text)
    add(client, line.variant, quantity=2)
    for _ in range(2):
        put_back(client, text)
    again = cart.lines.get(variant=line.variant)
    assert (again.pk, again.quantity, again.is_selected) == (line.pk, 5, True)


def test_no_more_than_there_are_is_added(cart):
    line = make_line(cart, make_variant(stock=4), quantity=3)
    removed = services.remove(line=line)
    make_line(cart, line.variant, quantity=3)
    services.restore(cart=cart, lines=removed)
    assert cart.lines.get().quantity == 4


def test_what_is_gone_from_the_catalogue_stays_away(cart):
    line, other = make_line(cart), make_line(cart)
    removed = services.remove(line=line) + services.remove(line=other)
    removed[0].variant_id = 10**9
    services.restore(cart=cart, lines=removed)
    assert cart.lines.get() == other


def test_dead_lines_come_back_dead(client, cart):
    make_line(cart, make_variant(stock=0), quantity=2, is_selected=False)
    make_line(cart, make_variant(status=Product.Status.OFF_SHELF))
    before = all_of(cart)
    html = client.post("/en/cart/clear/", follow=True).text
    assert not cart.lines.exists()
    html = put_back(client, undo_in(html), follow=True).text
    assert html.count("is-dead") == 2
    assert all_of(cart) == before


def test_it_is_offered_for_a_while(client, cart, line):
    with clock.at(NOON):
        text = remove(client, line, headers=JSON).json()["undo"]
    with clock.at(NOON + undo.VALID_FOR + timedelta(seconds=1)):
        response = put_back(client, text, headers=JSON)
        assert (response.status_code, response.json()["error"]) == (409, "undo_over")
        assert (
            "That cannot be undone any more."
            in put_back(client, text, follow=True).text
        )
    with clock.at(NOON + undo.VALID_FOR):
        assert put_back(client, text, headers=JSON).status_code == 200


def test_another_cart_gets_nothing(client, cart, line):
    text = remove(client, line, headers=JSON).json()["undo"]
    stranger = Client()
    assert put_back(stranger, text, headers=JSON).status_code == 409
    cart_in(stranger)
    assert put_back(stranger, text, headers=JSON).status_code == 409
    assert CartLine.objects.count() == 2


def test_a_login_ends_it(client):
    make_alice()
    line = make_line(cart_in(client))
    text = remove(client, line, headers=JSON).json()["undo"]
    body = {"identifier": "13800138000", "password": PASSWORD}
    client.post("/en/accounts/login/", body)
    assert put_back(client, text, headers=JSON).json()["error"] == "undo_over"


@pytest.mark.parametrize("change", [lambda x: "x" + x, lambda x: x[:-1], lambda x: "x"])
def test_an_altered_text_is_refused(client, cart, line, change):
    text = remove(client, line, headers=JSON).json()["undo"]
    assert put_back(client, change(text), headers=JSON).status_code == 409
    assert cart.lines.count() == 2


@pytest.mark.parametrize("text", ["", "x" * 100_001, "\x00"])
def test_no_text_is_bad(client, cart, text):
    response = put_back(client, text, headers=JSON)
    assert (response.status_code, response.json()["error"]) == (400, "invalid")
    assert put_back(client, text).status_code == 302


def test_nothing_removed_leaves_nothing_to_undo():
    assert undo.written([]) == ""
    line = make_line(make_cart())
    with pytest.raises(UndoOver):
        undo.read(undo.written([line]), cart=None)
    policy.change("purchase_limit", "1")
    assert undo.read(undo.written([line]), cart=line.cart) == [line]
