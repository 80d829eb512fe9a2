"""The search field completes words, and without JavaScript is a plain search."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from catalog.tests.factories import make_product
from shop.tests.browser.test_accessibility import AXE

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def goods():
    cache.clear()
    for number in range(3):
        make_product(name_zh=f"灯笼 {number}", name_en=f"Lantern {number}")


@pytest.fixture
def field(page, live_server):
    page.goto(f"{live_server.url}/en/")
    return page.get_by_role("combobox", name="Search the shop")


def test_suggests_by_keys_and_closes_with_esc(page, field):
    options = page.get_by_role("option")
    field.press_sequentially("lan")
    expect(options.first).to_have_text("lantern")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("lan")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("t")
    expect(options.first).to_have_text("lantern")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "site-suggestion-0")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/en/search/\?q=lantern$"))


def test_of_one_character_nothing_is_asked(page, field):
    # Coming into the field asks for one's own last searches; a key that is quicker
    # takes that question back, so the key waits.
    with page.expect_response("**/search/suggest/?q="):
        field.focus()
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "q=" in r.url else None)
    field.press_sequentially("l")
    page.wait_for_timeout(400)
    field.press_sequentially("a")
    expect(page.get_by_role("option").first).to_have_text("lantern")
    assert [url.rpartition("q=")[2] for url in asked] == ["la"]


@pytest.fixture
def held(page):
    """What the field asks for "lan" gets no answer until a test gives one."""
    routes = []

    def slow(route):
        if "q=lan" in route.request.url and "q=lantern" not in route.request.url:
            routes.append(route)
        else:
            route.continue_()

    page.route("**/search/suggest/**", slow)
    return routes


def wait_for(page, held):
    for _ in range(200):
        if held:
            return
        page.wait_for_timeout(50)
    pytest.fail("the field asked for nothing")


def test_a_late_answer_is_never_shown(page, field, held):
    field.press_sequentially("lan")
    wait_for(page, held)
    field.press_sequentially("tern 2")
    options = page.get_by_role("option")
    expect(options.first).to_have_text("Lantern 2")
    shown = options.all_inner_texts()
    for route in held:
        body = '{"ok": true, "suggestions": [{"text": "stale", "url": "/"}]}'
        route.fulfill(body=body, content_type="application/json")
    page.wait_for_timeout(300)
    assert options.all_inner_texts() == shown


def test_a_late_failure_takes_nothing_away(page, field, held):
    field.press_sequentially("lan")
    wait_for(page, held)
    field.press_sequentially("tern 2")
    options = page.get_by_role("option")
    expect(options.first).to_have_text("Lantern 2")
    for route in held:
        route.abort()
    page.wait_for_timeout(300)
    expect(options.first).to_have_text("Lantern 2")


def test_a_press_on_a_suggestion_opens_it_and_leaving_the_field_closes_all(page, field):
    options = page.get_by_role("option")
    field.press_sequentially("lan")
    expect(options.first).to_be_visible()
    page.keyboard.press("Tab")
    expect(options).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")
    field.focus()
    options.filter(has_text="Lantern 1").click()
    expect(page).to_have_url(re.compile(r"/en/p/\d+/$"))


def test_the_open_list_is_sound(page, field):
    field.press_sequentially("lan")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    page.evaluate(AXE)
    assert page.evaluate("axe.run('.site-search')")["violations"] == []


def test_offline_nothing_is_suggested_and_nothing_breaks(page, field, problems):
    page.context.set_offline(True)
    field.press_sequentially("lan")
    page.wait_for_timeout(400)
    expect(page.get_by_role("option")).to_have_count(0)
    page.context.set_offline(False)
    field.press_sequentially("t")
    expect(page.get_by_role("option").first).to_have_text("lantern")
    assert [each for each in problems if "ERR_INTERNET_DISCONNECTED" not in each] == []


def test_is_a_plain_search_without_javascript(browser, live_server):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/en/")
    page.get_by_role("searchbox").fill("lantern")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("[data-test=results] [data-test=product-card]")).to_have_count(
        3
    )
