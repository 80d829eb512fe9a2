import pytest
from django.test import Client

from accounts.tests.factories import PASSWORD, make_alice, make_user
from cart.models import Cart, CartLine
from cart.tests.factories import cart_in, make_cart, make_line, make_variant
from cart.tests.pages import HTMX, JSON, add, change, data, page, undo_in
from catalog.models import Favourite, Product
from catalog.services.favourites import set_favourite
from shop import policy

BAD_NUMBERS = [
    "-1",
    "1.5",
    "1_0",
    "1.0",
    "+1",
    "one",
    "１",
    str(2**31),
    "9" * 400,
    "\x00",
]

pytestmark = pytest.mark.django_db


def test_cart_add_makes_a_line_and_says_so(client):
    variant = make_variant(name_en="Lamp")
    response = add(client, variant)
    assert (response.status_code, response.url) == (302, "/en/cart/")
    assert "“Lamp” is in your cart." in page(client)
    add(client, variant, quantity="2")
    line = CartLine.objects.get()
    assert (line.quantity, line.price_when_added) == (3, variant.price)


def test_cart_add_returns_to_the_page_it_came_from(client):
    variant = make_variant()
    came_from = f"http://testserver/en/p/{variant.product_id}/?variant={variant.pk}"
    response = add(client, variant, headers={"Referer": came_from})
    assert response.url == came_from.removeprefix("http://testserver")
    response = add(client, variant, headers={"Referer": "https://evil.example/"})
    assert response.url == "/en/cart/"


def test_cart_add_from_a_card_changes_the_number_and_says_so(client, cart):
    make_line(cart, quantity=2)
    variant = make_variant(stock=1, name_en="Lamp")
    part = add(client, variant, headers=HTMX)
    assert part.status_code == 200
    assert "<main" not in part.text
    assert data(part.text, "cart-count", "count") == ["3"]
    assert "“Lamp” is in your cart." in part.text
    # A refusal too is said there, where nobody sees the top of the page.
    part = add(client, variant, headers=HTMX)
    assert data(part.text, "message", "level") == ["error"]
    assert data(part.text, "cart-count", "count") == ["3"]
    # Nothing is left for the next page to repeat.
    assert 'data-test="message"' not in page(client)


def test_cart_add_asks_little(client, connection_queries):
    variant = make_variant(stock=50)
    # Variant, cart, its lock, line, limit, session, and what begins transactions.
    # A new visitor draws on a budget besides, which the first one of all wrote.
    add(Client(), variant)
    first, *more = [connection_queries(lambda: add(client, variant)) for _ in range(3)]
    assert first <= 17, first
    assert max(more) <= 12, more
    client.force_login(make_user())
    add(client, variant)
    assert connection_queries(lambda: add(client, variant)) <= 13


def test_cart_add_json(client, cart):
    make_line(cart, quantity=2)
    response = add(client, make_variant(), headers=JSON, quantity="3")
    assert response.status_code == 200
    body = response.json()
    assert (body["ok"], body["cart_count"]) == (True, 5)


def test_adding_beyond_stock_is_a_conflict(client, cart):
    variant = make_variant(stock=2)
    response = add(client, variant, headers=JSON, quantity="3")
    body = response.json()
    assert (response.status_code, body["error"]) == (409, "out_of_stock")
    assert (body["ok"], body["stock"], body["fields"]) == (False, 2, {})
    assert not cart.lines.exists()
    response = add(client, variant, quantity="3")
    assert response.status_code == 302
    html = page(client)
    assert 'data-level="error"' in html
    assert "Only 2 are left." in html


def test_adding_beyond_the_limit_names_it(client):
    policy.change("purchase_limit", "3")
    response = add(client, make_variant(), headers=JSON, quantity="4")
    body = response.json()
    assert (response.status_code, body["error"]) == (409, "purchase_limit")
    assert body["limit"] == 3
    assert "3" in body["message"]


@pytest.mark.parametrize("quantity", [*BAD_NUMBERS, "0"])
def test_adding_no_number_is_bad(client, quantity):
    variant = make_variant(stock=50)
    response = add(client, variant, headers=JSON, quantity=quantity)
    body = response.json()
    assert (response.status_code, body["error"]) == (400, "invalid")
    assert body["fields"]["quantity"] == [body["message"]]
    response = add(client, variant, quantity=quantity)
    assert response.status_code == 302
    assert 'data-level="error"' in page(client)
    assert not CartLine.objects.exists()


@pytest.mark.parametrize("variant", ["", "x", "-1", "0", "1.5", "9" * 30, "\x00"])
def test_adding_no_variant_is_bad(client, variant):
    response = add(client, variant, headers=JSON)
    assert response.status_code == 400
    assert "variant" in response.json()["fields"]


