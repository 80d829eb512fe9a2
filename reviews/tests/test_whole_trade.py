"""The main job of the shop, end to end, by a client that knows no JavaScript (K7)."""

import re

import pytest
from django.core.management import call_command

from accounts.tests.factories import code_sent_to, make_user
from catalog.tests.factories import make_product
from orders.models import Order
from shop.tests.plain_browser import PlainBrowser

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PHONE, PASSWORD, DIGITS = "13800138000", "kite-over-the-lake", "246813"


def marked(html, marker):
    """Return the attributes of all elements with this data-test."""
    tags = re.findall(rf'<[^>]*data-test="{marker}"[^>]*>', html)
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in tags]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_from_registration_to_review(prefix):
    product = make_product(
        name_zh="静界耳机", name_en="Hush Headphones", category=4, price="299.00"
    )
    alice = PlainBrowser()
    register(alice, prefix)
    prepare_account(alice, prefix)

    # Cart: adding the same again raises its line.
    for _ in range(2):
        alice.open(f"{prefix}/search/?q=Hush")
        alice.open(f"{prefix}/p/{product.pk}/")
        alice.submit("/cart/add/")
    cart = alice.open(f"{prefix}/cart/")
    assert marked(cart, "cart-line")[0]["data-quantity"] == "2"
    assert marked(cart, "cart-count")[0]["data-count"] == "2"
    assert marked(cart, "cart-total")[0]["data-total"] == "598.00"

    # Checkout and payment.
    alice.open(f"{prefix}/checkout/")
    alice.submit("/checkout/", note="please ring twice")
    order = Order.objects.get()
    assert alice.address == f"{prefix}/orders/{order.number}/pay/"
    wrong = alice.submit("/pay/", method="balance", payment_password="999990")
    assert 'role="alert"' in wrong
    alice.submit("/pay/", method="balance", payment_password=DIGITS)
    assert alice.address == f"{prefix}/orders/{order.number}/"
    page = alice.open(f"{prefix}/orders/?status=unshipped")
    assert marked(page, "order")[0]["data-status"] == "paid"

    ship_as_staff(order)

    # Receipt of the item, and its review.
    page = alice.open(f"{prefix}/orders/{order.number}/")
    assert marked(page, "order-item")[0]["data-status"] == "shipped"
    assert marked(page, "next-event")[0]["data-at"]
    item = order.items.get()
    alice.open(f"{prefix}/orders/items/{item.pk}/receive/")
    alice.submit("/receive/", payment_password=DIGITS)
    page = alice.open(f"{prefix}/orders/{order.number}/")
    assert marked(page, "order")[0]["data-status"] == "completed"
    page = alice.open(f"{prefix}/reviews/")
    assert marked(page, "review-pending")[0]["data-item-id"] == str(item.pk)
    alice.open(f"{prefix}/reviews/{item.pk}/")
    alice.submit(f"/reviews/{item.pk}/", rating="4", body="Quiet, and light to wear.")
    page = alice.open(f"{prefix}/p/{product.pk}/")
    assert "Quiet, and light to wear." in page
    assert marked(page, "review")[0]["data-rating"] == "4"
    assert marked(page, "rating-summary")[0]["data-average"] == "4.00"
    call_command("audit")


def register(browser, prefix):
    browser.open(f"{prefix}/accounts/register/")
    browser.submit(
        "/register/", formaction=f"{prefix}/accounts/register/code/", phone=PHONE
    )
    browser.submit(
        "/register/",
        phone=PHONE,
        code=code_sent_to(PHONE),
        password1=PASSWORD,
        password2=PASSWORD,
        nickname="Alice",
    )


def prepare_account(browser, prefix):
    """A payment password, money in the wallet, and an address."""
    browser.open(f"{prefix}/accounts/payment-password/")
    browser.submit(
        "/payment-password/",
        password=PASSWORD,
        payment_password1=DIGITS,
        payment_password2=DIGITS,
    )
    call_command("grant_balance", PHONE, "1000.00", reason="welcome")
    browser.open(f"{prefix}/accounts/addresses/new/")
    browser.submit(
        "/addresses/new/",
        recipient="林晓禾",
        phone="13800138000",
        province="广东省",
        city="深圳市",
        district="南山区",
        street="海岚路 66 号",
    )


def ship_as_staff(order):
    make_user(phone="13700137000", password=PASSWORD, is_staff=True, is_superuser=True)
    carol = PlainBrowser()
    carol.open("/admin/login/?next=/admin/")
    carol.submit("/admin/login/", username="13700137000", password=PASSWORD)
    carol.open(f"/admin/orders/order/?q={order.number}")
    assert order.number in carol.html
    carol.open(f"/admin/orders/order/{order.pk}/change/")
    carol.submit("/ship/", carrier="sf", tracking_number="SF1234567890123")
    order.refresh_from_db()
    assert order.status == "shipped"
