"""A return in a real browser: asked for, agreed to, sent back, refunded."""

import io

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD, make_user
from catalog.tests.factories import make_product
from orders.models import AfterSale
from orders.tests.factories import buyer, make_order
from shop.tests.browser.test_accessibility import (
    assert_is_sound,
    assert_shows_a_sound_page,
)

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

STAFF = "13700137000"


def photo():
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(file, "PNG")
    return {"name": "a.png", "mimeType": "image/png", "buffer": file.getvalue()}


def sign_in(page, live_server, user):
    client = Client()
    client.force_login(user)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([{**session, "url": live_server.url}])


def press_in_the_admin(browser, live_server, asked, deed):
    desk = browser.new_page(viewport={"width": 1280, "height": 800})
    change = f"/admin/orders/order/{asked.item.order_id}/change/"
    desk.goto(f"{live_server.url}/admin/login/?next={change}")
    desk.locator("[name=username]").fill(STAFF)
    desk.locator("[name=password]").fill(PASSWORD)
    desk.locator("[name=password]").press("Enter")
    desk.locator(f"[data-test={deed}]").click()
    desk.wait_for_load_state()
    desk.close()


@pytest.mark.usefixtures("quiet")
def test_a_return_from_the_wish_to_the_money(page, browser, live_server):
    alice = buyer(nickname="Alice", language="en")
    make_user(phone=STAFF, is_staff=True, is_superuser=True)
    product = make_product(price="33.35")
    item = make_order(alice, product, 3, status="completed").items.get()
    sign_in(page, live_server, alice)
    page.goto(f"{live_server.url}/en/orders/{item.order.number}/")
    page.locator("[data-test=ask-after-sale]").click()
    page.wait_for_url("**/after-sale/")
    assert_is_sound(page, page.url)
    amount = page.locator("[data-test=after-sale-amount]")
    expect(amount).to_have_attribute("data-amount", "100.05")
    # The sum follows what is typed; the rest of the form stays.
    page.locator("[name=reason]").fill("It is damaged")
    page.get_by_label("How many").fill("2")
    expect(amount).to_have_attribute("data-amount", "66.70")
    expect(page.locator("[name=reason]")).to_have_value("It is damaged")
    page.locator("[name=photos]").set_input_files([photo()])
    page.locator("[data-test=ask]").click()
    shown = page.locator("[data-test=after-sale]")
    expect(shown).to_have_attribute("data-state", "requested")
    assert_is_sound(page, page.url)
    asked = AfterSale.objects.get()
    assert (asked.quantity, asked.photos.count()) == (2, 1)

    press_in_the_admin(browser, live_server, asked, "agree")
    page.reload()
    expect(shown).to_have_attribute("data-state", "return_goods")
    page.locator("[data-test=return]").click()
    page.wait_for_url("**/return/")
    assert_is_sound(page, page.url)
    page.locator("[name=tracking_number]").fill("12")
    page.locator("[data-test=return-form] button.primary").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    page.locator("[name=tracking_number]").fill("SF1234567890123")
    page.locator("[data-test=return-form] button.primary").click()
    expect(shown).to_have_attribute("data-state", "returning")
    page.locator("[data-test=correct-return]").click()
    page.wait_for_url("**/return/correct/")
    assert_is_sound(page, page.url)
    page.locator("[name=tracking_number]").fill("12")
    page.locator("[data-test=correct-return-form] button.primary").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    assert_shows_a_sound_page(page)
    page.locator("[name=tracking_number]").fill("SF1234567890199")
    page.locator("[data-test=correct-return-form] button.primary").click()
    expect(shown).to_contain_text("SF1234567890199")
    expect(page.locator("[data-test=correct-return]")).to_have_count(0)

    press_in_the_admin(browser, live_server, asked, "confirm")
    page.reload()
    expect(shown).to_have_attribute("data-state", "refunded")
    item.refresh_from_db()
    assert (str(item.refunded_amount), item.kept_quantity) == ("66.70", 1)
