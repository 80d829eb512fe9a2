from datetime import timedelta

import pytest

from accounts.tests.factories import make_address
from accounts.tests.pages import errors_at
from cart.tests.factories import make_cart, make_line
from catalog.models import Product, Variant
from catalog.tests.factories import make_product
from orders.models import Order
from orders.tests.factories import cancel
from orders.tests.pages import JSON, alerts, field, marked
from shop import clock, policy

pytestmark = pytest.mark.django_db

CHECKOUT = "/en/checkout/"


@pytest.fixture
def product():
    return make_product(price="100.00", stock=5)


@pytest.fixture
def variant(product):
    return product.variants.get()


@pytest.fixture
def address(alice):
    return make_address(alice, default_of=alice)


@pytest.fixture
def ticked(alice, variant):
    return make_line(make_cart(alice), variant=variant, quantity=2)


def buy_now(variant, quantity=1):
    return f"{CHECKOUT}?variant={variant.pk}&quantity={quantity}"


def filled(page, **changes):
    """Fill the form as it came, as a browser would."""
    fields = {name: field(page, name) for name in ("token", "total_shown")}
    chosen = page.context["form"].initial.get("address")
    return {**fields, "address": chosen.pk if chosen else "", "note": "", **changes}


class TestThePage:
    def test_shows_lines_amounts_and_the_default_address(
        self, as_alice, address, ticked
    ):
        page = as_alice.get(CHECKOUT)
        assert page.status_code == 200
        [line] = marked(page, "checkout-line")
        assert line["data-quantity"] == "2"
        [total] = marked(page, "checkout-total")
        assert total["data-total"] == field(page, "total_shown")
        html = page.content.decode()
        assert address.street in html
        assert f'value="{address.pk}"' in html
        assert "checked" in html

    def test_an_empty_cart_leads_back_to_the_cart(self, as_alice):
        page = as_alice.get(CHECKOUT)
        assert page.status_code == 302
        assert page["Location"] == "/en/cart/"

    def test_without_an_address_there_is_a_form_for_one_on_the_page(
        self, as_alice, ticked, variant
    ):
        page = as_alice.get(buy_now(variant, 2))
        assert marked(page, "no-address")
        assert "open" in page.content.decode().split('id="address-form"')[1][:60]

    @pytest.mark.parametrize(
        "wish", ["variant=x", "variant=0", "variant=1&quantity=0", "variant=9" * 9]
    )
    def test_what_is_no_variant_is_404(self, as_alice, wish):
        assert as_alice.get(f"{CHECKOUT}?{wish}").status_code == 404

    def test_asks_as_many_questions_for_many_lines(
        self, as_alice, alice, address, django_assert_max_num_queries
    ):
        cart = make_cart(alice)
        counts = []
        for number in (2, 18):
            for _ in range(number):
                make_line(cart, variant=make_product().variants.get())
            with django_assert_max_num_queries(100) as captured:
                as_alice.get(CHECKOUT)
            counts.append(len(captured))
        assert counts[0] == counts[1]


