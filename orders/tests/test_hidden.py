"""What is hidden, off the shelf or not on it yet is nowhere to be met (rows B1, B4).

Tried here, where carts and orders are known too.
"""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache

from accounts.tests.factories import make_address, make_user
from cart.models import CartLine
from catalog.models import Category, Favourite, HistoryEntry, Product
from catalog.tests.factories import make_product
from orders.models import Order
from orders.tests.factories import make_order
from shop import clock

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LISTS = (
    "/",
    "/search/",
    "/search/?q=zephyr",
    "/search/?q=nothing-like-it",
    "/search/?sort=newest",
    "/search/?category=hardware",
    "/c/phones/",
    "/c/hardware/",
    "/favourites/",
    "/history/",
)


@pytest.fixture
def product(alice):
    """Hardware that Alice likes and has looked at."""
    product = make_product(category=5, name_en="Zephyr X9", name_zh="微风 X9")
    make_product(category=2)
    Favourite.objects.create(user=alice, product=product, price_when_added=1)
    HistoryEntry.objects.create(user=alice, product=product)
    return product


def hide_category(product):
    Category.objects.filter(pk=product.category_id).update(is_visible=False)


def take_off_shelf(product):
    Product.objects.filter(pk=product.pk).update(status=Product.Status.OFF_SHELF)


def schedule(product):
    later = clock.now() + HOUR
    Product.objects.filter(pk=product.pk).update(on_shelf_at=later)


ways = pytest.mark.parametrize("hide", [hide_category, take_off_shelf, schedule])


def links(client, product):
    """Return the lists that lead to a product."""
    cache.clear()
    address = f'href="/p/{product.pk}/'
    pages = {page: client.get(page) for page in LISTS}
    return [page for page, response in pages.items() if address in response.text]


def suggested(client):
    headers = {"Accept": "application/json"}
    answer = client.get("/search/suggest/?q=zeph", headers=headers).json()
    return [each["url"] for each in answer["suggestions"]]


@ways
def test_shoppers_meet_it_nowhere(as_alice, product, hide):
    address = f"/p/{product.pk}/"
    assert {"/", "/search/", "/c/hardware/", "/favourites/", "/history/"} <= set(
        links(as_alice, product)
    )
    assert address in suggested(as_alice)
    assert as_alice.get(address).status_code == 200
    hide(product)
    assert links(as_alice, product) == []
    assert address not in suggested(as_alice)
    assert as_alice.get(address).status_code == 404
    assert (
        f'data-product-id="{product.pk}"'
        not in as_alice.get(f"/compare/?p={product.pk}").text
    )


@ways
def test_staff_look_at_it_before_shoppers_can(client, product, hide):
    hide(product)
    carol = make_user(is_staff=True)
    carol.user_permissions.add(Permission.objects.get(codename="view_product"))
    client.force_login(carol)
    response = client.get(f"/p/{product.pk}/")
    assert response.status_code == 200
    assert 'data-test="preview"' in response.text


def test_a_hidden_category_is_offered_nowhere(client, product):
    hide_category(product)
    for page in ("/", "/search/", "/c/phones/"):
        assert "/c/hardware/" not in client.get(page).text
        assert 'value="hardware"' not in client.get(page).text
    assert client.get("/c/hardware/").status_code == 404


def test_a_scheduled_product_appears_with_no_command_running(as_alice, product):
    moment = clock.now()
    schedule(product)
    with clock.at(moment + 2 * HOUR):
        # What was noted before it was on the shelf shows it again, too.
        assert "/c/hardware/" in links(as_alice, product)
        assert "/search/?q=zephyr" in links(as_alice, product)
        assert f"/p/{product.pk}/" in suggested(as_alice)
        assert as_alice.get(f"/p/{product.pk}/").status_code == 200


@ways
def test_nobody_buys_it_by_any_way(as_alice, alice, product, hide):
    variant = product.variants.get()
    place = make_address(alice)
    as_alice.post("/cart/add/", {"variant": variant.pk})
    page = as_alice.get("/checkout/").text
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    total = re.search(r'name="total_shown" value="([^"]+)"', page)[1]
    hide(product)
    headers = {"Accept": "application/json"}
    wish = {"variant": variant.pk, "quantity": 1}
    assert as_alice.post("/cart/add/", wish, headers=headers).status_code >= 400
    assert CartLine.objects.get().quantity == 1
    form = {"address": place.pk, "token": token, "total_shown": total}
    as_alice.post("/checkout/", form)
    as_alice.post(f"/checkout/?variant={variant.pk}&quantity=1", form)
    as_alice.post("/checkout/buy-now/", wish)
    as_alice.get(f"/checkout/?variant={variant.pk}&quantity=1")
    assert not Order.objects.exists()
    cart = as_alice.get("/cart/").text
    assert 'data-total="0.00"' in cart
    assert f'href="/p/{product.pk}/' not in cart


@ways
def test_old_orders_show_it_all_the_same(as_alice, alice, product, hide):
    order = make_order(alice, product)
    hide(product)
    for page in ("/orders/", f"/orders/{order.number}/"):
        html = as_alice.get(page).text
        assert "微风 X9" in html
        assert f'href="/p/{product.pk}/' not in html
