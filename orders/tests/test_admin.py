from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.tests.factories import make_carol, make_user
from catalog.tests.factories import make_product
from orders.models import Order, Parcel
from orders.tests.after_sale_factories import make_request
from orders.tests.factories import (
    cancel,
    make_order,
    pay_from_balance,
    receive,
    ship,
    ship_all,
)
from orders.tests.pages import alerts, field, marked
from shop import roles

pytestmark = pytest.mark.django_db

ORDERS = "/admin/orders/order/"
ROLES = ["superuser", "catalogue", "orders", "support", "readonly"]


def staff(role):
    if role == "superuser":
        user = make_user(is_staff=True, is_superuser=True, language="en")
    else:
        roles.write_groups()
        user = make_carol(language="en")
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def carol(db):
    """Carol works on the orders."""
    return staff("orders")


@pytest.fixture
def order():
    return make_order(
        make_user(phone="13811112222"), make_product(), quantity=3, status="paid"
    )


def page_of(order):
    return f"{ORDERS}{order.pk}/change/"


def ship_page(order):
    return f"{ORDERS}{order.pk}/ship/"


def parcel(**changes):
    return {"carrier": "sf", "tracking_number": "sf12345678901", **changes}


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "sees", "ships"),
        [
            ("superuser", True, True),
            ("catalogue", False, False),
            ("orders", True, True),
            ("support", True, False),
            ("readonly", True, False),
        ],
    )
    def test_each_sees_and_ships_what_it_may(self, role, sees, ships, order):
        client = staff(role)
        status = 200 if sees else 403
        assert client.get(ORDERS).status_code == status
        page = client.get(page_of(order))
        assert page.status_code == status
        assert bool(marked(page, "ship")) == ships
        response = client.post(ship_page(order), parcel())
        assert response.status_code == (302 if ships else 403)
        assert Parcel.objects.exists() == ships

    @pytest.mark.parametrize("role", ROLES)
    def test_nobody_adds_edits_or_deletes(self, role, order):
        client = staff(role)
        assert client.get(f"{ORDERS}add/").status_code == 403
        typed = {"status": "completed", "total_amount": "0.01"}
        assert client.post(page_of(order), typed).status_code == 403
        assert client.post(f"{ORDERS}{order.pk}/delete/").status_code == 403
        order.refresh_from_db()
        assert order.status == "paid"

    @pytest.mark.parametrize("role", ["support", "readonly", "catalogue"])
    def test_only_who_may_cancels(self, role):
        order = make_order()
        client = staff(role)
        assert not marked(client.get(page_of(order)), "cancel")
        response = client.post(f"{ORDERS}{order.pk}/cancel/", {"reason": "no"})
        assert response.status_code == 403

    def test_shoppers_and_visitors_are_sent_away(self, order, client):
        for each in (client, staff_less(order)):
            response = each.post(ship_page(order), parcel())
            assert response.status_code == 302
            assert response["Location"].startswith("/admin/login/")
        assert not Parcel.objects.exists()

    def test_a_deed_needs_post_and_a_csrf_token(self, carol, order):
        assert carol.get(ship_page(order)).status_code == 405
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(carol.user)
        assert strict.post(ship_page(order), parcel()).status_code == 403
        assert carol.post(f"{ORDERS}999999/ship/", parcel()).status_code == 404


