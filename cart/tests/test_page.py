import re
from decimal import Decimal

import pytest

from accounts.tests.factories import make_user
from cart.models import CartLine
from cart.tests.factories import cart_in, make_line, make_variant
from cart.tests.pages import HTMX, JSON, add, data, page, undo_in
from catalog.models import Product, Variant
from shop import clock, due

pytestmark = pytest.mark.django_db


def test_cart_detail_shows_what_outsiders_rely_on(client, cart):
    variant = make_variant(price="40.00", list_price="60.00")
    Variant.objects.filter(pk=variant.pk).update(prior_price="50.00")
    line = make_line(cart, variant, quantity=2)
    other = make_line(cart, make_variant(price="7.00"), is_selected=False)
    html = page(client)
    assert data(html, "cart-line", "line-id") == [str(other.pk), str(line.pk)]
    assert data(html, "cart-line", "variant-id")[1] == str(variant.pk)
    assert data(html, "cart-line", "quantity") == ["1", "2"]
    assert data(html, "cart-line", "selected") == ["0", "1"]
    assert data(html, "cart-total", "total") == ["80.00"]
    assert data(html, "cart-freight", "freight") == ["10.00"]
    assert data(html, "cart-count", "count") == ["3"]
    assert "¥20.00" in html  # saved
    assert "Free from ¥99.00: ¥19.00 more." in html


def test_an_empty_cart_says_so(client):
    html = page(client)
    assert 'data-test="empty-cart"' in html
    assert data(html, "cart-count", "count") == ["0"]
    assert "/cart/" in html


def test_a_large_order_is_sent_free(client, cart):
    make_line(cart, make_variant(price="99.00"))
    html = page(client)
    assert data(html, "cart-freight", "freight") == ["0.00"]


def test_free_products_alone_cost_no_freight(client, cart):
    make_line(cart, make_variant(price="5.00", has_free_freight=True))
    other = make_line(cart, make_variant(price="5.00"), is_selected=False)
    html = page(client)
    assert data(html, "cart-freight", "freight") == ["0.00"]
    assert "All that you ticked is sent free of charge." in html
    assert html.count('data-test="free-freight"') == 1
    CartLine.objects.filter(pk=other.pk).update(is_selected=True)
    html = page(client)
    assert data(html, "cart-freight", "freight") == ["10.00"]
    assert "Free from ¥99.00: ¥89.00 more." in html


def test_where_nothing_is_ticked_nothing_is_said_to_be_sent_free(client, cart):
    make_line(cart, make_variant(has_free_freight=True), is_selected=False)
    assert "All that you ticked is sent free" not in page(client)


def test_the_price_notice_names_the_difference(client, cart):
    variant = make_variant(price="100.00")
    line = make_line(cart, variant, price_when_added=Decimal(200))
    assert "The price fell ¥100.00 since you added it." in page(client)
    CartLine.objects.filter(pk=line.pk).update(price_when_added=Decimal(60))
    assert "The price rose ¥40.00 since you added it." in page(client)
    CartLine.objects.filter(pk=line.pk).update(price_when_added=Decimal(100))
    assert "since you added it" not in page(client)


def test_dead_lines_are_unticked_count_nothing_and_are_cleared_with_one_click(
    client, cart
):
    make_line(cart, make_variant(stock=0))
    make_line(cart, make_variant(status=Product.Status.OFF_SHELF))
    alive = make_line(cart, make_variant(price="5.00"))
    html = page(client)
    assert data(html, "cart-line", "selected") == ["1", "0", "0"]
    assert data(html, "cart-total", "total") == ["5.00"]
    assert html.count("is-dead") == 2
    response = client.post("/en/cart/clear/", follow=True)
    assert "2 items that are not for sale any more are gone." in response.text
    assert list(cart.lines.all()) == [alive]
    assert 'data-test="clear-dead"' not in response.text


def test_too_little_stock_is_said(client, cart):
    make_line(cart, make_variant(stock=2), quantity=5)
    assert "Only 2 are left: please lower the quantity." in page(client)


def test_the_panel_alone_for_htmx(client, cart):
    line = make_line(cart, make_variant(stock=3))
    whole = client.get("/en/cart/")
    part = client.get("/en/cart/", headers=HTMX)
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert {"HX-Request", "Accept"} <= set(part["Vary"].split(", "))
    assert 'id="cart-live" hx-swap-oob' in part.text
    address = f"/en/cart/lines/{line.pk}/"
    part = client.post(address, {"quantity": "5"}, headers=HTMX, follow=True)
    assert data(part.text, "cart-count", "count") == ["3"]
    assert "Only 3 are left." in part.text
    part = client.post(address, {"quantity": "x"}, headers=HTMX)
    assert "<html" not in part.text
    assert 'role="alert"' in part.text


def test_every_page_has_the_count(client, cart):
    line = make_line(cart, quantity=4)
    product = line.variant.product
    for path in (
        "/",
        "/en/",
        "/c/computers/",
        "/search/?q=zzz",
        f"/p/{product.pk}/",
        "/cart/",
        "/nowhere/",
        "/cart/add/",
    ):
        html = client.get(path).text
        assert data(html, "cart-count", "count") == ["4"], path
    alice = make_user()
    client.force_login(alice)
    html = client.get("/accounts/").text
    units = alice.cart.lines.units() if cart.user is None else 0
    assert data(html, "cart-count", "count") == [str(units)]


