"""What a buyer sees of parcels, and does before they leave."""

from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Address
from accounts.tests.factories import make_address, make_place
from catalog.tests.factories import make_product
from orders.models import Carrier, ScanKind
from orders.services import shipping, tracking
from orders.tests.factories import make_order, receive, ship, ship_all
from orders.tests.pages import JSON, alerts, field, marked
from shop import clock

pytestmark = pytest.mark.django_db

TYPED = {
    "recipient": "Wang Xiaoming",
    "phone": "13911112222",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "street": "文三路 9 号",
}


@pytest.fixture
def paid(alice):
    return make_order(alice, make_product(), quantity=3, status="paid")


def page_of(order):
    return f"/en/orders/{order.number}/"


def remind_page(order):
    return f"{page_of(order)}remind/"


def address_page(order):
    return f"{page_of(order)}address/"


class TestParcels:
    def test_each_has_its_lines_and_where_it_was_seen(self, as_alice, paid):
        item = paid.items.get()
        first = ship(paid, {item: 1})
        ship_all(paid)
        now = clock.now()
        for hours, kind, text in (
            (1, ScanKind.COLLECTED, "picked up"),
            (9, ScanKind.SIGNED, "<b>signed</b>"),
        ):
            scan = tracking.Scan(now + timedelta(hours=hours), kind, text)
            tracking.note_heard(first, [scan])
        page = as_alice.get(page_of(paid))
        assert len(marked(page, "parcel")) == 2
        lines = [
            (x["data-item-id"], x["data-quantity"]) for x in marked(page, "parcel-line")
        ]
        assert lines == [(str(item.pk), "1"), (str(item.pk), "2")]
        assert [scan["data-kind"] for scan in marked(page, "scan")] == [
            "signed",
            "collected",
        ]
        html = page.content.decode()
        assert "&lt;b&gt;signed" in html
        assert "The courier has said nothing yet." in html

    def test_signed_for_leaves_receipt_to_the_buyer(self, as_alice, paid):
        parcel = ship_all(paid)
        scan = tracking.Scan(clock.now(), ScanKind.SIGNED, "")
        tracking.note_heard(parcel, [scan])
        page = as_alice.get(page_of(paid))
        assert marked(page, "signed-hint")
        assert marked(page, "receive")
        assert marked(page, "order")[0]["data-status"] == "shipped"
        receive(paid.items.get())
        assert not marked(as_alice.get(page_of(paid)), "signed-hint")

    def test_a_corrected_number_says_so(self, as_alice, paid):
        parcel = ship_all(paid)
        shipping.correct_number(
            parcel=parcel,
            carrier=Carrier.JD,
            tracking_number="JD0012345678901",
            by_id=parcel.sent_by_id,
        )
        page = as_alice.get(page_of(paid))
        assert marked(page, "parcel")[0]["data-tracking-number"] == "JD0012345678901"
        html = page.content.decode()
        assert "a wrong tracking number, SF Express SF1234567890" in html
        assert "It is JD Logistics JD0012345678901" in html

    def test_asks_as_many_questions_for_many_parcels(
        self, as_alice, alice, connection_queries
    ):
        counts = []
        for number in (2, 20):
            order = make_order(
                alice, make_product(stock=99), quantity=30, status="paid"
            )
            for _ in range(number):
                parcel = ship(order, {order.items.get(): 1})
                for text in "ab":
                    scan = tracking.Scan(clock.now(), ScanKind.MOVING, text)
                    tracking.note_heard(parcel, [scan])
            counts.append(connection_queries(partial(as_alice.get, page_of(order))))
        assert counts[0] == counts[1]
        assert counts[0] < 22


class TestReminder:
    def test_is_there_while_something_is_to_be_sent(self, as_alice, paid):
        page = as_alice.get(page_of(paid))
        assert marked(page, "remind")
        assert marked(page, "next-event")[0]["data-at"].endswith("+08:00")
        page = as_alice.post(remind_page(paid), follow=True)
        assert "We have been told, and will hurry." in page.content.decode()
        assert not marked(page, "remind")
        assert marked(page, "reminded")
        assert "You asked us to ship soon." in page.content.decode()

    def test_who_waits_too_long_reads_that_we_are_sorry(self, as_alice, paid):
        with clock.at(paid.ship_by + timedelta(hours=1)):
            page = as_alice.get(page_of(paid))
        assert marked(page, "ship-by")[0]["data-at"].endswith("+08:00")
        assert "We are sorry, and see to it." in page.content.decode()

    def test_again_within_a_day_is_409(self, as_alice, paid):
        assert as_alice.post(remind_page(paid), headers=JSON).json()["ok"]
        refused = as_alice.post(remind_page(paid), headers=JSON)
        assert refused.status_code == 409
        assert refused.json()["error"] == "already_reminded"
        page = as_alice.post(remind_page(paid), follow=True)
        assert page.request["PATH_INFO"] == page_of(paid)
        assert "You have asked us already." in page.content.decode()

    @pytest.mark.parametrize("status", ["pending_payment", "shipped", "closed"])
    def test_of_nothing_to_ship_is_409(self, as_alice, alice, status):
        order = make_order(alice, status=status)
        assert not marked(as_alice.get(page_of(order)), "remind")
        refused = as_alice.post(remind_page(order), headers=JSON)
        assert refused.status_code == 409
        assert refused.json()["error"] == "nothing_to_ship"

    def test_is_a_deed_and_the_buyer_s(self, as_alice, as_bob, client, paid):
        assert as_alice.get(remind_page(paid)).status_code == 405
        assert as_bob.post(remind_page(paid)).status_code == 404
        assert client.post(remind_page(paid)).status_code == 302
        paid.refresh_from_db()
        assert paid.ship_reminded_at is None