class TestOrdering:
    def test_orders_the_ticked_lines(self, as_alice, address, ticked, variant):
        page = as_alice.get(CHECKOUT)
        response = as_alice.post(CHECKOUT, filled(page, note="Ring twice"))
        order = Order.objects.get()
        assert response.status_code == 302
        assert response["Location"] == f"/en/orders/{order.number}/pay/"
        assert order.note == "Ring twice"
        assert order.street == address.street
        assert order.language == "en"
        variant.refresh_from_db()
        assert variant.stock == 3
        assert as_alice.get(CHECKOUT).status_code == 302

    def test_buy_now_leaves_the_cart_as_it_is(
        self, as_alice, address, ticked, alice, variant
    ):
        page = as_alice.get(buy_now(variant))
        assert marked(page, "checkout-form")[0]["action"] == buy_now(variant)
        as_alice.post(buy_now(variant), filled(page))
        assert Order.objects.get().items.get().quantity == 1
        assert alice.cart.lines.get().quantity == 2

    def test_two_tabs_with_one_token_make_one_order(self, as_alice, address, ticked):
        page = as_alice.get(CHECKOUT)
        first = as_alice.post(CHECKOUT, filled(page))
        second = as_alice.post(CHECKOUT, filled(page))
        assert Order.objects.count() == 1
        assert first["Location"] == second["Location"]

    def test_a_token_in_other_letters_is_the_same_on_every_engine(
        self, as_alice, address, ticked
    ):
        page = as_alice.get(CHECKOUT)
        token = field(page, "token")
        first = as_alice.post(CHECKOUT, filled(page, token=token.lower()))
        second = as_alice.post(CHECKOUT, filled(page, token=token.upper()))
        assert first["Location"] == second["Location"]

    def test_sent_once_more_after_it_was_closed_it_says_so(
        self, as_alice, address, ticked
    ):
        page = as_alice.get(CHECKOUT)
        as_alice.post(CHECKOUT, filled(page))
        order = Order.objects.get()
        cancel(order)
        response = as_alice.post(CHECKOUT, filled(page), follow=True)
        words = response.content.decode()
        assert "You have placed this order before." in words
        assert marked(response, "order")[0]["data-number"] == order.number
        assert Order.objects.count() == 1

    def test_a_changed_total_is_refused_and_shown_anew(
        self, as_alice, address, ticked, variant
    ):
        page = as_alice.get(CHECKOUT)
        Variant.objects.filter(pk=variant.pk).update(
            price="120.00", regular_price="120.00", list_price="120.00"
        )
        response = as_alice.post(CHECKOUT, filled(page), follow=True)
        assert not Order.objects.exists()
        assert marked(response, "message")[0]["data-level"] == "error"
        old, new = field(page, "total_shown"), field(response, "total_shown")
        assert float(new) > float(old)
        assert (
            as_alice.post(CHECKOUT, filled(page), headers=JSON).json()["error"]
            == "total_changed"
        )
        as_alice.post(CHECKOUT, filled(response))
        assert str(Order.objects.get().total_amount) == new

    def test_sold_out_is_said_and_nothing_is_ordered(
        self, as_alice, address, ticked, variant
    ):
        page = as_alice.get(CHECKOUT)
        Variant.objects.filter(pk=variant.pk).update(stock=1)
        response = as_alice.post(CHECKOUT, filled(page), headers=JSON)
        assert response.status_code == 409
        assert response.json()["error"] == "out_of_stock"
        assert not Order.objects.exists()
        assert alice_lines(ticked) == 2

    def test_a_stranger_s_address_is_refused_at_the_field(
        self, as_alice, address, ticked, as_bob
    ):
        foreign = make_address(as_bob.get("/").wsgi_request.user)
        page = as_alice.get(CHECKOUT)
        response = as_alice.post(
            CHECKOUT, filled(page, address=foreign.pk, note="Ring twice")
        )
        assert response.status_code == 200
        assert "Choose an address of yours." in errors_at(response, "address")
        assert field(response, "note") == "Ring twice"
        assert not Order.objects.exists()

    def test_a_note_too_long_comes_back_with_its_message(
        self, as_alice, address, ticked
    ):
        page = as_alice.get(CHECKOUT)
        response = as_alice.post(CHECKOUT, filled(page, note="x" * 201))
        assert "200" in errors_at(response, "note")
        assert field(response, "note") == "x" * 201
        body = as_alice.post(CHECKOUT, filled(page, note="x" * 201), headers=JSON)
        assert body.status_code == 400
        assert "note" in body.json()["fields"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"token": ""},
            {"token": "<x>" * 9},
            {"total_shown": "NaN"},
            {"total_shown": "1e99"},
        ],
    )
    def test_hidden_fields_tampered_with_are_a_form_error(
        self, as_alice, address, ticked, changes
    ):
        page = as_alice.get(CHECKOUT)
        response = as_alice.post(CHECKOUT, filled(page, **changes))
        assert response.status_code == 200
        assert "too old" in alerts(response)
        assert not Order.objects.exists()


