"""No page has what axe-core can find, or is wider than the screen (rows K5, K8)."""

from pathlib import Path

import pytest
from django.test import Client

from accounts.tests.factories import make_address, make_user
from cart.tests.factories import make_cart
from catalog.tests.factories import make_product, make_variant
from orders.tests.coupon_factories import give_coupon, make_coupon
from orders.tests.factories import buyer, make_order

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

OPEN = [
    "/",
    "/c/phones/",
    "/search/?q=zzz",
    "/search/?q=Product&in_stock=1&min_price=1",
    "/p/{product}/",
    "/accounts/login/",
    "/accounts/register/",
    "/nowhere/",
    "/cart/",
]
SIGNED_IN = [
    "/accounts/",
    "/accounts/profile/",
    "/accounts/addresses/",
    "/accounts/addresses/new/",
    "/accounts/wallet/",
    "/accounts/payment-password/",
]


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture
def browser_context_args(browser_context_args, scheme):
    return browser_context_args | {"color_scheme": scheme}


@pytest.fixture
def product():
    for _ in range(25):
        make_product(category=2)
    product = make_product(price="10.00", list_price="12.00", stock=2)
    make_variant(product=product, stock=0)
    return product


def assert_is_sound(page, address):
    page.goto(address)
    assert_shows_a_sound_page(page)


def assert_shows_a_sound_page(page):
    """The same of what is shown now, such as the answer to a form."""
    address = page.url
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.evaluate(AXE)
    result = page.evaluate("axe.run()")
    found = [
        (each["id"], node["target"], node["failureSummary"])
        for each in result["violations"]
        for node in each["nodes"]
    ]
    assert found == [], address


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_open_pages(page, live_server, product, prefix):
    for path in OPEN:
        assert_is_sound(
            page, f"{live_server.url}{prefix}{path.format(product=product.pk)}"
        )


def test_an_empty_shop(page, live_server):
    for path in ("/", "/en/search/"):
        assert_is_sound(page, f"{live_server.url}{path}")


def sign_in(page, live_server, user):
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"]
    page.context.add_cookies(
        [{"name": "sessionid", "value": cookie.value, "url": live_server.url}]
    )


def test_pages_of_an_account(page, live_server):
    alice = make_user()
    make_address(user=alice)
    sign_in(page, live_server, alice)
    for path in SIGNED_IN:
        assert_is_sound(page, f"{live_server.url}{path}")


def test_pages_of_the_trade(page, live_server):
    alice = buyer()
    make_address(user=alice)
    give_coupon(alice, "10.00", minimum="50.00")
    give_coupon(alice, minimum="9000.00")
    make_coupon(access="listed")
    unpaid = make_order(alice)
    shipped = make_order(alice, status="shipped")
    done = make_order(alice, status="completed").items.get()
    variant = make_product(list_price="120.00").variants.get()
    gone = make_product(stock=0).variants.get()
    cart = make_cart(alice)
    for each in (variant, gone):
        cart.lines.create(variant=each, quantity=2, price_when_added="110.00")
    sign_in(page, live_server, alice)
    for path in (
        "/cart/",
        "/checkout/",
        "/orders/coupons/",
        "/orders/",
        f"/orders/{unpaid.number}/pay/",
        f"/orders/{unpaid.number}/",
        f"/orders/{unpaid.number}/receipt/",
        f"/orders/{unpaid.number}/invoice/",
        f"/orders/items/{shipped.items.get().pk}/receive/",
        "/reviews/",
        f"/reviews/{done.pk}/",
        f"/orders/{shipped.number}/",
    ):
        assert_is_sound(page, f"{live_server.url}{path}")
    page.locator("[data-test=receive]").click()
    assert page.evaluate("axe.run()")["violations"] == []


def test_a_form_full_of_errors(page, live_server):
    page.goto(f"{live_server.url}/en/accounts/register/")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.locator("main form .button.primary").click()
    assert page.locator("[role=alert]").count() > 0
    page.evaluate(AXE)
    assert page.evaluate("axe.run()")["violations"] == []
