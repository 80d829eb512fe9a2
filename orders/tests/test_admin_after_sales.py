"""What staff see of requests, and what they may decide, each by its button."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from accounts import fresh_login
from accounts.models import Wallet
from accounts.tests.factories import make_staff
from catalog.tests.factories import make_product
from orders.models import AfterSale, Refund
from orders.tests.after_sale_factories import confirm, make_request, send_back
from orders.tests.factories import make_order, receive, ship
from orders.tests.pages import alerts, field, marked
from shop import clock, desk
from shop.models import JournalEntry

pytestmark = pytest.mark.django_db

REQUESTS = "/admin/orders/aftersale/"
SCRAP = {"goods": "scrapped", "goods_reason": "broken"}
PARCEL = {"carrier": "sf", "tracking_number": "SF1234567890123"}


def staff(role):
    user = make_staff(role)
    client = Client()
    client.force_login(user)
    client.user = user
    type_password(client)
    return client


def type_password(client):
    session = client.session
    session[fresh_login.SESSION_KEY] = clock.now().isoformat()
    session.save()


@pytest.fixture
def carol(db):
    return staff("orders")


@pytest.fixture
def asked(alice):
    order = make_order(alice, make_product(stock=5), 2, status="paid")
    return make_request(order.items.get())


def order_page(asked):
    return f"/admin/orders/order/{asked.item.order_id}/change/"


def press(client, asked, deed, **typed):
    return client.post(f"{REQUESTS}{asked.pk}/{deed}/", typed, follow=True)


def state_of(asked):
    asked.refresh_from_db()
    return asked.state


class TestButtons:
    def test_stand_on_the_order_s_page_and_on_its_own(self, carol, asked):
        for page in (order_page(asked), f"{REQUESTS}{asked.pk}/change/"):
            html = carol.get(page)
            assert html.status_code == 200
            assert marked(html, "agree")
            assert marked(html, "refuse")
            assert not marked(html, "confirm")
        assert marked(carol.get(order_page(asked)), "open-request")

    def test_agree(self, carol, asked):
        answer = press(carol, asked, "agree")
        assert state_of(asked) == "refunded"
        assert "The request is agreed to." in answer.content.decode()
        entry = JournalEntry.objects.get(kind="refund_decided")
        assert entry.actor_id == carol.user.pk

    def test_agree_and_scrap(self, carol, asked):
        press(carol, asked, "agree", **SCRAP)
        assert (state_of(asked), asked.goods) == ("refunded", "scrapped")

    def test_scrap_wants_a_reason(self, carol, asked):
        answer = press(carol, asked, "agree", goods="scrapped")
        assert state_of(asked) == "requested"
        assert "Say why they are scrapped." in answer.content.decode()

    def test_refuse_wants_a_reason_too(self, carol, asked):
        press(carol, asked, "refuse", reason="")
        assert state_of(asked) == "requested"
        press(carol, asked, "refuse", reason="Shipped already", next=order_page(asked))
        assert (state_of(asked), asked.refusal) == ("refused", "Shipped already")

    def test_what_was_typed_is_kept_beside_what_is_wrong(self, carol, asked):
        long = "Shipped <already> " * 20
        page = press(carol, asked, "refuse", reason=long, next=order_page(asked))
        assert (page.status_code, page.redirect_chain) == (200, [])
        assert "at most 200 characters" in alerts(page)
        assert field(page, "reason") == long
        assert field(page, "next") == order_page(asked)
        assert [deed["data-test"] for deed in marked(page, "refuse")] == ["refuse"]
        assert not marked(page, "agree")

    def test_it_leads_back_to_where_it_was_pressed(self, carol, asked):
        answer = press(carol, asked, "refuse", reason="No", next=order_page(asked))
        assert answer.redirect_chain[-1][0] == order_page(asked)
        for elsewhere in ("https://evil.example/", "//evil.example/"):
            answer = press(carol, asked, "refuse", reason="No", next=elsewhere)
            assert answer.redirect_chain[-1][0] == f"{REQUESTS}{asked.pk}/change/"

    def test_a_return_is_confirmed_and_an_exchange_replaced(self, carol, alice):
        item = make_order(alice, make_product(), status="completed").items.get()
        asked = make_request(item, state="returning")
        press(carol, asked, "confirm", goods="")
        assert state_of(asked) == "returning"
        press(carol, asked, "confirm", goods="restocked")
        assert state_of(asked) == "refunded"
        other = make_order(alice, make_product(), status="completed").items.get()
        with clock.at(other.received_at + timedelta(days=8)):
            type_password(carol)
            asked = make_request(other, state="returning")
            press(carol, asked, "confirm", **SCRAP)
            press(carol, asked, "replace", carrier="sf", tracking_number="1")
            assert state_of(asked) == "returning"
            press(carol, asked, "replace", **PARCEL)
        assert state_of(asked) == "exchanged"

    def test_a_parcel_refunded_under_way_is_put_away_once_it_comes_back(
        self, carol, alice
    ):
        order = make_order(alice, make_product(stock=5), status="shipped")
        asked = make_request(order.items.get(), state="refunded")
        found = carol.get(REQUESTS, {"waits": "parcel"})
        assert f"/{asked.pk}/change/" in found.content.decode()
        page = f"{REQUESTS}{asked.pk}/change/"
        assert marked(carol.get(page), "confirm")
        press(carol, asked, "confirm", goods="scrapped", goods_reason="Broken glass")
        asked.refresh_from_db()
        assert (asked.goods, asked.goods_reason) == ("scrapped", "Broken glass")
        assert not marked(carol.get(page), "confirm")
        found = carol.get(REQUESTS, {"waits": "parcel"})
        assert f"/{asked.pk}/change/" not in found.content.decode()

    def test_one_that_never_comes_is_waited_for_no_longer(self, carol, alice):
        order = make_order(alice, make_product(stock=5), status="shipped")
        asked = make_request(order.items.get(), state="refunded")
        page = f"{REQUESTS}{asked.pk}/change/"
        assert marked(carol.get(page), "missing")
        # Nobody chooses it of goods in hand.
        press(carol, asked, "confirm", goods="missing")
        press(carol, asked, "missing")
        asked.refresh_from_db()
        assert (asked.goods, asked.arrived_at) == ("missing", None)
        listed = carol.get(REQUESTS, {"waits": "parcel"})
        assert f"/{asked.pk}/change/" not in listed.content.decode()
        offered = carol.get(page)
        assert not marked(offered, "missing")
        assert marked(offered, "confirm")

    def test_putting_such_a_parcel_away_moves_no_money_and_says_so(self, carol, alice):
        order = make_order(alice, make_product(stock=5), status="shipped")
        asked = make_request(order.items.get(), state="refunded")
        page = carol.get(f"{REQUESTS}{asked.pk}/change/")
        assert marked(page, "no-money")
        assert "SF Express SF1234567890" in page.content.decode()
        refunds = list(Refund.objects.values())
        press(carol, asked, "confirm", goods="restocked")
        assert list(Refund.objects.values()) == refunds
        item = make_order(alice, make_product(), status="completed").items.get()
        returning = make_request(item, state="returning")
        assert not marked(carol.get(f"{REQUESTS}{returning.pk}/change/"), "no-money")

    @pytest.mark.parametrize(
        "deed", ["agree", "confirm", "missing", "replace", "refund", "refuse"]
    )
    def test_a_second_click_is_told_so(self, carol, alice, deed):
        item = make_order(alice, make_product(), status="paid").items.get()
        asked = make_request(item, state="closed")
        typed = {"reason": "No", "goods": "restocked", **PARCEL}
        answer = press(carol, asked, deed, **typed)
        assert "moved on meanwhile" in answer.content.decode()
        assert state_of(asked) == "closed"

    def test_the_order_ships_what_nobody_asks_about(self, carol, alice):
        order = make_order(alice, [make_product(), make_product()], status="paid")
        first, second = order.items.order_by("pk")
        make_request(first)
        page = f"/admin/orders/order/{order.pk}/"
        html = carol.get(f"{page}change/").content.decode()
        assert f"quantity_{second.pk}" in html
        assert f"quantity_{first.pk}" not in html
        carol.post(f"{page}ship/", PARCEL)
        second.refresh_from_db()
        first.refresh_from_db()
        assert (first.shipped_quantity, second.shipped_quantity) == (0, 1)


class TestRights:
    @pytest.mark.parametrize("deed", ["agree", "confirm"])
    def test_money_wants_a_fresh_login(self, carol, asked, deed):
        session = carol.session
        session.pop(fresh_login.SESSION_KEY)
        session.save()
        answer = carol.post(f"{REQUESTS}{asked.pk}/{deed}/", {"goods": "restocked"})
        assert answer.status_code == 302
        assert "/admin/confirm-password/" in answer.url
        assert state_of(asked) == "requested"

    @pytest.mark.parametrize("role", ["orders", "support"])
    def test_those_who_may(self, role, asked):
        press(staff(role), asked, "agree")
        assert state_of(asked) == "refunded"

    @pytest.mark.parametrize("role", ["readonly", "catalogue"])
    def test_those_who_may_not(self, role, asked):
        client = staff(role)
        for deed in ("agree", "refuse", "confirm", "replace"):
            url = f"{REQUESTS}{asked.pk}/{deed}/"
            assert client.post(url, {"reason": "No"}).status_code == 403
        assert state_of(asked) == "requested"
        if role == "readonly":
            page = client.get(f"{REQUESTS}{asked.pk}/change/")
            assert page.status_code == 200
            assert not marked(page, "agree")

    def test_no_deed_by_get_and_none_for_shoppers(self, carol, as_alice, asked):
        for deed in ("agree", "refuse", "confirm", "replace"):
            url = f"{REQUESTS}{asked.pk}/{deed}/"
            assert carol.get(url).status_code == 405
            assert as_alice.post(url).status_code in (302, 403, 404)
        assert state_of(asked) == "requested"
        assert carol.post(f"{REQUESTS}{10**9}/agree/").status_code == 404

    def test_nothing_is_typed_into_a_request(self, carol, asked):
        assert carol.get(f"{REQUESTS}add/").status_code == 403
        carol.post(f"{REQUESTS}{asked.pk}/change/", {"amount": "9999"})
        assert AfterSale.objects.get().amount == asked.amount


class TestLists:
    def test_what_waits_for_staff(self, carol, asked, alice):
        item = make_order(alice, make_product(), status="completed").items.get()
        returning = make_request(item, state="returning")
        for wish, waiting in (("answer", asked), ("goods", returning)):
            html = carol.get(REQUESTS, {"waits": wish}).content.decode()
            assert f"/{waiting.pk}/change/" in html
        found = carol.get(REQUESTS, {"q": asked.item.order.number})
        assert len(marked(found, "request-state")) == 1
        assert carol.get(REQUESTS, {"waits": "nonsense"}).status_code in (200, 302)

    def test_a_box_in_hand_is_found_by_its_number(self, carol, asked, alice):
        """By that of the return; by that of the parcel, when a courier brings it."""
        item = make_order(alice, make_product(), status="completed").items.get()
        returning = send_back(
            make_request(item, state="return_goods"), "SF9990000000000"
        )
        under_way = make_order(alice, make_product(), status="paid")
        ship(under_way, {under_way.items.get(): 1}, tracking_number="SF8880000000000")
        refunded = make_request(under_way.items.get(), state="refunded")
        for typed, found in (
            (" sf999 0000000000 ", returning),
            ("SF8880000000000", refunded),
            (asked.item.order.number, asked),
        ):
            page = carol.get(REQUESTS, {"q": typed})
            assert len(marked(page, "request-state")) == 1
            assert f"/{found.pk}/change/" in page.content.decode()
        assert not marked(carol.get(REQUESTS, {"q": "SF8880"}), "request-state")

    def test_the_desk_says_how_long_there_is(self, rf, carol, asked):
        request = rf.get("/admin/")
        request.user = carol.user
        [queue] = [
            each
            for each in desk.waiting_for(request)
            if "waits=answer" in each.queue.url
        ]
        assert queue.number == 1
        assert queue.hint
        assert carol.get("/admin/").status_code == 200

    def test_asks_as_often_for_many_rows(self, carol, alice, connection_queries):
        counts = []
        for number in (2, 18):
            for _n in range(number):
                item = make_order(alice, make_product(), status="paid").items.get()
                make_request(item)
            carol.get(REQUESTS)
            counts.append(connection_queries(partial(carol.get, REQUESTS)))
        assert counts[0] == counts[1]


class TestToBalance:
    @pytest.fixture
    def stuck(self, asked):
        press(staff("support"), asked, "agree")
        Refund.objects.update(
            is_refused=True,
            error="CARD_GONE",
            done_at=None,
            next_try_at=clock.now() + timedelta(days=1),
        )
        return Refund.objects.get()

    def test_is_offered_and_done_once(self, carol, stuck, alice):
        page = f"/admin/orders/refund/{stuck.pk}/"
        assert marked(carol.get(f"{page}change/"), "to-balance")
        before = Wallet.objects.get(user=alice).balance
        for _click in range(2):
            assert carol.post(f"{page}to-balance/").status_code == 302
        assert Wallet.objects.get(user=alice).balance == before + stuck.amount
        stuck.refresh_from_db()
        assert stuck.is_to_balance
        assert not marked(carol.get(f"{page}change/"), "to-balance")

    def test_wants_the_right_and_a_fresh_login(self, carol, stuck):
        page = f"/admin/orders/refund/{stuck.pk}/to-balance/"
        assert staff("support").post(page).status_code == 403
        assert carol.get(page).status_code == 405
        session = carol.session
        session.pop(fresh_login.SESSION_KEY)
        session.save()
        assert "/confirm-password/" in carol.post(page).url
        stuck.refresh_from_db()
        assert stuck.done_at is None


def test_orders_of_any_past_can_be_looked_at(carol, alice):
    order = make_order(alice, make_product(), 3, status="paid")
    item = order.items.get()
    make_request(item, 1, state="refunded")
    ship(order, {item: 2})
    receive(item)
    confirm(make_request(item, 1, state="returning"))
    page = carol.get(f"/admin/orders/order/{order.pk}/change/")
    assert page.status_code == 200
