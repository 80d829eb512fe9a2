"""A shopper registers, signs in, walks and searches, in a real browser."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from accounts.tests.factories import make_user
from catalog.tests.factories import make_product, make_variant
from shop import sms

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def goods():
    cache.clear()
    for number in range(30):
        make_product(
            name_zh=f"极光手机 {number}", name_en=f"Aurora Phone {number}", category=2
        )
    product = make_product(
        name_zh="静界耳机",
        name_en="Hush Headphones",
        option1_name_zh="颜色",
        option1_name_en="Colour",
        category=4,
        price="299.00",
    )
    make_variant(product=product, option1_zh="红色", stock=0, price="199.00")
    return product


def results(page):
    return page.locator("[data-test=results] [data-test=product-card]")


def assert_nothing_sticks_out(page):
    page.wait_for_load_state()  # a press may have led here just now
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_a_shopper_registers_walks_and_searches(page, live_server, goods, problems):
    page.goto(f"{live_server.url}/accounts/register/")
    page.locator("[name=phone]").fill("13800138000")
    page.locator("[data-code-button]").click()
    expect(page.locator("[data-code-note]")).not_to_be_empty()
    expect(page.locator("[data-code-button]")).to_be_disabled()
    ((receiver, text),) = sms.memory
    assert receiver == "13800138000"
    page.locator("[name=code]").fill(re.search(r"\d{6}", text).group())
    page.locator("[name=password1]").fill("kite-over-the-lake")
    page.locator("[name=password2]").fill("kite-over-the-lake")
    page.locator("[name=nickname]").fill("小满")
    page.locator("[name=password2]").press("Enter")
    page.wait_for_url(f"{live_server.url}/")
    expect(page.locator("[data-test=message]")).to_be_visible()
    assert_nothing_sticks_out(page)

    page.locator(".site-nav [data-category=phones]").click()
    expect(results(page)).to_have_count(24)
    assert_nothing_sticks_out(page)
    page.locator("[data-test=pagination] [rel=next]").click()
    expect(page.locator("[data-test=pagination]")).to_have_attribute("data-page", "2")
    expect(results(page)).to_have_count(6)

    page.locator("[name=q]").fill("耳机")
    page.locator("[name=q]").press("Enter")
    results(page).locator("a").click()
    expect(page.locator("[data-test=price]")).to_have_attribute("data-price", "299.00")
    page.locator("[data-test=option][data-state=sold_out]").click()
    expect(page.locator("[data-test=price]")).to_have_attribute("data-price", "199.00")
    expect(page.locator("[data-test=stock]")).to_have_attribute("data-stock", "0")
    assert_nothing_sticks_out(page)

    page.locator("button[name=language]").click()
    page.wait_for_url(re.compile(rf"/en/p/{goods.pk}/"))
    expect(page.locator("h1")).to_have_text("Hush Headphones")
    assert_nothing_sticks_out(page)
    assert problems == []


def test_a_shopper_signs_in_and_out(page, live_server, problems):
    make_user(phone="13800138001", password="kite-over-the-lake", nickname="Alice")
    page.goto(f"{live_server.url}/en/accounts/login/")
    page.locator("[name=identifier]").fill("138 0013 8001")
    page.locator("[name=password]").fill("wrong")
    page.locator("[name=password]").press("Enter")
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("[name=identifier]")).to_have_value("138 0013 8001")
    page.locator("[name=password]").fill("kite-over-the-lake")
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{live_server.url}/en/")

    page.locator("[data-test=account]").click()
    page.wait_for_url(f"{live_server.url}/en/accounts/")
    assert_nothing_sticks_out(page)
    page.locator("form[action$='/logout/'] button").first.click()
    expect(page.locator("[data-test=login]")).to_be_visible()
    assert problems == []


def test_the_filters_stand_open_on_a_desk_only(page, live_server):
    page.goto(f"{live_server.url}/c/phones/")
    is_desk = page.viewport_size["width"] > 1000
    assert page.locator("details.filters").get_attribute("open") == (
        "" if is_desk else None
    )
