from functools import partial

import pytest

from accounts.tests.factories import PAYMENT_PASSWORD
from catalog.tests.factories import make_product
from orders.listing import TABS
from orders.models import Order, OrderItem
from orders.states import OrderStatus
from orders.tests.factories import (
    cancel,
    make_order,
    pay,
    receive,
    ship,
    ship_all,
)
from orders.tests.pages import JSON, alerts, marked
from shop import clock

pytestmark = pytest.mark.django_db

LIST = "/en/orders/"
WRONG = "135790"


def order_page(order):
    return f"/en/orders/{order.number}/"


def receipt_page(item):
    return f"/en/orders/items/{item.pk}/receive/"


def digits(typed=PAYMENT_PASSWORD):
    return {"payment_password": typed}


@pytest.fixture
def shipped(alice):
    return make_order(alice, status="shipped")


@pytest.fixture
def item(shipped):
    return shipped.items.get()


class TestTheList:
    def test_is_empty_at_first(self, as_alice):
        page = as_alice.get(LIST)
        assert marked(page, "no-orders")
        assert {tab["data-count"] for tab in marked(page, "order-tab")} == {"0"}

    def test_every_tab_has_as_many_orders_as_it_says(self, as_alice, alice, as_bob):
        for status in OrderStatus:
            make_order(alice, quantity=2, status=status)
        make_order(status="paid")
        seen = {}
        for tab in marked(as_alice.get(LIST), "order-tab"):
            page = as_alice.get(LIST, {"status": tab["data-status"]})
            orders = marked(page, "order")
            assert len(orders) == int(tab["data-count"]), tab
            seen[tab["data-status"]] = {order["data-status"] for order in orders}
        assert set(seen) == set(TABS)
        assert seen["unshipped"] == {"paid", "partly_shipped"}
        assert seen["unpaid"] == {"pending_payment"}
        assert seen["to_review"] == {"completed"}
        assert len(seen[""]) == 6

    def test_an_order_with_two_items_to_review_stands_once(self, as_alice, alice):
        make_order(alice, [make_product(), make_product()], status="completed")
        page = as_alice.get(LIST, {"status": "to_review"})
        assert len(marked(page, "order")) == 1
        [tab] = [
            t for t in marked(page, "order-tab") if t["data-status"] == "to_review"
        ]
        assert tab["data-count"] == "1"
        assert len(marked(page, "review")) == 2

    @pytest.mark.parametrize("status", ["nonsense", "PAID", "\x00", "' or 1=1"])
    def test_an_unknown_tab_shows_all(self, as_alice, shipped, status):
        assert len(marked(as_alice.get(LIST, {"status": status}), "order")) == 1

    def test_search_finds_number_and_names(self, as_alice, alice):
        lamp = make_product(name_zh="台灯 一号", name_en="Desk lamp")
        wanted = make_order(alice, [lamp, make_product(name_en="Lamp shade")])
        make_order(alice)
        for query in (wanted.number, "台灯", "lamp", "LAMP"):
            [found] = marked(as_alice.get(LIST, {"q": query}), "order")
            assert found["data-number"] == wanted.number
        page = as_alice.get(LIST, {"q": "nobody's"})
        assert not marked(page, "order")
        assert marked(page, "no-orders")

    @pytest.mark.parametrize("page", ["0", "-1", "x", "99", ""])
    def test_pages(self, as_alice, alice, page):
        product = make_product(stock=100)
        for _ in range(11):
            make_order(alice, product)
        response = as_alice.get(LIST, {"status": "unpaid", "page": page})
        assert response.status_code == 200
        [pagination] = marked(response, "pagination")
        assert pagination["data-pages"] == "2"
        assert "status=unpaid" in response.content.decode()

    def test_asks_as_many_questions_for_many_orders(
        self, as_alice, alice, connection_queries
    ):
        product = make_product(stock=100)
        counts = []
        for number in (2, 8):
            for _ in range(number):
                make_order(alice, [product, make_product()])
            counts.append(connection_queries(lambda: as_alice.get(LIST)))
        assert counts[0] == counts[1]
        assert counts[0] < 25

    def test_others_orders_are_not_in_it(self, as_bob, shipped):
        assert not marked(as_bob.get(LIST, {"q": shipped.number}), "order")