def test_the_count_costs_a_visitor_nothing_and_others_one_query(
    client, connection_queries
):
    def asked():
        client.get("/nowhere/")

    without = connection_queries(asked)
    cart = cart_in(client)
    make_line(cart)
    # The session, and the count.
    assert connection_queries(asked) == without + 2


def test_queries_do_not_grow_with_the_lines(client, cart, connection_queries):
    counts = []
    for number in (1, 49):
        for _ in range(number):
            make_line(cart)
            make_line(cart, make_variant(stock=0))
        counts.append(connection_queries(lambda: client.get("/cart/")))
    assert cart.lines.count() == 100
    assert counts[0] == counts[1]
    assert counts[1] <= 12


def test_deeds_do_not_grow_with_the_lines(client, cart, connection_queries):
    def asked():
        line = make_line(cart)
        make_line(cart, make_variant(stock=0))
        deeds = [
            (f"/cart/lines/{line.pk}/", {"quantity": "2", "selected": "0"}, JSON),
            (f"/cart/lines/{line.pk}/", {"quantity": "3"}, HTMX),
            ("/cart/select/", {"selected": "1"}, HTMX),
        ]
        return [
            connection_queries(lambda: client.post(path, fields, headers=headers))  # noqa: B023
            for path, fields, headers in deeds
        ]

    few = asked()
    for _ in range(48):
        make_line(cart)
        make_line(cart, make_variant(stock=0))
    assert asked() == few
    before = cart.lines.count()
    html = client.post("/cart/clear/", follow=True).text
    assert cart.lines.count() == before - 50
    client.post("/cart/undo/", {"undo": undo_in(html)})
    assert cart.lines.count() == before


def test_the_number_is_said_once_and_in_words(client, cart):
    make_line(cart, quantity=3)
    html = page(client)
    [tag] = re.findall('<[^>]*data-test="cart-count"[^>]*>', html)
    assert 'aria-hidden="true"' in tag
    live = html.partition('id="cart-live" aria-live="polite"')[2].partition("</a>")[0]
    assert "3 items in the cart" in live
    # What htmx puts into a live region is said; a region that it brings along is not.
    assert 'id="flash" role="status"' in html
    assert 'id="cart-news" role="status"' in html
    part = client.get("/en/cart/", headers=HTMX).text
    news = part.partition('id="cart-news" hx-swap-oob="innerHTML"')[2]
    assert "Amount to pay" in news.partition("</div>")[0]


def test_a_dead_line_leads_to_what_is_left_of_it(client, cart):
    gone = make_line(cart, make_variant(stock=0))
    hidden = make_line(cart, make_variant(stock=0, status=Product.Status.OFF_SHELF))
    html = page(client)
    assert f'href="/en/p/{gone.variant.product_id}/' in html
    assert f'href="/en/p/{hidden.variant.product_id}/' not in html
    assert "It is sold out." in html
    assert "It is off the shelf." in html
    assert html.count('data-test="move-to-favourites"') == 1


def test_names_cannot_bring_markup(client, cart):
    make_line(cart, make_variant(name_en='<script>alert(1)</script>"x'))
    assert "<script>alert" not in page(client)


def test_product_page_offers_to_add(client):
    variant = make_variant(stock=7)
    html = client.get(f"/en/p/{variant.product_id}/").text
    form = html.partition('data-test="add-to-cart"')[2].partition("</form>")[0]
    assert f'name="variant" value="{variant.pk}"' in form
    assert 'max="7"' in form
    assert "disabled" not in form
    Variant.objects.update(stock=0)
    html = client.get(f"/en/p/{variant.product_id}/").text
    form = html.partition('data-test="add-to-cart"')[2].partition("</form>")[0]
    assert "disabled" in form
    assert "Sold out" in form


def test_cards_add_the_variant_whose_price_they_show(client):
    variant = make_variant()
    sold_out = make_variant(stock=0)
    html = client.get("/en/search/").text
    buttons = re.findall(r'form="quick-add" name="variant" value="(\d+)"', html)
    assert set(buttons) == {str(variant.pk)}
    assert str(sold_out.pk) not in buttons
    assert html.count('id="quick-add"') == 1
    response = client.post(
        "/en/cart/add/",
        {"variant": buttons[0], "quantity": "1"},
        headers={"Referer": "http://testserver/en/search/?q=product"},
        follow=True,
    )
    assert response.request["QUERY_STRING"] == "q=product"
    assert data(response.text, "cart-count", "count") == ["1"]


def test_guess_you_like_adds_too(client):
    variant = make_variant()
    html = client.get("/en/search/?q=zzzz").text
    guess = html.partition('data-test="guess-you-like"')[2]
    assert f'form="quick-add" name="variant" value="{variant.pk}"' in guess


def test_units_of_overdue_orders_are_free_again(client, monkeypatch):
    variant = make_variant(stock=0)
    Variant.objects.update(held_until=clock.now())

    def free(ids):
        Variant.objects.filter(pk__in=ids).update(stock=2, held_until=None)

    monkeypatch.setitem(due._settlers, "variants", [free])
    assert add(client, variant).status_code == 302
    assert data(page(client), "cart-count", "count") == ["1"]
    Variant.objects.update(held_until=clock.now(), stock=0)
    assert "is-dead" not in page(client)
