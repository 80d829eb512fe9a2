"""The address book in a real browser: three lists, a pasted line, the keyboard."""

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect

import shop.tests.browser
from accounts.tests.factories import make_address, make_alice

AXE = (Path(shop.tests.browser.__file__).parent / "axe.min.js").read_text(
    encoding="utf-8"
)
LINE = "王芳，010-12345678，浙江省 杭州市 西湖区 竹影路 1号"

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("quiet"),
]


def sign_in(context, live_server, user):
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"]
    context.add_cookies(
        [{"name": "sessionid", "value": cookie.value, "url": live_server.url}]
    )


@pytest.fixture
def alice(page, live_server):
    """Alice, signed in in this browser."""
    alice = make_alice()
    sign_in(page.context, live_server, alice)
    return alice


def field(page, name):
    return page.locator(f"#address-form [name={name}]")


def options(page, name):
    return field(page, name).locator("option")


def assert_is_sound(page):
    width = page.viewport_size["width"]
    page.wait_for_load_state()  # a press may have led here just now
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE)
    assert page.evaluate("axe.run()")["violations"] == []


def choose(page, name, value):
    """Choose in a list as with the keyboard: it has the focus, and keeps it."""
    field(page, name).focus()
    field(page, name).select_option(value)


def test_three_lists(page, live_server, alice):
    page.goto(f"{live_server.url}/accounts/addresses/")
    assert_is_sound(page)
    page.locator("[data-test=no-addresses] a").click()
    field(page, "recipient").fill("李雷")
    field(page, "phone").fill("13800138000")
    choose(page, "province", "广东省")
    expect(options(page, "city")).to_have_count(22)
    expect(page.locator("#region-news")).to_contain_text("21")
    expect(field(page, "province")).to_be_focused()
    choose(page, "city", "深圳市")
    expect(options(page, "district").filter(has_text="南山区")).to_have_count(1)
    expect(field(page, "city")).to_be_focused()
    expect(field(page, "district_other")).to_be_hidden()
    field(page, "district").select_option("南山区")
    # Another city takes back the district, another province the city.
    choose(page, "city", "东莞市")
    expect(options(page, "district").filter(has_text="虎门镇")).to_have_count(1)
    expect(field(page, "district")).to_have_value("")
    choose(page, "province", "北京市")
    expect(field(page, "city")).to_have_value("北京市")
    expect(options(page, "district").filter(has_text="海淀区")).to_have_count(1)
    field(page, "district").select_option("海淀区")
    field(page, "street").fill("银杏路 2 号")
    # What was typed above the lists is still there.
    expect(field(page, "recipient")).to_have_value("李雷")
    assert_is_sound(page)
    field(page, "street").press("Enter")
    page.wait_for_url(f"{live_server.url}/accounts/addresses/")
    assert_is_sound(page)
    address = alice.addresses.get()
    assert (address.city, address.district, address.is_default) == (
        "北京市",
        "海淀区",
        True,
    )


def test_another_district(page, live_server, alice):
    address = make_address(alice, district="新设的区")
    page.goto(f"{live_server.url}/accounts/addresses/{address.pk}/")
    expect(field(page, "district")).to_have_value("other")
    expect(field(page, "district_other")).to_have_value("新设的区")
    assert_is_sound(page)
    field(page, "district").select_option("南山区")
    expect(field(page, "district_other")).to_be_hidden()
    field(page, "district").select_option("other")
    field(page, "district_other").fill("云上新区")
    page.locator("[data-test=save-address]").click()
    page.wait_for_url(f"{live_server.url}/accounts/addresses/")
    address.refresh_from_db()
    assert address.district == "云上新区"


def test_a_pasted_line(page, live_server, alice):
    page.goto(f"{live_server.url}/accounts/addresses/new/")
    expect(page.locator("[name=line]")).to_be_hidden()
    page.locator("[data-test=address-line] summary").press("Enter")
    page.locator("[name=line]").fill(LINE)
    assert_is_sound(page)
    # By keyboard alone: on to the button, then from the answer to the fields.
    page.locator("[name=line]").press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=understood]")).to_be_focused()
    assert_is_sound(page)
    page.keyboard.press("Tab")
    expect(field(page, "recipient")).to_be_focused()
    for name, value in {
        "recipient": "王芳",
        "phone": "010 1234 5678",
        "province": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "street": "竹影路 1号",
    }.items():
        expect(field(page, name)).to_have_value(value)
    assert not alice.addresses.exists()
    page.locator("[data-test=save-address]").click()
    page.wait_for_url(f"{live_server.url}/accounts/addresses/")
    expect(page.locator("[data-test=address]")).to_contain_text("010****5678")


def test_a_line_that_says_little_and_a_form_full_of_errors(page, live_server, alice):
    page.goto(f"{live_server.url}/en/accounts/addresses/new/")
    page.locator("[data-test=address-line] summary").click()
    page.locator("[name=line]").fill("王芳")
    page.locator("[data-test=parse]").click()
    expect(page.locator("[data-test=understood]")).to_have_attribute(
        "data-missing", "phone province city district street"
    )
    page.locator("#address-form").evaluate("form => { form.noValidate = true }")
    page.locator("[data-test=save-address]").click()
    expect(page.locator("[role=alert]")).to_have_count(5)
    assert_is_sound(page)


def test_without_scripts_nothing_is_hidden(browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server, make_alice())
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/addresses/new/")
    field(page, "province").select_option("广东省")
    page.locator("[name=refresh]").click()
    expect(options(page, "city")).to_have_count(22)
    expect(field(page, "district_other")).to_be_visible()
    context.close()
