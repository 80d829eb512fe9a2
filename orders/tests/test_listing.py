"""My orders: each tab counts what stands in it (row F1), whatever was hidden (F14)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.tests.factories import make_staff, make_user
from catalog.tests.factories import make_product
from orders import listing
from orders.hidden_audit import what_is_dealt_with_is_in_sight
from orders.models import AfterSale, Order, OrderItem
from orders.states import AfterSaleKind, OrderStatus
from orders.tests import after_sale_factories as after_sales
from orders.tests.factories import make_order
from orders.tests.pages import JSON, marked
from shop import clock

LIST = "/en/orders/"
DAY = timedelta(days=1)
FINAL = (OrderStatus.COMPLETED, OrderStatus.CLOSED)


def load(user, status="", query="", page=""):
    return listing.load(user=user, status=status, query=query, page=page)


def make_request(order, **changes):
    """Write an open request about an order's first item, past the services."""
    item = order.items.order_by("pk").first()
    fields = {
        "item": item,
        "open_item": item,
        "kind": AfterSaleKind.RETURN_AND_REFUND,
        "quantity": 1,
        "reason": "broken",
        "requested_at": clock.now(),
        "decide_by": clock.now() + DAY,
    }
    return AfterSale.objects.create(**fields | changes)


class TestCounts(TestCase):
    """Any mixture of states, hidden ones, reviews and requests; with words, too."""

    orders = st.tuples(
        st.sampled_from(OrderStatus),
        st.booleans(),  # hidden, where it can be
        st.sampled_from(["", "pending", "written"]),
        st.booleans(),  # with a request
        st.sampled_from(["台灯 Lamp", "手机 Phone"]),
    )

    @classmethod
    def setUpTestData(cls):
        cls.variants = [make_product().variants.get() for _ in range(2)]

    @given(st.lists(orders, max_size=14), st.sampled_from(["", "lamp", "手机", "none"]))
    def test_every_count_is_what_stands_there(self, wanted, query):
        alice = make_user()
        made = [self.make(alice, *each) for each in wanted]
        make_order(make_user(), status="paid")
        hidden = {order.pk for order in made if order.hidden_at}
        inside = {key: self.all_pages(alice, key, query) for key in listing.PLACES}
        for found_there in inside.values():
            assert len(set(found_there)) == len(found_there)
            assert set(found_there) <= hidden or not hidden & set(found_there)
        for key in (*listing.PLACES, "nonsense"):
            found = load(alice, key, query)
            for tab in (*found.tabs, found.hidden):
                assert tab.count == len(inside[tab.status])
        everywhere = {
            *self.all_pages(alice, "", query),
            *self.all_pages(alice, listing.HIDDEN, query),
        }
        fitting = [
            o.pk for o, w in zip(made, wanted, strict=True) if query in w[4].lower()
        ]
        assert everywhere == set(fitting)

    def make(self, user, status, is_hidden, review, has_request, name):
        zh, en = name.split()
        order = Order.objects.create(
            user=user,
            number=f"{Order.objects.count():020}",
            token=f"{Order.objects.count()}",
            status=status,
            language="en",
            placed_at=clock.now(),
            pay_by=clock.now() + DAY,
            receive_by=clock.now() if status == OrderStatus.SHIPPED else None,
            hidden_at=clock.now() if is_hidden and status in FINAL else None,
        )
        # Both fit every tab, and the order stands there once.
        for variant in self.variants:
            OrderItem.objects.create(
                order=order,
                product_id=variant.product_id,
                variant=variant,
                name_zh=zh,
                name_en=en,
                unit_price=1,
                quantity=1,
                amount=1,
                review_state=review,
                praise_at=clock.now() if review == "pending" else None,
            )
        if has_request:
            make_request(order)
        return order

    def all_pages(self, user, status, query):
        pages = load(user, status, query).page.paginator
        return [order.pk for number in pages.page_range for order in pages.page(number)]