class TestAddress:
    def test_shows_where_it_goes_and_the_book(self, as_alice, alice, paid):
        make_address(user=alice, street="Book Street 1")
        page = as_alice.get(address_page(paid))
        assert field(page, "street") == paid.street
        assert len(marked(page, "use-address")) == 1
        assert marked(as_alice.get(page_of(paid)), "change-address")

    def test_a_typed_one(self, as_alice, paid):
        page = as_alice.post(address_page(paid), TYPED, follow=True)
        assert page.request["PATH_INFO"] == page_of(paid)
        html = page.content.decode()
        assert "The address is changed." in html
        assert "139****2222" in html
        assert "13911112222" not in html
        assert [tag["data-test"] for tag in marked(page, "old-address")] == [
            "old-address"
        ]
        assert marked(page, "new-address")
        assert not marked(page, "change-address")
        paid.refresh_from_db()
        assert (paid.recipient, str(paid.phone)) == ("Wang Xiaoming", "+8613911112222")

    def test_one_of_the_book(self, as_alice, alice, paid):
        chosen = make_address(user=alice, street="Book Street 1")
        as_alice.post(address_page(paid), {"address": chosen.pk})
        paid.refresh_from_db()
        assert paid.street == "Book Street 1"
        Address.objects.filter(pk=chosen.pk).update(street="Moved on")
        paid.refresh_from_db()
        assert paid.street == "Book Street 1"

    @pytest.mark.parametrize("wish", ["strangers", "999999", "x", ""])
    def test_not_one_of_somebody_else_s(self, as_alice, bob, paid, wish):
        strangers = make_address(user=bob, street="Bob's Street")
        value = str(strangers.pk) if wish == "strangers" else wish
        page = as_alice.post(address_page(paid), {"address": value})
        assert page.status_code == 200
        assert alerts(page)
        assert "Bob&#x27;s Street" not in page.content.decode()
        paid.refresh_from_db()
        assert paid.street != "Bob's Street"
        refused = as_alice.post(address_page(paid), {"address": value}, headers=JSON)
        assert refused.status_code == 400
        assert "address" in refused.json()["fields"]

    def test_faults_stand_beside_their_fields(self, as_alice, paid):
        page = as_alice.post(address_page(paid), {**TYPED, "phone": "123"})
        assert page.status_code == 200
        assert alerts(page)
        assert field(page, "recipient") == "Wang Xiaoming"
        paid.refresh_from_db()
        assert paid.recipient != "Wang Xiaoming"

    def test_refresh_brings_the_cities_and_stores_nothing(self, as_alice, paid):
        typed = {**TYPED, "city": "", "district": "", "refresh": "1"}
        page = as_alice.post(address_page(paid), typed)
        assert "宁波市" in page.content.decode()
        paid.refresh_from_db()
        assert paid.street != TYPED["street"]

    def test_once_after_payment(self, as_alice, paid):
        as_alice.post(address_page(paid), TYPED)
        again = {**TYPED, "street": "2"}
        refused = as_alice.post(address_page(paid), again, headers=JSON)
        assert refused.status_code == 409
        assert refused.json()["error"] == "address_used_up"
        page = as_alice.get(address_page(paid), follow=True)
        assert page.request["PATH_INFO"] == page_of(paid)
        assert "You have changed the address once already" in page.content.decode()

    def test_the_same_again_counts_for_nothing(self, as_alice, alice):
        order = make_order(
            alice,
            status="paid",
            place=make_place(**{**TYPED, "phone": "+8613911112222"}),
        )
        page = as_alice.post(address_page(order), TYPED, follow=True)
        assert "The order goes there already." in page.content.decode()
        assert marked(page, "change-address")

    @pytest.mark.parametrize("status", ["partly_shipped", "shipped", "closed"])
    def test_too_late_is_409(self, as_alice, alice, status):
        order = make_order(alice, quantity=2, status=status)
        assert not marked(as_alice.get(page_of(order)), "change-address")
        for send in (as_alice.get, partial(as_alice.post, data=TYPED)):
            refused = send(address_page(order), headers=JSON)
            assert refused.status_code == 409
            assert refused.json()["error"] == "address_fixed"

    def test_is_the_buyer_s_alone(self, as_bob, client, paid):
        for send in (as_bob.get, as_bob.post):
            assert send(address_page(paid)).status_code == 404
        assert "/login/" in client.get(address_page(paid))["Location"]


class TestTimeline:
    def test_is_told_in_plain_words_in_both_languages(self, as_alice, paid):
        ship_all(paid)
        html = as_alice.get(page_of(paid)).content.decode()
        for words in (
            "You placed the order. The goods are kept for you.",
            "Your payment has arrived. We pack your goods now.",
            "We handed a parcel over: SF Express SF1234567890.",
        ):
            assert words in html
        assert as_alice.get(f"/orders/{paid.number}/").status_code == 200