def test_what_is_not_public_cannot_be_added(client):
    hidden = make_variant(status=Product.Status.DRAFT)
    for variant in (hidden.pk, hidden.pk + 1000, 2**63 - 1):
        assert add(client, variant).status_code == 404
        response = add(client, variant, headers=JSON)
        assert (response.status_code, response.json()["error"]) == (404, "not_found")
    assert not Cart.objects.exists()


def test_line_change_sets_the_quantity(client, cart):
    line = make_line(cart, make_variant(price="10.00"))
    other = make_line(cart, make_variant(price="1.00"))
    response = change(client, line, quantity="4")
    assert (response.status_code, response.url) == (302, "/en/cart/")
    assert "The cart is changed." in page(client)
    response = change(client, line, headers=JSON, quantity="5")
    assert response.json() == {
        "ok": True,
        "quantity": 5,
        "line_total": "50.00",
        "cart_total": "51.00",
        "cart_count": 6,
        "savings": "0.00",
        "freight": "10.00",
        "missing_for_free": "48.00",
    }
    other.refresh_from_db()
    assert other.quantity == 1


def test_line_change_clamps_and_names_the_number(client, cart):
    line = make_line(cart, make_variant(stock=7))
    body = change(client, line, headers=JSON, quantity="8").json()
    assert (body["ok"], body["quantity"]) == (True, 7)
    assert "7" in body["message"]
    response = change(client, line, quantity=str(2**31 - 1))
    assert response.status_code == 302
    html = page(client)
    assert 'data-level="warning"' in html
    assert "Only 7 are left." in html


def test_a_line_that_another_window_took_loads_the_page_anew(client, cart):
    line = make_line(cart)
    CartLine.objects.all().delete()
    response = change(client, line, headers=HTMX, quantity="2")
    assert (response.status_code, response["HX-Refresh"]) == (404, "true")
    html = page(client)
    assert "This page was out of date." in html
    assert 'data-level="warning"' in html
    # Without htmx it is the page that says so.
    assert "HX-Refresh" not in change(client, line, quantity="2")


def test_line_change_to_zero_removes(client, cart):
    line = make_line(cart, quantity=3)
    body = change(client, line, headers=JSON, quantity="0").json()
    assert (body["quantity"], body["line_total"], body["cart_count"]) == (0, "0.00", 0)
    assert not cart.lines.exists()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_line_change_ticks(client, cart, prefix):
    line = make_line(cart, make_variant(price="10.00"))
    address = f"{prefix}/cart/lines/{line.pk}/"
    client.post(address, {"selected": "0"})
    assert data(client.get(f"{prefix}/cart/").text, "cart-line", "selected") == ["0"]
    body = client.post(address, {"selected": "1"}, headers=JSON).json()
    assert body["cart_total"] == "10.00"
    body = client.post(address, {"selected": "0", "quantity": "2"}, headers=JSON).json()
    assert (body["cart_total"], body["quantity"]) == ("0.00", 2)


@pytest.mark.parametrize(
    "fields",
    [{"quantity": number} for number in BAD_NUMBERS]
    + [{}, {"quantity": ""}, {"selected": "yes"}, {"selected": "2"}],
)
def test_a_bad_change_is_refused_beside_its_line(client, cart, fields):
    line = make_line(cart, quantity=2)
    response = change(client, line, headers=JSON, **fields)
    assert (response.status_code, response.json()["error"]) == (400, "invalid")
    response = change(client, line, **fields)
    assert response.status_code == 200
    assert f'id="error-{line.pk}" role="alert"' in response.text
    line.refresh_from_db()
    assert (line.quantity, line.is_selected) == (2, True)


def test_a_sold_out_line_cannot_be_raised(client, cart):
    line = make_line(cart, make_variant(stock=0), quantity=2)
    response = change(client, line, headers=JSON, quantity="1")
    assert (response.status_code, response.json()["error"]) == (409, "out_of_stock")
    assert change(client, line, quantity="1").status_code == 302


def test_line_remove_json(client, cart):
    line = make_line(cart)
    make_line(cart, make_variant(price="3.00"), quantity=2)
    response = client.post(f"/en/cart/lines/{line.pk}/remove/", headers=JSON)
    body = response.json()
    assert (body["quantity"], body["cart_total"], body["cart_count"]) == (0, "6.00", 2)
    # It is in the answer; no page waits for it.
    assert body["undo"]
    assert "cart_undo" not in client.session


