"""What staff see and do about parcels: late ones, slips, scan lines, corrections."""

import re
from datetime import timedelta
from functools import partial

import pytest

from accounts.tests.factories import make_user
from catalog.tests.factories import make_product
from orders.admin.orders import OrderAdmin
from orders.models import Order, Parcel, ScanKind
from orders.services import addresses, ship_reminders, tracking
from orders.tests.factories import make_order, ship, ship_all
from orders.tests.pages import alerts, field, marked
from orders.tests.test_admin import ORDERS, page_of, parcel, ship_page, staff
from orders.tests.test_parcels import ELSEWHERE
from shop import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def carol(db):
    """Carol works on the orders."""
    return staff("orders")


@pytest.fixture
def order():
    return make_order(
        make_user(phone="13811112222"),
        make_product(price="4321.00"),
        quantity=3,
        status="paid",
        note="Ring <twice>",
    )


def slip_page(order):
    return f"{ORDERS}{order.pk}/packing-slip/"


def deed_page(parcel, deed):
    return f"{ORDERS}{parcel.order_id}/parcels/{parcel.pk}/{deed}/"


class TestLateOrders:
    def test_are_red_and_first(self, carol, order):
        newer = make_order(status="paid")
        Order.objects.filter(pk=order.pk).update(
            ship_by=clock.now() - timedelta(minutes=1)
        )
        page = carol.get(ORDERS)
        html = page.content.decode()
        assert html.index(order.number) < html.index(newer.number)
        assert [x["data-late"] for x in marked(page, "ship-by")] == ["1", "0"]
        assert marked(page, "ship-by")[0]["class"] == "is-late"
        ship_all(order)
        html = carol.get(ORDERS).content.decode()
        assert html.index(newer.number) < html.index(order.number)

    def test_each_order_stands_on_one_page_however_they_are_cut(
        self, carol, monkeypatch
    ):
        monkeypatch.setattr(OrderAdmin, "list_per_page", 3)
        placed = [make_order(status="paid") for _ in range(7)]
        placed.append(make_order())  # has no moment to ship by
        late = placed[1:5]
        Order.objects.filter(pk__in=[o.pk for o in late]).update(ship_by=clock.now())
        seen = []
        for page in (1, 2, 3):
            html = carol.get(ORDERS, {"p": page}).content.decode()
            seen += re.findall(r'class="field-number"><a [^>]*>(\d+)<', html)
        others = [placed[0], *placed[5:]]
        expected = [*reversed(late), *reversed(others)]
        assert seen == [order.number for order in expected]

    def test_who_sorts_by_a_column_gets_that(self, carol, order):
        newer = make_order(status="paid")
        Order.objects.filter(pk=order.pk).update(ship_by=clock.now())
        html = carol.get(ORDERS, {"o": "-6"}).content.decode()
        assert html.index(newer.number) < html.index(order.number)

    def test_stand_on_the_desk_in_red(self, carol, order):
        html = carol.get("/admin/").content.decode()
        assert "<strong>0</strong> Orders that should have left" in html
        with clock.at(order.ship_by):
            html = carol.get("/admin/").content.decode()
            assert "is-urgent" in html
            assert "<strong>1</strong> Orders that should have left" in html
            found = carol.get(ORDERS, {"waiting": "late"}).content.decode()
        assert order.number in found
        assert (
            order.number not in carol.get(ORDERS, {"waiting": "late"}).content.decode()
        )

    def test_and_so_does_the_buyer_who_asked(self, carol, order):
        make_order(status="paid")
        ship_reminders.remind_to_ship(order_id=order.pk)
        html = carol.get("/admin/").content.decode()
        assert "<strong>1</strong> Buyers who asked when it leaves" in html
        page = carol.get(ORDERS, {"waiting": "asked"})
        assert len(marked(page, "order-status")) == 1
        assert "the buyer asked" in page.content.decode()