class TestTheList:
    def test_finds_by_number_and_by_the_buyer_s_phone(self, carol, order):
        other = make_order()
        for query in (
            order.number,
            f" {order.number} ",
            "13811112222",
            "138 1111 2222",
        ):
            html = carol.get(ORDERS, {"q": query}).content.decode()
            assert order.number in html, query
            assert other.number not in html, query
        for query in (order.number[:8], "1381111222", "x", "'"):
            assert order.number not in carol.get(ORDERS, {"q": query}).content.decode()

    def test_newest_first_filtered_and_masked(self, carol, order):
        newer = make_order(make_user(phone="13911112222"))
        html = carol.get(ORDERS).content.decode()
        assert html.index(newer.number) < html.index(order.number)
        assert "138****2222" in html
        assert "13811112222" not in html
        html = carol.get(ORDERS, {"status__exact": "paid"}).content.decode()
        assert newer.number not in html

    def test_asks_as_many_questions_for_many(self, carol, connection_queries):
        counts = []
        for number in (2, 18):
            for _ in range(number):
                make_order(status="paid")
            carol.get(ORDERS)  # what Django asks once a process
            counts.append(connection_queries(lambda: carol.get(ORDERS)))
        assert counts[0] == counts[1]
        assert counts[0] <= 15

    def test_the_desk_counts_what_is_to_ship(self, carol, order):
        make_order(quantity=2, status="partly_shipped")
        make_order(status="shipped")
        html = carol.get("/admin/").content.decode()
        assert "<strong>2</strong> Orders to ship" in html
        link = f"{ORDERS}?status__in=paid,partly_shipped"
        assert link in html
        assert carol.get(link).content.decode().count('data-test="order-status"') == 2


class TestThePage:
    @pytest.mark.parametrize("role", ["superuser", "orders"])
    def test_shows_everything_and_edits_nothing(self, role):
        order = make_order(
            make_user(phone="13811112222"), quantity=2, note="<b>x</b>", language="en"
        )
        pay_from_balance(order)
        ship_all(order)
        receive(order.items.get())
        page = staff(role).get(page_of(order))
        html = page.content.decode()
        assert marked(page, "order-status")[0]["data-status"] == "completed"
        for word in ("SF1234567890", "SF Express", "Balance", "Item received"):
            assert word in html
        assert "13811112222" not in html
        assert "13800138000" not in html
        assert "<b>x</b>" not in html
        assert 'name="status"' not in html
        assert 'name="total_amount"' not in html
        assert not marked(page, "ship")
        assert not marked(page, "cancel")

    def test_a_closed_order_and_its_refund(self, carol):
        order = make_order()
        cancel(order, "Wrong thing")
        html = carol.get(page_of(order)).content.decode()
        assert "Wrong thing" in html

    def test_asks_as_many_questions_for_many_items(self, carol, connection_queries):
        counts = []
        for number in (2, 20):
            lines = [make_product() for _ in range(number)]
            order = make_order(lines=lines, status="paid")
            ship(order, dict.fromkeys(order.items.all(), 1))
            carol.get(page_of(order))  # what Django asks once a process
            counts.append(connection_queries(partial(carol.get, page_of(order))))
        assert counts[0] == counts[1]
        assert counts[0] <= 25

    @pytest.mark.parametrize("model", ["payment", "refund"])
    def test_money_is_there_to_look_at(self, carol, order, model):
        tried = order.payments.get()
        page = carol.get(f"/admin/orders/{model}/")
        assert page.status_code == 200
        assert carol.get(f"/admin/orders/{model}/add/").status_code == 403
        for query in (order.number, tried.number):
            page = carol.get("/admin/orders/payment/", {"q": query})
            assert tried.number in page.content.decode()
        assert carol.get(f"/admin/orders/payment/{tried.pk}/change/").status_code == 200


