"""Hearts, history and comparison, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD, make_user
from catalog.models import Favourite, Product
from catalog.tests.factories import make_product, make_spec
from shop.tests.browser.test_accessibility import assert_is_sound, sign_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def phones():
    """Three phones; the address of their category shows them from last to first."""
    phones = [make_product(name_en=f"Phone {n}", category=2) for n in range(3)]
    for number, phone in enumerate(phones):
        make_spec(product=phone, key="ram", number=number)
        make_spec(product=phone, key="net", text_zh="五", text_en="5G")
    return phones


@pytest.fixture
def lists(page, live_server):
    """The category's page, with which hearts are filled and how often it was loaded."""

    class Lists:
        loads = 0

        def open(self):
            page.goto(f"{live_server.url}/en/c/phones/")

        def heart(self, product):
            return page.locator(f"main [data-heart='{product.pk}']").first

    lists = Lists()
    page.on("load", lambda: setattr(lists, "loads", lists.loads + 1))
    return lists


def test_a_heart_is_set_and_taken_back_without_a_reload(
    page, live_server, phones, lists, problems
):
    alice, phone = make_user(), phones[1]
    sign_in(page, live_server, alice)
    lists.open()
    heart = lists.heart(phone)
    expect(heart).to_have_attribute("aria-pressed", "false")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(lists.heart(phones[0])).to_have_attribute("aria-pressed", "false")
    assert Favourite.objects.get().product == phone
    assert lists.loads == 1

    page.goto(f"{live_server.url}/en/p/{phone.pk}/")
    expect(lists.heart(phone)).to_have_text("In your favourites", use_inner_text=True)
    lists.heart(phone).press("Enter")
    expect(lists.heart(phone)).to_have_text("Add to favourites", use_inner_text=True)
    assert not Favourite.objects.exists()
    assert problems == []


def test_what_a_heart_cannot_do_is_said(page, live_server, phones, lists):
    sign_in(page, live_server, make_user())
    lists.open()
    Product.objects.filter(pk=phones[0].pk).update(status="off_shelf")
    lists.heart(phones[0]).click()
    expect(page.locator("#flash")).to_have_text("It is off the shelf.")
    expect(lists.heart(phones[0])).to_have_attribute("aria-pressed", "false")


def test_a_visitors_heart_leads_through_the_login(page, lists, phones, problems):
    alice = make_user()
    lists.open()
    lists.heart(phones[2]).click()
    page.wait_for_url(re.compile("/en/accounts/login/"))
    page.locator("[name=identifier]").fill(alice.phone.as_national)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(re.compile("/en/c/phones/$"))
    expect(lists.heart(phones[2])).to_have_attribute("aria-pressed", "true")
    assert problems == []


def test_a_heart_after_the_session_ended_elsewhere(page, live_server, phones, lists):
    sign_in(page, live_server, make_user())
    lists.open()
    page.context.clear_cookies(name="sessionid")
    lists.heart(phones[0]).click()
    page.wait_for_url(re.compile("/en/accounts/login/"))


def test_two_are_picked_and_compared(page, live_server, phones, lists, problems):
    tray = page.locator("#compare-tray")
    for phone in phones[:2]:
        page.goto(f"{live_server.url}/en/p/{phone.pk}/")
        loads = lists.loads
        page.locator("main [data-test=compare-pick]").first.click()
        expect(page.locator("#flash")).to_contain_text("can be compared now")
        assert lists.loads == loads
    expect(tray).to_have_attribute("data-count", "2")
    tray.locator("a").click()
    page.wait_for_url(re.compile(rf"\?p={phones[0].pk}&p={phones[1].pk}$"))
    expect(page.locator("[data-test=compared]")).to_have_count(2)
    expect(page.locator("[data-test=compare-row]")).to_have_count(2)
    page.locator("[data-test=only-differences]").click()
    expect(page.locator("[data-test=compare-row]")).to_have_count(1)
    page.locator("[data-test=remove]").first.click()
    expect(page.locator("[data-test=compared]")).to_have_count(1)
    assert problems == []


def test_all_works_without_a_script(browser, browser_context_args, live_server, phones):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, make_user())
    page.goto(f"{live_server.url}/en/c/phones/")
    page.locator(f"main [data-heart='{phones[0].pk}']").first.click()
    expect(page.locator("[data-test=message]")).to_contain_text("favourites now")
    page.goto(f"{live_server.url}/en/p/{phones[0].pk}/")
    page.locator("main [data-test=compare-pick]").first.click()
    page.goto(f"{live_server.url}/en/favourites/")
    expect(page.locator("[data-test=compare-tray]")).to_be_visible()
    page.locator("[data-test=favourite] [data-test=remove]").click()
    expect(page.locator("[data-test=no-favourites]")).to_be_visible()
    page.goto(f"{live_server.url}/en/history/")
    page.locator("[data-test=clear-history]").click()
    expect(page.locator("[data-test=no-history]")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_pages_are_sound(page, live_server, phones, scheme, prefix):
    page.emulate_media(color_scheme=scheme)
    url = f"{live_server.url}{prefix}"
    keys = "&".join(f"p={phone.pk}" for phone in phones)
    for path in ("/history/", "/compare/"):
        assert_is_sound(page, f"{url}{path}")
    alice = make_user()
    sign_in(page, live_server, alice)
    assert_is_sound(page, f"{url}/favourites/")
    for phone in phones:
        page.goto(f"{url}/p/{phone.pk}/")
        Favourite.objects.create(user=alice, product=phone, price_when_added="900")
    page.locator("main [data-test=compare-pick]").first.click()
    page.wait_for_selector("#compare-tray:not([hidden])")
    Product.objects.filter(pk=phones[0].pk).update(status="off_shelf")
    Product.objects.filter(pk=phones[1].pk).update(stock=0, is_sold_out=True)
    for path in (
        "/favourites/",
        "/history/",
        "/c/phones/",
        f"/compare/?{keys}&p=abc",
        f"/compare/?{keys}&only=differences",
    ):
        assert_is_sound(page, f"{url}{path}")
    # The table scrolls in its own box, which the keyboard reaches.
    page.goto(f"{url}/compare/?{keys}")
    box = page.locator(".compare-box")
    assert box.get_attribute("tabindex") == "0"
