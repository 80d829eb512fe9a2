"""Receipt in a real browser: the dialog, the page, more time, the countdown."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD, PAYMENT_PASSWORD, make_user
from orders.models import Order
from orders.tests.factories import buyer, make_order
from shop import clock
from shop.tests.browser.test_accessibility import AXE, assert_is_sound

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WRONG = "999990"


@pytest.fixture
def open_as(page, live_server):
    """Open the page of somebody's order, signed in."""

    def open_(order, page=page):
        client = Client()
        client.force_login(order.user)
        session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        page.context.add_cookies([{**session, "url": live_server.url}])
        page.goto(f"{live_server.url}/orders/{order.number}/")

    return open_


def two_shipped(alice):
    """Return two orders of the same product, of the same day."""
    first = make_order(alice, status="shipped")
    variant = first.items.get().variant
    return first, make_order(alice, variant, status="shipped")


def test_the_dialog_keeps_the_focus_and_gives_it_back(page, open_as):
    order, _other = two_shipped(buyer())
    open_as(order)
    opener = page.locator("[data-test=receive]")
    dialog = page.locator("dialog[open]")
    opener.press("Enter")
    expect(dialog.locator("[name=payment_password]")).to_be_focused()
    page.evaluate(AXE)
    assert page.evaluate("axe.run('dialog[open]')")["violations"] == []
    for key in ["Tab"] * 6 + ["Shift+Tab"] * 6:
        page.keyboard.press(key)
        # The browser's own bar may have it in between; the page behind never.
        assert page.evaluate(
            "() => document.activeElement === document.body"
            " || Boolean(document.activeElement.closest('dialog[open]'))"
        ), key
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    assert Order.objects.get(pk=order.pk).status == "shipped"


def test_wrong_says_how_many_are_left_and_right_receives_this_one(page, open_as):
    alice = buyer()
    order, other = two_shipped(alice)
    open_as(order)
    page.locator("[data-test=receive]").click()
    dialog = page.locator("dialog[open]")
    field = dialog.locator("[name=payment_password]")
    for left in ("4", "3"):
        field.fill(WRONG)
        field.press("Enter")
        expect(dialog.locator("[role=alert]")).to_contain_text(left)
        expect(field).to_be_focused()
    alice.refresh_from_db()
    assert alice.payment_strikes == 2
    field.fill(PAYMENT_PASSWORD)
    field.press("Enter")
    page.wait_for_url(f"**/reviews/{order.items.get().pk}/")
    statuses = dict(Order.objects.values_list("pk", "status"))
    assert statuses == {order.pk: "completed", other.pk: "shipped"}
    alice.refresh_from_db()
    assert alice.payment_strikes == 0


def test_the_same_as_a_page_without_scripts(browser, live_server, open_as):
    order = make_order(buyer(), status="shipped")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_as(order, page)
    page.locator("[data-test=receive]").click()
    page.wait_for_url("**/receive/")
    for typed in (WRONG, PAYMENT_PASSWORD):
        page.locator("main [name=payment_password]").fill(typed)
        page.locator("main button.primary").click()
        if typed == WRONG:
            expect(page.locator("main [role=alert]")).to_contain_text("4")
    page.wait_for_url(f"**/orders/{order.number}/")
    expect(page.locator("[data-test=order]")).to_have_attribute(
        "data-status", "completed"
    )
    context.close()


def test_without_a_payment_password_one_is_led_there_and_back(page, open_as):
    order = make_order(make_user(), status="shipped")
    open_as(order)
    page.locator("[data-test=receive]").click()
    page.wait_for_url("**/receive/")
    page.locator("[data-test=set-payment-password]").click()
    page.locator("main [name=password]").fill(PASSWORD)
    for name in ("payment_password1", "payment_password2"):
        page.locator(f"[name={name}]").fill(PAYMENT_PASSWORD)
    page.locator("main form[method=post] button.primary").last.click()
    page.wait_for_url("**/receive/")
    page.locator("main [name=payment_password]").fill(PAYMENT_PASSWORD)
    page.locator("main button.primary").click()
    page.wait_for_url(f"**/orders/{order.number}/")
    assert Order.objects.get(pk=order.pk).status == "completed"


def test_more_time_by_one_tap_and_what_is_left_counts_down(page, open_as):
    order = make_order(buyer(), status="shipped")
    near = clock.now() + timedelta(days=2, minutes=5)
    Order.objects.filter(pk=order.pk).update(receive_by=near, remind_receipt_at=None)
    open_as(order)
    left = page.locator("[data-test=countdown] [data-left]")
    expect(left).to_contain_text(re.compile(r"2 \S+ 00:0\d:\d\d"))
    first = left.text_content()
    expect(left).not_to_have_text(first)
    assert_is_sound(page, page.url)
    page.locator("[data-test=extend]").click()
    expect(left).to_contain_text(re.compile(r"5 \S+ 00:0\d:\d\d"))
    expect(page.locator("[data-test=extend]")).to_have_count(0)
    expect(page.locator("[data-test=timeline]")).to_contain_text("3")
    order.refresh_from_db()
    assert order.receive_by == near + timedelta(days=3)