class TestOneOrder:
    @pytest.mark.parametrize("status", OrderStatus)
    def test_shows_every_state(self, as_alice, alice, status):
        order = make_order(alice, quantity=2, status=status, note="Ring twice")
        page = as_alice.get(order_page(order))
        assert marked(page, "order")[0]["data-status"] == status
        assert marked(page, "order")[0]["data-number"] == order.number
        [item] = marked(page, "order-item")
        assert item["data-item-id"] == str(order.items.get().pk)
        assert item["data-status"] == order.items.get().status
        assert marked(page, "order-total")[0]["data-total"] == str(order.total_amount)
        assert marked(page, "timeline")
        assert "Ring twice" in page.content.decode()
        assert bool(marked(page, "next-event")) == (status != OrderStatus.CLOSED)
        assert bool(marked(page, "receive")) == (status == OrderStatus.SHIPPED)
        assert bool(marked(page, "pay")) == (status == OrderStatus.PENDING_PAYMENT)
        assert bool(marked(page, "cancel")) == (status == OrderStatus.PENDING_PAYMENT)

    def test_tells_what_happened_newest_first(self, as_alice, shipped, item):
        receive(item)
        html = as_alice.get(order_page(shipped)).content.decode()
        words = [
            "Order completed",
            "Item received",
            "Parcel sent",
            "Paid",
            "Order placed",
        ]
        places = [html.index(f"<strong>{word}</strong>") for word in words]
        assert places == sorted(places)
        assert "SF1234567890" in html

    def test_time_out_is_said_in_words_in_both_languages(self, as_alice, alice):
        order = make_order(alice)
        with clock.at(order.pay_by):
            page = as_alice.get(order_page(order))
        assert "not paid in time" in page.content.decode()
        assert "timed_out" not in page.content.decode()

    def test_what_was_typed_is_text(self, as_alice, alice):
        order = make_order(alice, note="<script>alert(1)</script>")
        cancel(order, "<b>no</b>")
        html = as_alice.get(order_page(order)).content.decode()
        assert "<script>alert(1)" not in html
        assert "<b>no</b>" not in html
        assert "&lt;b&gt;no" in html

    def test_shows_parcels_with_their_lines(self, as_alice, alice):
        order = make_order(alice, quantity=3, status="paid")
        ship(order, {order.items.get(): 1}, tracking_number="SF0000000001")
        ship_all(order)
        page = as_alice.get(order_page(order))
        assert [p["data-tracking-number"] for p in marked(page, "parcel")] == [
            "SF0000000001",
            "SF1234567890",
        ]

    def test_asks_as_many_questions_for_many_items(
        self, as_alice, alice, connection_queries
    ):
        counts = []
        for number in (2, 20):
            order = make_order(
                alice, [make_product() for _ in range(number)], status="paid"
            )
            ship_all(order)
            address = order_page(order)
            counts.append(connection_queries(partial(as_alice.get, address)))
        assert counts[0] == counts[1]
        assert counts[0] < 20

    def test_has_a_receipt_once_it_is_paid(self, as_alice, alice):
        for status, has_one in (
            ("pending_payment", False),
            ("closed", False),
            ("paid", True),
        ):
            order = make_order(alice, make_product(), status=status)
            page = as_alice.get(order_page(order))
            assert bool(marked(page, "receipt")) is has_one
            assert bool(marked(page, "papers")) is (status != "closed")

    def test_is_not_there_for_others(self, as_bob, shipped, item):
        for address in (
            order_page(shipped),
            f"{order_page(shipped)}pay/",
            receipt_page(item),
        ):
            assert as_bob.get(address).status_code == 404


class TestCancelling:
    def test_gives_the_stock_back(self, as_alice, alice):
        product = make_product(stock=5)
        order = make_order(alice, product, 2)
        response = as_alice.post(
            f"{order_page(order)}cancel/", {"reason": "Wrong thing"}
        )
        assert response["Location"] == order_page(order)
        order.refresh_from_db()
        assert (order.status, order.close_reason) == ("closed", "Wrong thing")
        assert product.variants.get().stock == 5

    def test_json(self, as_alice, alice):
        order = make_order(alice)
        address = f"{order_page(order)}cancel/"
        assert as_alice.post(address, headers=JSON).json()["ok"] is True
        response = as_alice.post(address, headers=JSON)
        assert (response.status_code, response.json()["error"]) == (409, "order_closed")

    @pytest.mark.parametrize("status", ["paid", "shipped", "completed"])
    def test_is_too_late_once_it_is_paid(self, as_alice, alice, status):
        order = make_order(alice, status=status)
        address = f"{order_page(order)}cancel/"
        response = as_alice.post(address, headers=JSON)
        assert (response.status_code, response.json()["error"]) == (409, "already_paid")
        page = as_alice.post(address, follow=True)
        assert page.request["PATH_INFO"] == order_page(order)
        assert marked(page, "message")[0]["data-level"] == "error"
        assert "Only a refund can undo it" in response.json()["message"]

    def test_a_stranger_cancels_nothing(self, as_bob, alice):
        order = make_order(alice)
        assert as_bob.post(f"{order_page(order)}cancel/").status_code == 404
        order.refresh_from_db()
        assert order.status == "pending_payment"


