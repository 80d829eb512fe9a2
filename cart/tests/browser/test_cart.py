"""The cart in a real browser: its figures change under the finger."""

import re

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import make_user
from cart.models import CartLine
from cart.tests.factories import make_cart, make_line, make_variant
from shop.tests.browser.test_accessibility import assert_is_sound, sign_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_a_removed_line_comes_back_without_a_reload(page, live_server, quiet):
    alice = make_user()
    cart = make_cart(alice)
    line = make_line(cart, make_variant(price="40.00"), quantity=2)
    make_line(cart, make_variant(price="7.00"))
    make_line(cart, make_variant(stock=0, name_en="W" * 100))
    sign_in(page, live_server, alice)
    assert_is_sound(page, f"{live_server.url}/en/cart/")
    loads = []
    page.on("load", lambda: loads.append(1))
    lines = page.locator("[data-test=cart-line]")
    own = page.locator(f"[data-line-id='{line.pk}']")
    total = page.locator("[data-test=cart-total]")

    own.locator("[data-test=remove]").click()
    expect(lines).to_have_count(2)
    expect(total).to_have_attribute("data-total", "7.00")
    expect(page.locator("[data-test=cart-count]")).to_have_attribute("data-count", "2")
    expect(page.locator("#cart-news")).to_contain_text("¥17.00")
    expect(page.locator("#undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(lines).to_have_count(3)
    expect(own).to_have_attribute("data-quantity", "2")
    expect(total).to_have_attribute("data-total", "87.00")
    own.locator("[role=checkbox]").click()
    expect(total).to_have_attribute("data-total", "7.00")
    own.locator("[data-test=move-to-favourites]").click()
    expect(lines).to_have_count(2)
    page.locator("[data-test=clear-dead]").click()
    expect(lines).to_have_count(1)
    expect(page.locator("[data-test=message]")).to_contain_text("is gone")
    assert loads == []


def test_a_card_adds_without_leaving_the_page(page, live_server, quiet):
    variants = [make_variant(name_en=f"Phone {n}", category=2) for n in range(12)]
    address = f"{live_server.url}/en/c/phones/"
    page.goto(address)
    button = page.locator(f"[data-test=quick-add][value='{variants[0].pk}']").first
    button.click()
    expect(page.locator("[data-test=cart-count]")).to_have_attribute("data-count", "1")
    expect(page.locator(".toast")).to_contain_text("Phone 0")
    expect(page.locator(".toast")).to_be_in_viewport()
    button.click()
    expect(page.locator("[data-test=cart-count]")).to_have_attribute("data-count", "2")
    expect(page).to_have_url(address)
    assert CartLine.objects.get().quantity == 2


@pytest.mark.parametrize("number", [0, 30])
def test_the_way_to_the_till_stays_in_sight(page, live_server, quiet, number):
    alice = make_user()
    cart = make_cart(alice)
    for _ in range(number):
        make_line(cart, make_variant(name_en="Long" * 30, stock=200), quantity=9)
    sign_in(page, live_server, alice)
    assert_is_sound(page, f"{live_server.url}/en/cart/")
    checkout = page.locator("[data-test=checkout]")
    if number:
        expect(checkout).to_be_in_viewport()
        page.keyboard.press("End")
        expect(checkout).to_be_in_viewport()
        page.locator("[data-test=cart-freight]").scroll_into_view_if_needed()
        expect(page.locator("[data-test=cart-freight]")).to_be_in_viewport()
        checkout.click()
        expect(page).to_have_url(re.compile("/en/checkout/"))
    else:
        expect(checkout).to_have_count(0)