def test_an_account_places_so_many_orders_within_an_hour(as_alice, address, variant):
    policy.change("orders_hourly", "2")
    for _n in range(2):
        sent = filled(as_alice.get(buy_now(variant)))
        assert as_alice.post(buy_now(variant), sent).status_code == 302
    sent = filled(as_alice.get(buy_now(variant)), note="Ring twice")
    refused = as_alice.post(buy_now(variant), sent, headers=JSON)
    assert (refused.status_code, refused.json()["error"]) == (429, "throttled")
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert Order.objects.count() == 2
    assert field(as_alice.get(buy_now(variant)), "note") == "Ring twice"
    with clock.at(clock.now() + timedelta(hours=1)):
        sent = filled(as_alice.get(buy_now(variant)))
        assert as_alice.post(buy_now(variant), sent).status_code == 302


def test_without_a_session_htmx_leads_the_whole_page_to_the_login(client):
    response = client.post(CHECKOUT, {"refresh": "1"}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response["HX-Redirect"].startswith("/en/accounts/login/?next=")
    assert response.content == b""


class TestWhatTheSessionKeeps:
    """What was typed is kept while the page is left for a moment: a coupon's code."""

    @pytest.mark.parametrize("wish", ["9" * 5000, "٣", "\x00", "-1", "x"])
    def test_an_odd_address_does_no_harm(self, as_alice, address, ticked, wish):
        as_alice.post(CHECKOUT, {"claim": "1", "code": "NONE", "address": wish})
        page = as_alice.get(CHECKOUT)
        assert page.status_code == 200
        assert page.context["form"].initial["address"] == address

    def test_no_more_than_a_field_may_hold(self, as_alice, address, ticked):
        typed = {"note": "n" * 100_000, "invoice_title": "t" * 100_000}
        as_alice.post(CHECKOUT, {"claim": "1", "code": "NONE", **typed})
        kept = as_alice.session["checkout_typed"]
        assert {len(text) for text in kept.values()} == {200}


class TestBuyNow:
    def test_what_went_off_the_shelf_meanwhile_is_said(
        self, as_alice, address, product, variant
    ):
        page = as_alice.get(buy_now(variant))
        Product.objects.update(status="off_shelf")
        response = as_alice.post(buy_now(variant), filled(page), follow=True)
        assert response.status_code == 200
        assert "not on sale any more" in response.text
        assert not Order.objects.exists()
        assert as_alice.get(buy_now(variant)).status_code == 404

    def test_the_button_leads_to_the_checkout_without_a_token_in_the_address(
        self, client, product, variant
    ):
        page = client.get(f"/en/p/{product.pk}/")
        [button] = marked(page, "buy-now")
        response = client.post(
            button["formaction"],
            {"variant": variant.pk, "quantity": 2, "csrfmiddlewaretoken": "x" * 64},
        )
        assert response.status_code == 302
        assert response["Location"] == buy_now(variant, 2)

    @pytest.mark.parametrize("quantity", [10_000, 2**31 - 1])
    @pytest.mark.parametrize("shown", ["1.00", "9999999999.99"])
    def test_more_than_a_column_holds_is_only_too_much(
        self, as_alice, address, quantity, shown
    ):
        policy.change("purchase_limit", "0")
        dear = make_product(price="99999999.99", stock=5).variants.get()
        page = as_alice.get(buy_now(dear, quantity))
        assert "Only 5 left" in page.text
        sent = filled(page, total_shown=shown)
        refused = as_alice.post(buy_now(dear, quantity), sent, headers=JSON)
        assert refused.status_code == 409
        assert not Order.objects.exists()

    @pytest.mark.parametrize("quantity", ["1_0", "1.0", "１", "-1", "0", "9" * 30])
    def test_only_plain_numbers_are_numbers(self, as_alice, variant, quantity):
        wanted = {"variant": variant.pk, "quantity": quantity}
        assert as_alice.get(CHECKOUT, wanted).status_code == 404

    def test_nonsense_leads_back_with_a_message(self, client, product, variant):
        here = f"http://testserver/en/p/{product.pk}/"
        response = client.post(
            "/en/checkout/buy-now/",
            {"variant": variant.pk, "quantity": "-1"},
            headers={"Referer": here},
            follow=True,
        )
        assert marked(response, "message")[0]["data-level"] == "error"
        assert response.request["PATH_INFO"] == f"/en/p/{product.pk}/"


def alice_lines(line):
    line.refresh_from_db()
    return line.quantity
