"""The time to receive on the order's page, in JSON, and in the admin (rows G3, M3)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import translation

from accounts.tests.factories import PAYMENT_PASSWORD
from catalog.tests.factories import make_product
from orders.models import Order
from orders.services import receipt_timer
from orders.templatetags.orders import duration_words
from orders.tests.after_sale_factories import make_request
from orders.tests.factories import make_order, receive
from orders.tests.pages import JSON, marked
from orders.tests.test_admin import staff
from shop import clock

pytestmark = pytest.mark.django_db

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def shipped(alice):
    return make_order(alice, status="shipped")


def page_of(order):
    return f"/en/orders/{order.number}/"


def extend_of(order):
    return f"/en/orders/{order.number}/extend/"


def freeze(order, at):
    receipt_timer.freeze(order_id=order.pk, at=at)
    order.refresh_from_db()


class TestTheOrdersPage:
    def test_says_what_comes_when_and_how_long_it_is(self, as_alice, shipped):
        with clock.at(shipped.receive_by - 2 * DAY - timedelta(hours=3)):
            page = as_alice.get(page_of(shipped))
        [event] = marked(page, "next-event")
        assert datetime.fromisoformat(event["data-at"]) == shipped.receive_by
        assert event["data-deed"] == "receive"
        assert "in 2 days 3 hours" in page.text
        [countdown] = marked(page, "countdown")
        left = datetime.fromisoformat(countdown["data-ends-at"]) - (
            datetime.fromisoformat(countdown["data-now"])
        )
        assert left == 2 * DAY + timedelta(hours=3)

    def test_says_from_when_on_there_is_more_time(self, as_alice, shipped):
        opens_at = shipped.receive_by - 3 * DAY
        with clock.at(opens_at - SECOND):
            page = as_alice.get(page_of(shipped))
        assert not marked(page, "extend")
        [later] = marked(page, "extend-later")
        told = datetime.fromisoformat(later["data-at"])
        assert told == opens_at
        with clock.at(opens_at):
            page = as_alice.get(page_of(shipped))
        assert marked(page, "extend")
        assert not marked(page, "extend-later")

    def test_says_that_the_timer_stands_still(self, as_alice, shipped):
        moment = shipped.receive_by - 2 * DAY
        freeze(shipped, moment)
        with clock.at(moment + 30 * DAY):
            page = as_alice.get(page_of(shipped))
        assert marked(page, "receipt-frozen")[0]["data-seconds"] == "172800"
        assert "with 2 days left" in page.text
        for mark in ("next-event", "countdown", "extend", "extend-later"):
            assert not marked(page, mark)

    def test_what_is_asked_about_has_no_button_to_receive_it(self, as_alice, shipped):
        assert marked(as_alice.get(page_of(shipped)), "receive")
        item = shipped.items.get()
        make_request(item)
        page = as_alice.get(page_of(shipped))
        assert not marked(page, "receive")
        assert not marked(page, "receive-dialog")
        path = f"/en/orders/items/{item.pk}/receive/"
        typed = {"payment_password": PAYMENT_PASSWORD}
        response = as_alice.post(path, typed, headers=JSON)
        assert (response.status_code, response.json()["error"]) == (409, "request_open")

    def test_what_was_refunded_of_an_item_is_not_received(self, as_alice, alice):
        order = make_order(alice, make_product(), 3, status="shipped")
        item = order.items.get()
        make_request(item, 1, state="refunded")
        for page in (page_of(order), f"/en/orders/items/{item.pk}/receive/"):
            [shown] = marked(as_alice.get(page), "receive-quantity")
            assert shown["data-quantity"] == "2"

    @pytest.mark.parametrize(
        ("left", "words"),
        [
            (10 * DAY, "10 days"),
            (2 * DAY + timedelta(hours=3, minutes=59), "2 days 3 hours"),
            (DAY + timedelta(minutes=5), "1 day"),
            (timedelta(hours=1, minutes=1), "1 hour 1 minute"),
            (timedelta(minutes=40, seconds=59), "40 minutes"),
            (timedelta(minutes=1), "1 minute"),
            (timedelta(seconds=59), "less than a minute"),
            (timedelta(), "less than a minute"),
        ],
    )
    def test_lengths_are_said_in_days_hours_and_minutes(self, left, words):
        with translation.override("en"):
            assert duration_words(left) == words

    def test_the_timeline_tells_of_every_change(self, as_alice, shipped):
        moment = shipped.receive_by - DAY
        with clock.at(moment):
            as_alice.post(extend_of(shipped))
        freeze(shipped, moment)
        receipt_timer.resume(order_id=shipped.pk, at=moment + DAY)
        with clock.at(moment + DAY):
            text = as_alice.get(page_of(shipped)).text
        assert "You took 3 more days to receive the order." in text
        assert "Automatic receipt stands still" in text
        assert "Automatic receipt goes on. It comes at 20" in text

    def test_is_read_with_as_many_queries_for_many_items(
        self, as_alice, alice, connection_queries
    ):
        counts = []
        for number in (2, 12):
            lines = {make_order().items.get().variant: 1 for _ in range(number)}
            order = make_order(alice, lines, status="shipped")
            counts.append(connection_queries(lambda o=order: as_alice.get(page_of(o))))
        assert counts[0] == counts[1]


class TestTakingMoreTime:
    def test_one_tap(self, as_alice, shipped):
        with clock.at(shipped.receive_by - DAY):
            response = as_alice.post(extend_of(shipped), follow=True)
        assert response.redirect_chain == [(page_of(shipped), 302)]
        assert 'data-level="success"' in response.text
        before = shipped.receive_by
        shipped.refresh_from_db()
        assert shipped.receive_by == before + 3 * DAY
        assert not marked(response, "extend")

    def test_as_json(self, as_alice, shipped):
        with clock.at(shipped.receive_by - DAY):
            response = as_alice.post(extend_of(shipped), headers=JSON)
        later = shipped.receive_by + 3 * DAY
        assert response.json()["ok"]
        assert datetime.fromisoformat(response.json()["receive_by"]) == later

    @pytest.mark.parametrize(
        ("before", "error"),
        [(4 * DAY, "too_early"), (timedelta(), "already_received")],
    )
    def test_refusals_are_409(self, as_alice, shipped, before, error):
        with clock.at(shipped.receive_by - before):
            response = as_alice.post(extend_of(shipped), headers=JSON)
        assert (response.status_code, response.json()["error"]) == (409, error)
        assert response.json()["message"]

    def test_a_second_time_is_409(self, as_alice, shipped):
        with clock.at(shipped.receive_by - DAY):
            as_alice.post(extend_of(shipped))
            response = as_alice.post(extend_of(shipped), headers=JSON)
        assert response.status_code == 409
        assert response.json()["error"] == "already_extended"

    def test_while_it_stands_still_is_409(self, as_alice, shipped):
        freeze(shipped, shipped.receive_by - DAY)
        response = as_alice.post(extend_of(shipped), headers=JSON)
        assert (response.status_code, response.json()["error"]) == (409, "request_open")

    def test_too_early_leads_back_to_the_order(self, as_alice, shipped):
        response = as_alice.post(extend_of(shipped), follow=True)
        assert response.redirect_chain == [(page_of(shipped), 302)]
        assert "in the last 3 days" in response.text

    def test_a_stranger_and_a_visitor_extend_nothing(self, as_bob, shipped):
        with clock.at(shipped.receive_by - DAY):
            assert as_bob.post(extend_of(shipped)).status_code == 404
            assert as_bob.get(extend_of(shipped)).status_code == 405
            response = Client().post(extend_of(shipped))
        assert response["Location"].startswith("/en/accounts/login/")
        shipped.refresh_from_db()
        assert shipped.extended_at is None


class TestTheAdmin:
    ROLES = {"superuser": True, "orders": True, "support": True, "readonly": False}

    @pytest.mark.parametrize("role", list(ROLES))
    def test_who_may_gives_days(self, role, shipped):
        client, may = staff(role), self.ROLES[role]
        page = client.get(f"/admin/orders/order/{shipped.pk}/change/")
        assert bool(marked(page, "extend")) is may
        response = give(client, shipped, 7)
        assert response.status_code == (302 if may else 403)
        before = shipped.receive_by
        shipped.refresh_from_db()
        assert shipped.receive_by == before + (7 * DAY if may else 0 * DAY)

    @pytest.mark.parametrize("days", ["", "4", "-3", "1e9", "three"])
    def test_another_number_comes_back(self, shipped, days):
        page = give(staff("orders"), shipped, days)
        assert page.status_code == 200
        assert 'role="alert"' in page.text
        assert not shipped.events.filter(kind="extended").exists()

    def test_too_late_is_a_message(self, shipped):
        with clock.at(shipped.receive_by):
            response = give(staff("orders"), shipped, 3)
        assert response.status_code == 302
        shipped.refresh_from_db()
        assert shipped.status == "completed"

    def test_other_states_have_no_such_button(self):
        client = staff("orders")
        for status in ("paid", "completed", "closed"):
            order = make_order(status=status)
            page = client.get(f"/admin/orders/order/{order.pk}/change/")
            assert not marked(page, "extend")

    def test_get_is_405(self, shipped):
        path = f"/admin/orders/order/{shipped.pk}/extend/"
        assert staff("orders").get(path).status_code == 405

    def test_the_list_shows_what_is_due_in_24_hours(self, shipped):
        far, unpaid = make_order(status="shipped"), make_order()
        over = receive(make_order(status="shipped").items.get()).order
        Order.objects.filter(pk=far.pk).update(receive_by=shipped.receive_by + SECOND)
        client = staff("orders")
        with clock.at(shipped.receive_by - DAY):
            listed = client.get("/admin/orders/order/?clock=24h").text
            desk = client.get("/admin/").text
        for order, is_near in [(shipped, True), (unpaid, True), (far, False)]:
            assert (order.number in listed) is is_near
        assert over.number not in listed
        assert "/admin/orders/order/?clock=24h" in desk

    def test_the_list_needs_as_many_queries_for_many(self, connection_queries):
        client = staff("orders")
        counts = []
        for number in (2, 18):
            for _ in range(number):
                make_order(status="shipped")
            counts.append(
                connection_queries(lambda: client.get("/admin/orders/order/"))
            )
        assert counts[0] == counts[1]


def give(client, order, days):
    return client.post(f"/admin/orders/order/{order.pk}/extend/", {"days": days})