class TestReceipt:
    def test_the_dialog_stands_on_the_order_s_page(self, as_alice, shipped, item):
        page = as_alice.get(order_page(shipped))
        [way] = marked(page, "receive")
        assert way["href"] == receipt_page(item)
        [dialog] = marked(page, "receive-dialog")
        assert dialog["id"] == way["data-opens"]
        html = page.content.decode()
        assert f'action="{receipt_page(item)}"' in html
        assert f'id="receive-{item.pk}-password" type="password"' in html

    def test_one_item_is_received_and_no_other(self, as_alice, alice):
        product = make_product()
        twins = [make_order(alice, product, status="shipped") for _ in range(2)]
        first, second = (order.items.get() for order in twins)
        response = as_alice.post(receipt_page(second), digits())
        assert response["Location"] == order_page(twins[1])
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.status, second.status) == ("shipped", "received")
        page = as_alice.get(order_page(twins[1]))
        assert marked(page, "review")
        assert not marked(page, "receive")

    def test_json_has_the_review_url(self, as_alice, item):
        body = as_alice.post(receipt_page(item), digits(), headers=JSON).json()
        assert body["ok"] is True
        assert body["review_url"] == f"/en/reviews/{item.pk}/"

    def test_a_wrong_password_shows_the_page_with_an_alert(self, as_alice, item):
        response = as_alice.post(receipt_page(item), digits(WRONG))
        assert response.status_code == 200
        assert marked(response, "receive-page")
        assert "You have 4 tries left." in alerts(response)
        item.refresh_from_db()
        assert item.status == "shipped"

    def test_a_wrong_password_in_json_is_403(self, as_alice, item):
        response = as_alice.post(receipt_page(item), digits(WRONG), headers=JSON)
        assert response.status_code == 403
        assert response.json()["error"] == "wrong_payment_password"
        assert response.json()["attempts_left"] == 4

    @pytest.mark.parametrize("typed", ["", "12", "x" * 6, "1" * 99])
    def test_no_digits_are_an_error_at_the_field(self, as_alice, item, typed):
        response = as_alice.post(receipt_page(item), digits(typed))
        assert response.status_code == 200
        assert alerts(response)

    @pytest.mark.parametrize("status", ["paid", "partly_shipped"])
    def test_not_shipped_is_409(self, as_alice, alice, status):
        order = make_order(alice, quantity=2, status=status)
        address = receipt_page(order.items.get())
        response = as_alice.post(address, digits(), headers=JSON)
        assert (response.status_code, response.json()["error"]) == (409, "not_shipped")
        for send in (as_alice.get, as_alice.post):
            page = send(address, digits(), follow=True)
            assert page.request["PATH_INFO"] == order_page(order)
            assert marked(page, "message")[0]["data-level"] == "error"

    def test_received_already_is_409(self, as_alice, shipped, item):
        receive(item)
        response = as_alice.post(receipt_page(item), digits(), headers=JSON)
        assert (response.status_code, response.json()["error"]) == (
            409,
            "already_received",
        )
        page = as_alice.get(receipt_page(item), follow=True)
        assert page.request["PATH_INFO"] == order_page(shipped)

    def test_without_a_payment_password_it_leads_to_one_and_back(
        self, as_alice, alice, shipped, item
    ):
        type(alice).objects.update(payment_password="")
        assert not marked(as_alice.get(order_page(shipped)), "receive-dialog")
        page = as_alice.get(receipt_page(item))
        [link] = marked(page, "set-payment-password")
        assert link["href"].endswith("receive%2F")
        response = as_alice.post(receipt_page(item), digits())
        assert response["Location"].startswith("/en/accounts/payment-password/?next=")
        body = as_alice.post(receipt_page(item), digits(), headers=JSON)
        assert (body.status_code, body.json()["error"]) == (409, "no_payment_password")

    def test_a_stranger_receives_nothing(self, as_bob, item):
        for headers in ({}, JSON):
            assert (
                as_bob.post(receipt_page(item), digits(), headers=headers).status_code
                == 404
            )
        item.refresh_from_db()
        assert item.status == "shipped"


def test_deeds_need_a_csrf_token(plain_client, alice, shipped, item):
    plain_client.force_login(alice)
    order = make_order(alice)
    pay(make_order(alice))
    for address in (
        "/checkout/",
        "/checkout/buy-now/",
        f"{order_page(order)}pay/",
        f"{order_page(order)}cancel/",
        receipt_page(item),
    ):
        assert plain_client.post(address, digits()).status_code == 403, address
    assert not Order.objects.filter(status="closed").exists()
    assert not OrderItem.objects.filter(status="received").exists()
