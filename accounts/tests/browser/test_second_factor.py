"""A second factor in a real browser: set up, sign out, sign in, recover, remove."""

import re
import time

import pytest
from playwright.sync_api import expect

from accounts.models import Authenticator
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.totp import token_of
from shop import policy
from shop.tests.browser.test_accessibility import AXE

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PHONE = "13600136000"


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture
def browser_context_args(browser_context_args, scheme):
    return browser_context_args | {"color_scheme": scheme}


@pytest.fixture
def root(db):
    return make_user(phone=PHONE, is_staff=True, is_superuser=True, language="en")


def assert_is_sound(page):
    width = page.viewport_size["width"]
    page.wait_for_load_state()  # a press may have led here just now
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.evaluate(AXE)
    # The admin's own frame around the page is Django's.
    found = [
        (each["id"], node["target"], node["failureSummary"])
        for each in page.evaluate("axe.run('#content')")["violations"]
        for node in each["nodes"]
    ]
    assert found == [], page.url


def sign_in(page, live_server):
    page.goto(f"{live_server.url}/admin/login/?next=/admin/")
    page.locator("[name=username]").fill(PHONE)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")


def sign_out(page):
    page.context.clear_cookies()


def next_token(device):
    """Wait until the app shows digits that were not used yet."""
    device.refresh_from_db()
    while int(time.time()) // 30 <= device.last_step:
        time.sleep(0.2)
    return token_of(device.key)


def test_from_setting_up_to_removing(page, live_server, root, problems):
    sign_in(page, live_server)
    assert_is_sound(page)
    page.locator("[data-test=second-factor-hint] a").click()
    assert_is_sound(page)
    page.locator("[data-test=begin] button").click()
    picture = page.locator(".staff-qr")
    expect(picture).to_be_visible()
    loaded = "image => image.decode().then(() => image.naturalWidth)"
    assert picture.evaluate(loaded) > 100
    assert_is_sound(page)
    key = page.locator("[data-test=key]").inner_text()
    page.locator("[name=token]").fill("000000")
    page.locator("[data-test=set-up] .button").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    assert_is_sound(page)
    time.sleep(1.1)  # the pause after a wrong one
    page.locator("[name=token]").fill(token_of(key))
    page.locator("[data-test=set-up] .button").click()
    codes = page.locator("[data-test=recovery-codes] code").all_inner_texts()
    assert len(codes) == 10
    assert_is_sound(page)
    with page.expect_download() as download:
        page.locator("a[download]").click()
    assert codes[9] in download.value.path().read_text(encoding="utf-8")
    page.locator("[data-test=codes-kept]").click()
    expect(page.locator("[data-test=second-factor-hint]")).to_have_count(0)

    sign_out(page)
    sign_in(page, live_server)
    expect(page).to_have_url(re.compile("/admin/second-factor/token/"))
    assert_is_sound(page)
    device = Authenticator.objects.get()
    page.locator("[name=token]").fill(next_token(device))
    page.locator("[name=token]").press("Enter")
    expect(page).to_have_url(f"{live_server.url}/admin/")

    sign_out(page)
    sign_in(page, live_server)
    page.locator("summary").click()
    page.locator("[name=recovery_code]").fill(codes[0].upper())
    assert_is_sound(page)
    page.locator("[data-test=recovery-form] button").click()
    expect(page).to_have_url(f"{live_server.url}/admin/")

    page.goto(f"{live_server.url}/admin/second-factor/")
    expect(page.locator("[data-test=second-factor-on]")).to_contain_text("9 recovery")
    assert_is_sound(page)
    page.locator("[data-test=remove]").click()
    assert_is_sound(page)
    page.locator("[name=recovery_code]").fill(codes[1])
    page.locator("[data-test=remove-form] .button").click()
    expect(page.locator("[data-test=begin]")).to_be_visible()
    assert problems == []


def test_forced_and_the_password_again(page, live_server, root, problems):
    policy.change("staff_second_factor", "1")
    sign_in(page, live_server)
    expect(page.locator("[data-test=begin]")).to_contain_text("asks you for a second")
    assert_is_sound(page)
    page.goto(f"{live_server.url}/admin/confirm-password/?next=/admin/second-factor/")
    assert_is_sound(page)
    page.locator("[name=password]").fill("wrong-password")
    page.locator("[data-test=confirm-password] .button").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    assert_is_sound(page)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[data-test=confirm-password] .button").click()
    expect(page).to_have_url(f"{live_server.url}/admin/second-factor/")
    page.goto(f"{live_server.url}/en/accounts/password/confirm/")
    assert_is_sound(page)
    assert problems == []


def test_a_colleagues_lost_one(page, live_server, root):
    carol = make_user(nickname="Carol", is_staff=True)
    Authenticator.objects.create(user=carol, hidden_key=Authenticator.new_key())
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/admin/accounts/user/{carol.pk}/change/")
    page.get_by_role("link", name="Lost second factor").click()
    assert_is_sound(page)
    page.locator("[data-test=reset-form] .button").click()
    expect(page.locator(".messagelist")).to_contain_text("Carol")
    assert not Authenticator.objects.exists()
