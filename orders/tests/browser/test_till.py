"""The till in a real browser, from the cart to the paid order."""

import re

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import PAYMENT_PASSWORD, make_address
from cart.tests.factories import make_cart, make_line, make_variant
from orders.models import Order
from orders.tests.coupon_factories import give_coupon
from orders.tests.factories import buyer, make_order
from shop.tests.browser.test_accessibility import assert_is_sound, sign_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def alice():
    user = buyer()
    make_address(user, default_of=user)
    return user


def test_all_of_it_without_javascript(browser, live_server, alice):
    make_line(make_cart(alice), make_variant(price="40.00", stock=9), quantity=2)
    give_coupon(alice, "5.00", minimum="50.00")
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    sign_in(page, live_server, alice)
    page.goto(f"{live_server.url}/en/cart/")
    page.locator("input.units").fill("20")
    page.get_by_role("button", name="Update").click()
    expect(page.locator("[data-test=message]")).to_contain_text("Only 9 are left.")
    page.locator("[data-test=remove]").click()
    page.locator("#undo").click()
    page.locator("[data-test=checkout]").click()
    total = page.locator("[data-test=checkout-total]")
    expect(total).to_have_attribute("data-total", "355.00")
    page.locator("#coupon-none").check()
    page.locator(
        "[data-test=apply-coupon] button, button[data-test=apply-coupon]"
    ).click()
    expect(total).to_have_attribute("data-total", "360.00")
    page.locator("[data-test=place-order]").click()
    # What counts down by the second is not there where nothing counts.
    expect(page.locator("[data-test=countdown] .badge")).to_be_hidden()
    page.locator("#id_payment_password").fill(PAYMENT_PASSWORD)
    page.locator("[data-test=pay-balance] button").click()
    order = page.locator("[data-test=order]")
    expect(order).to_have_attribute("data-status", "paid")
    assert Order.objects.get().total_amount == 360
    context.close()


def test_an_unpaid_order_counts_down_on_both_its_pages(page, live_server, alice, quiet):
    order = make_order(alice, make_variant())
    sign_in(page, live_server, alice)
    for path in (f"/en/orders/{order.number}/", f"/en/orders/{order.number}/pay/"):
        assert_is_sound(page, live_server.url + path)
        left = page.locator("[data-test=countdown] [data-left]")
        expect(left).to_be_visible()
        expect(left).to_have_text(re.compile("00:(30:00|29:..)"))
