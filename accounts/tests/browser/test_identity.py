"""Register, forget the password, bind an e-mail, show a face, sign devices out."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from accounts.models import User
from accounts.tests.factories import PASSWORD, code_sent_to, make_alice
from shop.tests.browser.test_accessibility import assert_is_sound

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("quiet"),
]

PHONE, MAIL, NEW = "13800138000", "alice@example.com", "kite-over-the-lake"


@pytest.fixture
def visit(page, live_server):
    return lambda path: page.goto(f"{live_server.url}{path}")


def fill(page, **fields):
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)


def send_code(page, receiver):
    button = page.locator("[data-test=send-code]")
    button.click()
    # Said on the page, which stays; the button waits until another can be asked for.
    expect(page.locator("[data-code-note]")).not_to_be_empty()
    expect(button).to_be_disabled()
    return code_sent_to(receiver)


def press(page):
    page.locator("main button.primary").click()
    page.wait_for_load_state()


def sign_in(page, visit, identifier=PHONE, password=PASSWORD):
    visit("/accounts/login/")
    fill(page, identifier=identifier, password=password)
    press(page)


def test_register(page, visit):
    visit("/accounts/register/")
    fill(page, phone=PHONE)
    code = send_code(page, PHONE)
    fill(page, code=code, password1=PASSWORD, password2=PASSWORD, nickname="小艾")
    press(page)
    expect(page.locator("[data-test=message]")).to_have_attribute(
        "data-level", "success"
    )
    visit("/accounts/")
    expect(page.locator("main")).to_contain_text("小艾")


def test_forgotten_password(page, visit, live_server):
    make_alice(email=MAIL)
    visit("/accounts/password/reset/")
    expect(page).to_have_url(f"{live_server.url}/accounts/password/forgot/")
    fill(page, identifier="nobody@example.com")
    press(page)
    expect(page.get_by_role("alert")).to_be_visible()
    fill(page, identifier=MAIL)
    press(page)
    expect(page).to_have_url(f"{live_server.url}/accounts/password/verify/")
    expect(page.locator("main")).to_contain_text("a***@example.com")
    fill(page, code=send_code(page, MAIL))
    press(page)
    fill(page, new_password1=NEW, new_password2=NEW)
    press(page)
    expect(page).to_have_url(f"{live_server.url}/accounts/login/")
    sign_in(page, visit, MAIL, NEW)
    expect(page).to_have_url(f"{live_server.url}/")


def test_bind_an_email_and_sign_in_with_it(page, visit, live_server):
    make_alice()
    sign_in(page, visit)
    visit("/accounts/email/")
    fill(page, email="Alice@Example.com")
    fill(page, code=send_code(page, MAIL))
    press(page)
    expect(page).to_have_url(f"{live_server.url}/accounts/profile/")
    expect(page.locator("main")).to_contain_text("a***@example.com")
    page.context.clear_cookies()
    sign_in(page, visit, MAIL)
    expect(page).to_have_url(f"{live_server.url}/")


def test_a_new_picture_shows_at_once(page, visit, tmp_path):
    make_alice()
    sign_in(page, visit)
    sources = []
    for colour in ("red", "blue"):
        path = tmp_path / f"{colour}.png"
        Image.new("RGB", (400, 300), colour).save(path)
        visit("/accounts/profile/")
        page.locator("[name=avatar]").set_input_files(path)
        page.locator("form[enctype] button").click()
        page.wait_for_load_state()
        picture = page.locator("main [data-test=avatar]").first
        loaded = "each => each.decode().then(() => each.naturalWidth)"
        assert picture.evaluate(loaded) == 256
        sources.append(picture.get_attribute("src"))
    first, second = sources
    # The same file under another version.
    assert first != second
    assert first.partition("?")[0] == second.partition("?")[0]


def test_sign_another_device_out(page, visit, browser, live_server):
    make_alice()
    sign_in(page, visit)
    other = browser.new_page()
    sign_in(other, lambda path: other.goto(f"{live_server.url}{path}"))
    visit("/accounts/sessions/")
    expect(page.locator("[data-test=device]")).to_have_count(2)
    page.locator("[name=session]").click()
    expect(page.locator("[data-test=device]")).to_have_count(1)
    other.goto(f"{live_server.url}/accounts/")
    expect(other).to_have_url(re.compile("/accounts/login/"))
    other.close()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_is_sound(page, visit, live_server, prefix):
    make_alice(email=MAIL)
    for path in ("password/forgot/", "register/"):
        assert_is_sound(page, f"{live_server.url}{prefix}/accounts/{path}")
    visit("/accounts/password/forgot/")
    fill(page, identifier=PHONE)
    press(page)
    assert_is_sound(page, f"{live_server.url}{prefix}/accounts/password/verify/")
    sign_in(page, visit)
    for path in (
        "profile/",
        "email/",
        "phone/",
        "password/change/",
        "payment-password/",
        "payment-password/forgot/",
        "sessions/",
    ):
        assert_is_sound(page, f"{live_server.url}{prefix}/accounts/{path}")
    assert User.objects.count() == 1