def test_cart_detail_json(client, cart):
    line = make_line(cart, make_variant(price="30.00"), quantity=2)
    dead = make_line(cart, make_variant(stock=0, price="5.00"))
    body = client.get("/cart/", headers=JSON).json()
    assert body["lines"] == [
        {
            "id": line.pk,
            "variant": line.variant_id,
            "quantity": 2,
            "selected": True,
            "price": "30.00",
            "line_total": "60.00",
        },
        {
            "id": dead.pk,
            "variant": dead.variant_id,
            "quantity": 1,
            "selected": False,
            "price": "5.00",
            "line_total": "5.00",
        },
    ]
    assert (body["ok"], body["cart_total"], body["cart_count"]) == (True, "60.00", 3)
    assert (body["freight"], body["missing_for_free"]) == ("10.00", "39.00")


def test_line_favourite_moves_it(as_alice, alice):
    line = make_line(make_cart(alice), make_variant(name_en="Lamp"), quantity=2)
    response = as_alice.post(f"/en/cart/lines/{line.pk}/favourite/", follow=True)
    assert "“Lamp” has moved to your favourites." in response.text
    assert Favourite.objects.get().product_id == line.variant.product_id
    assert not CartLine.objects.exists()
    as_alice.post("/en/cart/undo/", {"undo": undo_in(response.text)})
    assert CartLine.objects.get().quantity == 2
    # The heart is there already: no reason to refuse.
    body = as_alice.post(f"/cart/lines/{line.pk}/favourite/", headers=JSON).json()
    assert (body["ok"], body["cart_count"]) == (True, 0)
    assert Favourite.objects.count() == 1


def test_line_favourite_without_room_keeps_the_line(as_alice, alice):
    policy.change("favourites_limit", "1")
    set_favourite(user_id=alice.pk, product=make_variant().product, wish=True)
    line = make_line(make_cart(alice))
    response = as_alice.post(f"/cart/lines/{line.pk}/favourite/", headers=JSON)
    assert (response.status_code, response.json()["error"]) == (409, "favourites_full")
    assert CartLine.objects.get() == line


def test_line_favourite_takes_nothing_off_the_shelf(as_alice, alice):
    line = make_line(make_cart(alice), make_variant(status=Product.Status.OFF_SHELF))
    response = as_alice.post(f"/cart/lines/{line.pk}/favourite/", headers=JSON)
    assert (response.status_code, response.json()["error"]) == (409, "off_shelf")
    assert CartLine.objects.get() == line
    assert "move-to-favourites" not in page(as_alice)


def test_line_favourite_asks_a_visitor_to_sign_in_and_loses_nothing(client):
    make_alice()
    line = make_line(cart_in(client))
    address = f"/en/cart/lines/{line.pk}/favourite/"
    assert client.post(address, headers=JSON).status_code == 401
    response = client.post(address)
    assert response.url.startswith("/en/accounts/login/?next=")
    body = {"identifier": "13800138000", "password": PASSWORD}
    client.post("/en/accounts/login/", body)
    assert Favourite.objects.get().product_id == line.variant.product_id
    assert CartLine.objects.get().quantity == 1


def test_cart_select_all(client, cart):
    make_line(cart, make_variant(price="3.00"))
    make_line(cart, make_variant(price="4.00"))
    client.post("/en/cart/select/", {"selected": "0"})
    assert data(page(client), "cart-total", "total") == ["0.00"]
    response = client.post("/en/cart/select/", {"selected": "1"}, headers=JSON)
    assert response.json()["cart_total"] == "7.00"
    response = client.post("/en/cart/select/", {"selected": "x"}, headers=JSON)
    assert (response.status_code, response.json()["error"]) == (400, "invalid")
    assert client.post("/en/cart/select/", {}).status_code == 302


def test_deeds_on_no_cart_are_harmless(client):
    assert client.post("/cart/clear/").status_code == 302
    assert client.post("/cart/select/", {"selected": "1"}).status_code == 302
    assert not Cart.objects.exists()


@pytest.mark.parametrize("path", ["", "remove/", "favourite/"])
@pytest.mark.parametrize("headers", [None, JSON])
def test_a_strangers_line_does_not_exist(client, cart, path, headers):
    strangers = [make_line(make_cart()), make_line(make_cart(make_user()))]
    for line in strangers:
        address = f"/cart/lines/{line.pk}/{path}"
        response = client.post(address, {"quantity": "0"}, headers=headers)
        assert response.status_code == 404
        assert Client().post(address, {"quantity": "0"}).status_code == 404
    assert CartLine.objects.count() == 2


@pytest.mark.parametrize(
    "path",
    [
        *("add/", "select/", "clear/", "undo/"),
        *("lines/1/", "lines/1/remove/", "lines/1/favourite/"),
    ],
)
def test_deeds_are_posts_with_a_token(client, plain_client, path):
    response = client.get(f"/cart/{path}")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert plain_client.post(f"/cart/{path}").status_code == 403