class TestShipping:
    def test_the_form_offers_all_that_is_left(self, carol, order):
        item = order.items.get()
        page = carol.get(page_of(order))
        assert field(page, f"quantity_{item.pk}") == "3"
        ship(order, {item: 1})
        assert field(carol.get(page_of(order)), f"quantity_{item.pk}") == "2"

    def test_all_by_default(self, carol, order):
        response = carol.post(ship_page(order), parcel(), follow=True)
        order.refresh_from_db()
        assert order.status == "shipped"
        sent = order.parcels.get()
        assert sent.tracking_number == "SF12345678901"
        assert sent.sent_by == carol.user
        assert sent.lines.get().quantity == 3
        assert (
            "The parcel is on its way: SF Express SF12345678901."
            in response.content.decode()
        )
        event = order.events.get(kind="shipped")
        assert (event.actor, event.by) == ("staff", carol.user)

    def test_a_part_and_then_the_rest(self, carol, order):
        item = order.items.get()
        carol.post(ship_page(order), parcel(**{f"quantity_{item.pk}": "1"}))
        order.refresh_from_db()
        assert order.status == "partly_shipped"
        rest = parcel(tracking_number="sf12345678902")
        carol.post(ship_page(order), {**rest, f"quantity_{item.pk}": "2"})
        order.refresh_from_db()
        assert order.status == "shipped"

    def test_what_is_named_goes_and_the_other_stays(self, carol):
        order = make_order(lines=[make_product(), make_product()], status="paid")
        first, second = order.items.order_by("pk")
        carol.post(ship_page(order), parcel(**{f"quantity_{first.pk}": "1"}))
        second.refresh_from_db()
        assert second.shipped_quantity == 0

    @pytest.mark.parametrize(
        "number",
        ["", "1234567", "x" * 31, "SF 123_456", "顺丰123456789", "<b>12345678"],
    )
    def test_a_bad_number_is_said_at_the_field(self, carol, order, number):
        item = order.items.get()
        typed = parcel(tracking_number=number, carrier="zto")
        page = carol.post(ship_page(order), {**typed, f"quantity_{item.pk}": "2"})
        assert page.status_code == 200
        assert alerts(page)
        assert field(page, "tracking_number") == (number or None)
        assert field(page, f"quantity_{item.pk}") == "2"
        assert 'value="zto" selected' in page.content.decode()
        assert not Parcel.objects.exists()

    @pytest.mark.parametrize("quantity", ["4", "-1", "x", "1e9", "0"])
    def test_a_bad_quantity_is_said(self, carol, order, quantity):
        item = order.items.get()
        page = carol.post(ship_page(order), parcel(**{f"quantity_{item.pk}": quantity}))
        assert page.status_code == 200
        assert alerts(page)
        assert field(page, "tracking_number") == "sf12345678901"
        assert not Parcel.objects.exists()

    def test_an_unknown_carrier_is_said(self, carol, order):
        page = carol.post(ship_page(order), parcel(carrier="owl"))
        assert alerts(page)
        assert not Parcel.objects.exists()

    @pytest.mark.parametrize(
        "status", ["pending_payment", "shipped", "completed", "closed"]
    )
    def test_what_is_not_to_be_shipped_is_not(self, carol, status):
        order = make_order(status=status)
        assert not marked(carol.get(page_of(order)), "ship")
        before = Parcel.objects.count()
        page = carol.post(ship_page(order), parcel(), follow=True)
        assert page.request["PATH_INFO"] == page_of(order)
        assert "Nothing of this order can be shipped now." in page.content.decode()
        assert Parcel.objects.count() == before

    def test_an_item_that_cannot_be_sent_does_not_mean_all_others(self, carol, order):
        other = make_order(status="paid").items.get()
        page = carol.post(ship_page(order), parcel(**{f"quantity_{other.pk}": "1"}))
        assert alerts(page)
        assert not Parcel.objects.filter(order__in=[order, other.order]).exists()

    def test_while_all_of_it_is_asked_about_there_is_no_button(self, carol, order):
        for item in order.items.all():
            make_request(item)
        assert not marked(carol.get(page_of(order)), "ship")


class TestCancelling:
    def test_with_a_reason_that_the_buyer_reads(self, carol):
        order = make_order()
        assert marked(carol.get(page_of(order)), "cancel")
        address = f"{ORDERS}{order.pk}/cancel/"
        assert alerts(carol.post(address, {"reason": " "}))
        carol.post(address, {"reason": "Not in stock"})
        order.refresh_from_db()
        assert (order.status, order.close_reason) == ("closed", "Not in stock")
        event = order.events.get(kind="closed")
        assert (event.actor, event.by) == ("staff", carol.user)

    def test_a_paid_order_is_not_cancelled(self, carol, order):
        page = carol.post(f"{ORDERS}{order.pk}/cancel/", {"reason": "x"}, follow=True)
        assert "This order is paid already." in page.content.decode()
        assert Order.objects.get().status == "paid"


def staff_less(order):
    client = Client()
    client.force_login(order.user)
    return client
