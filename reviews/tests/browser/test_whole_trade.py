"""Buy, pay, ship in the admin, receive in the dialog, review: in a real browser."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from accounts.tests.factories import (
    PASSWORD,
    PAYMENT_PASSWORD,
    make_address,
    make_user,
)
from catalog.tests.factories import make_product
from orders.models import Order
from orders.tests.factories import buyer

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PHONE, STAFF = "13800138000", "13700137000"


def sign_in(page, live_server):
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("[name=identifier]").fill(PHONE)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{live_server.url}/")


def is_bad(message):
    # A refused password is an answer with status 403, which chromium reports.
    return message.type == "error" and "403" not in message.text


def assert_fits(page):
    page.wait_for_load_state()  # a press may have led here just now
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def ship_in_the_admin(browser, live_server, number):
    desk = browser.new_page(viewport={"width": 1280, "height": 800})
    desk.goto(f"{live_server.url}/admin/login/?next=/admin/orders/order/?q={number}")
    desk.locator("[name=username]").fill(STAFF)
    desk.locator("[name=password]").fill(PASSWORD)
    desk.locator("[name=password]").press("Enter")
    desk.get_by_role("link", name=number).click()
    desk.locator("[name=carrier]").select_option("sf")
    desk.locator("[name=tracking_number]").fill("SF1234567890123")
    desk.locator("[data-test=ship]").click()
    desk.wait_for_load_state()
    desk.close()


def test_the_whole_trade(page, browser, live_server):
    alice = buyer(phone=PHONE, nickname="Alice")
    make_address(alice, default_of=alice)
    make_user(phone=STAFF, is_staff=True, is_superuser=True)
    product = make_product(name_zh="静界耳机", price="299.00", category=4)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if is_bad(m) else None)

    sign_in(page, live_server)
    page.goto(f"{live_server.url}/p/{product.pk}/")
    page.locator("[data-test=add-to-cart] button").first.click()
    expect(page.locator("[data-test=cart-count]")).to_have_attribute("data-count", "1")
    page.goto(f"{live_server.url}/cart/")
    expect(page.locator("[data-test=cart-line]")).to_have_count(1)
    assert_fits(page)

    page.goto(f"{live_server.url}/checkout/")
    assert_fits(page)
    page.locator("main form[method=post] button.primary").last.click()
    page.wait_for_url(re.compile(r"/orders/\d+/pay/"))
    assert_fits(page)
    page.locator("[name=payment_password]").fill(PAYMENT_PASSWORD)
    page.locator("[name=payment_password]").press("Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    order = Order.objects.get()
    assert order.status == "paid"

    ship_in_the_admin(browser, live_server, order.number)
    order.refresh_from_db()
    assert order.status == "shipped"

    page.reload()
    assert_fits(page)
    opener = page.locator("[data-test=receive]").first
    opener.click()
    dialog = page.locator("dialog[open]")
    field = dialog.locator("[name=payment_password]")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    opener.click()
    field.fill("999990")
    field.press("Enter")
    # What is wrong is said in the dialog, which stays open.
    expect(dialog.locator("[role=alert]")).not_to_be_empty()
    expect(field).to_be_focused()
    field.fill(PAYMENT_PASSWORD)
    field.press("Enter")
    item = order.items.get()
    page.wait_for_url(f"{live_server.url}/reviews/{item.pk}/")
    order.refresh_from_db()
    assert order.status == "completed"
    assert_fits(page)
    page.locator("[name=rating][value='5']").check(force=True)
    page.locator("[name=body]").fill("声音干净，戴着也轻。")
    page.locator("main form[method=post] button.primary").last.click()
    page.goto(f"{live_server.url}/p/{product.pk}/")
    review = page.locator("[data-test=review]")
    expect(review).to_have_attribute("data-rating", "5")
    expect(review).to_contain_text("声音干净")
    assert_fits(page)
    assert problems == []
    call_command("audit")