class TestPackingSlip:
    def test_has_goods_address_and_note_but_no_price(self, carol, order):
        item = order.items.get()
        page = carol.get(slip_page(order))
        html = page.content.decode()
        [line] = marked(page, "slip-line")
        assert (line["data-code"], line["data-quantity"]) == (item.code, "3")
        for word in (order.number, order.recipient, order.street):
            assert word in html
        assert "Ring &lt;twice&gt;" in html
        assert "4,321" not in html
        assert "4321" not in html
        assert "¥" not in html

    def test_masks_the_phone_as_the_house_does(self, carol, order):
        html = carol.get(slip_page(order)).content.decode()
        assert order.masked_phone in html
        assert str(order.phone).removeprefix("+86") not in html

    def test_speaks_the_buyer_s_language_or_the_other(self, carol, order):
        html = carol.get(slip_page(order)).content.decode()
        assert '<html lang="zh-hans">' in html
        html = carol.get(slip_page(order), {"language": "en"}).content.decode()
        assert '<html lang="en">' in html
        assert "Packing slip" in html
        html = carol.get(slip_page(order), {"language": "xx"}).content.decode()
        assert '<html lang="zh-hans">' in html

    def test_of_a_parcel_has_what_lies_in_it_else_what_is_left(self, carol, order):
        sent = ship(order, {order.items.get(): 1})
        for wish, quantity in ((sent.pk, "1"), ("", "2"), ("x", "2"), ("9" * 30, "2")):
            [line] = marked(carol.get(slip_page(order), {"parcel": wish}), "slip-line")
            assert line["data-quantity"] == quantity, wish
        ship_all(order)
        [line] = marked(carol.get(slip_page(order)), "slip-line")
        assert line["data-quantity"] == "3"

    def test_of_another_order_s_parcel_tells_nothing(self, carol, order):
        other = make_order(status="shipped").parcels.get()
        [line] = marked(carol.get(slip_page(order), {"parcel": other.pk}), "slip-line")
        assert line["data-code"] == order.items.get().code

    @pytest.mark.parametrize(
        ("role", "status"),
        [("readonly", 200), ("support", 200), ("catalogue", 403), ("superuser", 200)],
    )
    def test_is_for_who_sees_orders(self, order, client, role, status):
        colleague = staff(role)
        assert colleague.get(slip_page(order)).status_code == status
        assert colleague.post(slip_page(order)).status_code == 405
        assert client.get(slip_page(order)).status_code == 302

    def test_asks_as_many_questions_for_many_items(self, carol, connection_queries):
        counts = []
        for number in (2, 20):
            order = make_order(
                lines=[make_product() for _ in range(number)], status="shipped"
            )
            wish = {"parcel": order.parcels.get().pk}
            counts.append(
                connection_queries(partial(carol.get, slip_page(order), wish))
            )
        assert counts[0] == counts[1]


class TestScanLines:
    def test_are_written_and_shown(self, carol, order):
        sent = ship_all(order)
        assert marked(carol.get(page_of(order)), "scan-form")
        typed = {"kind": "signed", "text": "本人签收 <b>"}
        page = carol.post(deed_page(sent, "scan"), typed, follow=True)
        assert "The scan line is written; the buyer sees it." in page.content.decode()
        assert "本人签收 &lt;b&gt;" in page.content.decode()
        scan = sent.scans.get()
        assert (scan.kind, scan.by) == ("signed", carol.user)
        order.refresh_from_db()
        assert order.status == "shipped"

    @pytest.mark.parametrize(
        "typed", [{"kind": "owl"}, {"kind": "moving", "text": "x" * 201}, {}]
    )
    def test_a_bad_one_is_said(self, carol, order, typed):
        sent = ship_all(order)
        page = carol.post(deed_page(sent, "scan"), typed)
        assert page.status_code == 200
        assert alerts(page)
        assert not sent.scans.exists()