@pytest.mark.django_db
class TestThePage:
    def test_the_tabs_keep_the_words_and_count_what_fits_them(self, as_alice, alice):
        lamp = make_product(name_en="Desk lamp", name_zh="台灯")
        make_order(alice, lamp, status="paid")
        make_order(alice, status="paid")
        page = as_alice.get(LIST, {"q": "desk  LAMP"})
        counts = {t["data-status"]: t["data-count"] for t in marked(page, "order-tab")}
        assert (counts[""], counts["unshipped"], counts["unpaid"]) == ("1", "1", "0")
        [unshipped] = [
            tab
            for tab in marked(page, "order-tab")
            if tab["data-status"] == "unshipped"
        ]
        followed = as_alice.get(unshipped["href"])
        assert len(marked(followed, "order")) == 1
        assert not marked(as_alice.get(LIST, {"q": "lamp desk x"}), "order")

    def test_a_strangers_order_is_not_found_by_its_number(self, as_alice, bob):
        order = make_order(bob)
        assert not marked(as_alice.get(LIST, {"q": order.number}), "order")

    def test_the_number_is_found_in_full_width_digits(self, as_alice, alice):
        order = make_order(alice)
        wide = order.number.translate({c: c + 0xFEE0 for c in range(48, 58)})
        assert len(marked(as_alice.get(LIST, {"q": f" {wide} "}), "order")) == 1

    def test_the_tab_of_requests_has_orders_with_one(self, as_alice, alice):
        order = make_order(alice, status="completed")
        make_order(alice, status="completed")
        make_request(order)
        [found] = marked(as_alice.get(LIST, {"status": "after_sale"}), "order")
        assert found["data-number"] == order.number

    def test_asks_no_more_for_twenty_than_for_two(
        self, as_alice, alice, connection_queries
    ):
        product = make_product(stock=1000)
        counts = []
        for number in (2, 18):
            for _ in range(number):
                order = make_order(alice, product, status="paid")
                make_request(order)
            counts.append(connection_queries(lambda: as_alice.get(LIST)))
        assert counts[0] == counts[1]


@pytest.mark.django_db
class TestHiding:
    def hide(self, client, order, deed="hide", **kwargs):
        return client.post(f"/en/orders/{order.number}/{deed}/", **kwargs)

    @pytest.mark.parametrize("status", ["completed", "closed"])
    def test_a_finished_order_goes_out_of_sight_and_comes_back(
        self, as_alice, alice, status
    ):
        order = make_order(alice, status=status)
        assert self.hide(as_alice, order).status_code == 302
        page = as_alice.get(LIST)
        assert not marked(page, "order")
        assert {tab["data-count"] for tab in marked(page, "order-tab")} == {"0"}
        [bin_link] = marked(page, "hidden-orders")
        assert bin_link["data-count"] == "1"
        inside = as_alice.get(bin_link["href"])
        assert [o["data-number"] for o in marked(inside, "order")] == [order.number]
        assert marked(inside, "restore")
        assert as_alice.get(order.get_absolute_url()).status_code == 200
        assert self.hide(as_alice, order, headers=JSON).json()["ok"]  # again
        self.hide(as_alice, order, "restore")
        assert len(marked(as_alice.get(LIST), "order")) == 1
        assert not marked(as_alice.get(LIST), "hidden-orders")

    @pytest.mark.parametrize(
        "status", ["pending_payment", "paid", "partly_shipped", "shipped"]
    )
    def test_what_is_not_finished_stays(self, as_alice, alice, status):
        order = make_order(alice, quantity=2, status=status)
        refused = self.hide(as_alice, order, headers=JSON)
        assert refused.status_code == 409
        assert refused.json()["error"] == "not_finished"
        assert not marked(as_alice.get(LIST), "hide")
        order.refresh_from_db()
        assert order.hidden_at is None

    def test_what_is_being_dealt_with_stays(self, as_alice, alice):
        order = make_order(alice, status="completed")
        assert marked(as_alice.get(LIST), "hide")
        make_request(order)
        refused = self.hide(as_alice, order, headers=JSON)
        assert (refused.status_code, refused.json()["error"]) == (409, "request_open")
        for page in (LIST, order.get_absolute_url()):
            assert not marked(as_alice.get(page), "hide")

    def test_a_new_request_brings_it_back(self, as_alice, alice):
        order = make_order(alice, status="completed")
        self.hide(as_alice, order)
        after_sales.make_request(order.items.get())
        order.refresh_from_db()
        assert order.hidden_at is None

    def test_a_hidden_order_that_is_dealt_with_is_found_and_mended(self, alice):
        order = make_order(alice, status="completed")
        make_request(order)
        Order.objects.filter(pk=order.pk).update(hidden_at=clock.now())
        [finding] = what_is_dealt_with_is_in_sight()
        assert (finding.pk, finding.stored) == (order.pk, "hidden")
        finding.fix()
        assert list(what_is_dealt_with_is_in_sight()) == []

    def test_is_for_its_owner_and_by_post(self, as_alice, as_bob, client, alice):
        order = make_order(alice, status="completed")
        for deed in ("hide", "restore", "again"):
            assert self.hide(as_bob, order, deed).status_code == 404
            assert as_alice.get(f"/en/orders/{order.number}/{deed}/").status_code == 405
            assert "/login/" in self.hide(client, order, deed)["Location"]
        order.refresh_from_db()
        assert order.hidden_at is None

    def test_staff_still_see_it(self, client, alice, as_alice):
        order = make_order(alice, status="completed")
        self.hide(as_alice, order)
        client.force_login(make_staff("orders"))
        shown = client.get(f"/admin/orders/order/?q={order.number}")
        assert order.number in shown.text

    def test_an_order_in_hand_cannot_be_hidden_past_the_form(self, alice):
        order = make_order(alice, status="paid")
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(hidden_at=clock.now())
