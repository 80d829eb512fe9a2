"""One walk over all addresses, as visitor, stranger and staff (row A12).

A new address is met here by itself. Those with an object of somebody's in them must
be named in OBJECTS; the walk fails for one that is not.
"""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.tests.factories import make_address, make_user
from cart.models import Cart
from cart.tests.factories import make_line
from catalog.models import Category
from catalog.tests.factories import make_product
from orders.tests.after_sale_factories import make_request
from orders.tests.factories import make_order
from shop import due, links

pytestmark = pytest.mark.django_db

#: For everybody, signed in or not.
OPEN = {
    "healthz",
    "readyz",
    "robots",
    "sitemap",
    "favicon",
    "manifest",
    "set-language",
    "catalog:home",
    "catalog:search",
    "catalog:search-suggest",
    "catalog:search-forget",
    "catalog:category-detail",
    "catalog:product-detail",
    "catalog:history",
    "catalog:history-clear",
    "catalog:compare",
    "catalog:compare-pick",
    "catalog:compare-clear",
    "accounts:login",
    "accounts:register",
    "accounts:register-code",
    "accounts:logout",
    "accounts:password-forgot",
    "accounts:password-verify",
    "accounts:password-verify-send",
    "accounts:password-reset",
    "accounts:message-off",
    "orders:buy-now",
    "cart:cart-detail",
    "cart:cart-add",
    "cart:cart-select-all",
    "cart:cart-clear",
    "cart:line-change",
    "cart:line-remove",
    "cart:line-favourite",
    "cart:cart-undo",
}
#: What is somebody's, in their addresses: not there for a visitor either.
OBJECTS = {
    "address_id",
    "line_id",
    "number",
    "item_id",
    "payment_number",
    "after_sale_id",
}
#: With DEBUG off there is nothing there; a path that names no file neither.
NOTHING_THERE = {"dev-messages", "media", "orders:sandbox", "payment-notify"}

#: Signed by their senders instead of a CSRF token.
SIGNED = {"payment-notify"}


def all_patterns(resolver=None, namespace=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace == "admin":
                continue
            inner = f"{entry.namespace}:" if entry.namespace else namespace
            yield from all_patterns(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry


@pytest.fixture
def owner():
    return make_user()


@pytest.fixture
def addresses(owner):
    """Return {name: (path, is a deed, is somebody's)} of every address there is."""
    category, product = Category.objects.get(pk=1), make_product()
    order = make_order(owner, product, status="completed")
    due.mark_run()  # its messages wait for a commit that no test makes
    values = {
        "slug": category.slug,
        "product_id": product.pk,
        "path": "nothing.webp",
        "address_id": make_address(user=owner).pk,
        "line_id": make_line(Cart.objects.get(user=owner)).pk,
        "number": order.number,
        "payment_number": order.payments.get().number,
        "item_id": order.items.get().pk,
        "after_sale_id": make_request(order.items.get(), state="return_goods").pk,
        "gateway": "sandbox",
        "token": links.off_address(owner.pk, "alerts").split("/")[-2],
        "public_id": "0" * 16,
    }
    found = {}
    for name, pattern in all_patterns():
        wanted = pattern.pattern.regex.groupindex
        arguments = {key: values[key] for key in wanted}
        is_somebodys = bool(OBJECTS & set(wanted))
        is_deed = getattr(pattern.callback, "is_deed", False)
        found[name] = (reverse(name, kwargs=arguments), is_deed, is_somebodys)
    return found


def test_every_name_is_walked(addresses):
    assert len(addresses) > 20
    assert set(addresses) >= OPEN | NOTHING_THERE


def test_a_deed_by_get_is_405_before_the_login(addresses, client):
    deeds = {name: path for name, (path, is_deed, _) in addresses.items() if is_deed}
    assert deeds
    for name, path in deeds.items():
        assert client.get(path).status_code == 405, name


def test_a_visitor_reads_what_is_open_and_signs_in_for_the_rest(addresses, client):
    for name, (path, is_deed, is_somebodys) in addresses.items():
        response = client.post(path) if is_deed else client.get(path)
        if name in NOTHING_THERE or (name in OPEN and is_somebodys):
            assert response.status_code == 404, name
        elif name in OPEN:
            assert response.status_code in (200, 302, 400), name
            assert "login" not in response.get("Location", ""), name
        else:
            assert response.status_code == 302, name
            location = response["Location"]
            assert location.startswith("/accounts/login/?next="), name
            # What the visitor returns to can be opened, so it is never the deed.
            next_page = client.get(location).context["form"].initial.get("next")
            target = next_page or response["Location"].partition("next=")[2]
            assert "delete" not in target, name
            assert "default" not in target, name


def test_a_visitor_who_asks_for_json_gets_401(addresses, client):
    for name, (path, is_deed, _) in addresses.items():
        if name in OPEN | NOTHING_THERE:
            continue
        send = client.post if is_deed else client.get
        response = send(path, headers={"Accept": "application/json"})
        assert response.status_code == 401, name
        assert response.json()["error"] == "login_required", name


@pytest.mark.parametrize("is_staff", [False, True])
def test_what_is_somebodys_does_not_exist_for_others(addresses, client, is_staff):
    client.force_login(make_user(is_staff=is_staff))
    somebodys = [entry for entry in addresses.values() if entry[2]]
    assert somebodys
    for path, is_deed, _ in somebodys:
        if not is_deed:
            assert client.get(path).status_code == 404, path
        # 405 comes first, where there is nothing to post to.
        assert client.post(path).status_code in (404, 405), path


def test_the_owner_opens_every_page(addresses, client, owner):
    client.force_login(owner)
    for name, (path, is_deed, _) in addresses.items():
        if not is_deed and name not in NOTHING_THERE:
            assert client.get(path).status_code in (200, 302), name


def test_every_post_needs_a_csrf_token(addresses, owner):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    for name, (path, _, _) in addresses.items():
        response = strict.post(path)
        if name not in SIGNED:
            assert response.status_code in (403, 405), name


def test_no_page_but_the_language_and_deeds_takes_put_or_delete(addresses, client):
    for name, (path, _, _) in addresses.items():
        assert client.put(path).status_code in (403, 404, 405), name
        assert client.delete(path).status_code in (403, 404, 405), name


def test_the_admin_is_for_staff(client, owner):
    assert client.get("/admin/").status_code == 302
    client.force_login(owner)
    assert client.get("/admin/").status_code == 302
    client.force_login(make_user(is_staff=True))
    assert client.get("/admin/").status_code == 200