class TestCorrection:
    NEW = {"carrier": "jd", "tracking_number": "jd0012345678901"}

    def test_once_and_then_no_more(self, carol, order):
        sent = ship_all(order)
        assert marked(carol.get(page_of(order)), "correct")
        page = carol.post(deed_page(sent, "correct"), self.NEW, follow=True)
        assert "The number is corrected; the buyer is told." in page.content.decode()
        assert not marked(page, "correct")
        sent.refresh_from_db()
        assert sent.tracking_number == "JD0012345678901"
        assert sent.order.events.get(kind="number_corrected").by == carol.user
        other = {**self.NEW, "tracking_number": "JD9999999999999"}
        page = carol.post(deed_page(sent, "correct"), other, follow=True)
        assert "was corrected already" in page.content.decode()
        sent.refresh_from_db()
        assert sent.tracking_number == "JD0012345678901"

    @pytest.mark.parametrize(
        "typed",
        [
            {"carrier": "jd", "tracking_number": "SF1234567890123"},
            {"carrier": "sf", "tracking_number": "SF1234567890"},
            {"carrier": "owl", "tracking_number": "JD0012345678901"},
            {"carrier": "jd", "tracking_number": ""},
        ],
    )
    def test_a_bad_one_or_the_same_is_said(self, carol, order, typed):
        sent = ship_all(order)
        page = carol.post(deed_page(sent, "correct"), typed)
        assert page.status_code == 200
        assert 'role="alert"' in page.content.decode()
        sent.refresh_from_db()
        assert sent.corrected_at is None


class TestWhoMay:
    @pytest.mark.parametrize("role", ["support", "readonly", "catalogue"])
    @pytest.mark.parametrize("deed", ["scan", "correct"])
    def test_only_who_ships(self, order, deed, role):
        sent = ship_all(order)
        colleague = staff(role)
        page = deed_page(sent, deed)
        assert colleague.post(page, {"kind": "signed"}).status_code == 403
        assert not marked(colleague.get(page_of(order)), "parcel-deeds")

    @pytest.mark.parametrize("deed", ["scan", "correct"])
    def test_by_post_and_only_of_the_order_named(self, carol, order, deed):
        sent = ship_all(order)
        other = make_order(status="shipped")
        assert carol.get(deed_page(sent, deed)).status_code == 405
        mixed = f"{ORDERS}{other.pk}/parcels/{sent.pk}/{deed}/"
        assert carol.post(mixed, {"kind": "signed"}).status_code == 404


class TestShipping:
    def test_of_a_number_that_is_another_carrier_s_is_said(self, carol, order):
        page = carol.post(ship_page(order), parcel(tracking_number="YT1234567890123"))
        assert "SF1234567890123" in alerts(page)
        assert not Parcel.objects.exists()

    def test_to_an_address_that_changed_meanwhile_is_refused(self, carol, order):
        mark = field(carol.get(page_of(order)), "address_mark")
        addresses.change_address(order_id=order.pk, place=ELSEWHERE)
        typed = parcel(address_mark=mark)
        page = carol.post(ship_page(order), typed, follow=True)
        assert "The buyer has changed the address meanwhile." in page.content.decode()
        assert not Parcel.objects.exists()
        typed["address_mark"] = field(carol.get(page_of(order)), "address_mark")
        carol.post(ship_page(order), typed)
        assert Parcel.objects.exists()

    def test_the_same_parcel_twice_is_one(self, carol, order):
        item = order.items.get()
        typed = parcel(**{f"quantity_{item.pk}": "1"})
        carol.post(ship_page(order), typed)
        page = carol.post(ship_page(order), typed, follow=True)
        assert "has a parcel with this number already" in page.content.decode()
        item.refresh_from_db()
        assert item.shipped_quantity == 1


def test_the_page_asks_as_many_questions_for_many_parcels(carol, connection_queries):
    counts = []
    for number in (2, 20):
        order = make_order(lines=make_product(stock=99), quantity=30, status="paid")
        for _ in range(number):
            sent = ship(order, {order.items.get(): 1})
            scan = tracking.Scan(clock.now(), ScanKind.MOVING, "x")
            tracking.note_heard(sent, [scan])
        carol.get(page_of(order))  # what Django asks once a process
        counts.append(connection_queries(partial(carol.get, page_of(order))))
    assert counts[0] == counts[1]
