"""Many orders shipped at once: what a list says, what it would do, what it does."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from accounts.tests.parallel import at_once
from catalog.tests.exchange.files import as_xlsx
from catalog.tests.factories import make_product
from orders.carriers import carrier_called
from orders.forms.parcel_lists import MOST_LINES, ParcelListForm
from orders.models import Carrier, Order, Parcel
from orders.services import addresses, parcel_lists
from orders.services.parcel_lists import Line
from orders.tests.after_sale_factories import agree, make_request
from orders.tests.factories import cancel, make_order, ship, ship_all
from orders.tests.pages import alerts, marked
from orders.tests.test_admin import ORDERS, staff
from orders.tests.test_parcels import ELSEWHERE
from shop import clock

PAGE = f"{ORDERS}ship-many/"


def number(place):
    """A number of SF, another for each place."""
    return f"SF{1234567890000 + place}"


def lines_of(*orders):
    return [
        Line(place, order.number, "sf", number(place))
        for place, order in enumerate(orders, start=1)
    ]


def words(outcomes):
    return [x.refusal.error if x.refusal else "ready" for x in outcomes]


def typed(*orders):
    rows = (
        f"{x.order_number}, {x.carrier}, {x.tracking_number}" for x in lines_of(*orders)
    )
    return {"lines": "\n".join(rows)}


def applied(page, *orders):
    """Return what the button of a page that was looked at posts."""
    seen = re.findall(r'name="seen" value="(\w+)"', page.text)
    return {**typed(*orders), "seen": seen, "apply": "yes"}


def states(page):
    return [row["data-state"] for row in marked(page, "ship-line")]


class TestReading:
    @pytest.mark.parametrize(
        "text",
        [
            "20261129001, sf, SF1234567890123",
            "20261129001,SF Express,SF1234567890123",
            "20261129001\t顺丰速运\tSF1234567890123",
            "20261129001，顺丰，ＳＦ1234567890123",
            "20261129001 顺丰 SF1234567890123",
            "20261129001 SF Express SF1234567890123",
            '"20261129001";"sf";"SF1234567890123"',
            '="20261129001",sf,SF1234567890123',
            "“20261129001”，‘顺丰’，`SF1234567890123",
            "\u202d20261129001\u202c,sf,\u200bSF1234567890123",
        ],
    )
    def test_a_line_in_any_spelling(self, text):
        form = ParcelListForm({"lines": text})
        assert form.is_valid()
        [line] = form.parcels()
        assert line.order_number == "20261129001"
        assert carrier_called(line.carrier) == Carrier.SF
        assert line.tracking_number == "SF1234567890123"

    @pytest.mark.parametrize("text", ["1, {}", "1,,{}", "1 {}"])
    def test_a_line_without_carrier_has_the_chosen_one(self, text):
        form = ParcelListForm({"lines": text.format(number(1)), "carrier": "zto"})
        assert form.is_valid()
        assert form.parcels() == [Line(1, "1", "zto", number(1))]

    def test_a_heading_and_empty_lines_are_left_out(self):
        form = ParcelListForm({"lines": "订单号,快递,单号\n\n1,sf,2\n  \n3,sf,4\n"})
        assert form.is_valid()
        assert [line.order_number for line in form.parcels()] == ["1", "3"]

    def test_rows_that_a_spreadsheet_left_empty_are_none(self):
        form = ParcelListForm({"lines": ',,\n1,sf,2\n,,\n"",\t\n3,sf,4\n,,,,\n'})
        assert form.is_valid()
        assert [line.order_number for line in form.parcels()] == ["1", "3"]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_a_file_of_a_spreadsheet(self, encoding):
        content = "订单号,快递,单号\r\n1,顺丰,2\r\n".encode(encoding)
        file = SimpleUploadedFile("list.csv", content)
        form = ParcelListForm({"lines": ""}, {"file": file})
        assert form.is_valid()
        assert form.parcels() == [Line(2, "1", "顺丰", "2")]

    def test_a_workbook(self):
        rows = ["订单号", None, "快递", "单号"], ["7", None, "圆 通", 88_001], [None]
        file = SimpleUploadedFile("list.xlsx", as_xlsx(*rows))
        form = ParcelListForm({"lines": ""}, {"file": file})
        assert form.is_valid(), form.errors
        assert form.parcels() == [Line(2, "7", "圆 通", "88001")]

    @pytest.mark.parametrize(
        ("cell", "told"),
        [
            (20261129123456789012, "line 2, column 订单号: The number has too many"),
            ("=A1", "There is a formula"),
        ],
    )
    def test_a_cell_of_a_workbook_that_is_not_what_was_meant(self, cell, told):
        content = as_xlsx(["订单号", "快递", "单号"], [cell, "sf", "2"])
        files = {"file": SimpleUploadedFile("list.xlsx", content)}
        form = ParcelListForm({"lines": ""}, files)
        with translation.override("en"):
            assert told in str(form.errors["file"])

    def test_a_workbook_with_too_many_lines(self):
        content = as_xlsx(*([str(n), "sf", str(n)] for n in range(MOST_LINES + 9)))
        files = {"file": SimpleUploadedFile("list.xlsx", content)}
        form = ParcelListForm({"lines": ""}, files)
        with translation.override("en"):
            assert "There are more than 200 lines" in str(form.errors)

    @pytest.mark.parametrize(
        ("lines", "content"),
        [
            ("", None),
            (" \n ", None),
            (",,\n;;;\n", None),
            ("订单号,快递,单号", None),
            ("1,sf,2\n" * (MOST_LINES + 1), None),
            ("", b"PK\0\0 a workbook"),
            ("", b"\xff\xff"),
            ("", b"1" * 300_000),
        ],
    )
    def test_what_is_no_list_is_refused(self, lines, content):
        files = {"file": SimpleUploadedFile("x", content)} if content else {}
        assert not ParcelListForm({"lines": lines}, files).is_valid()

    @pytest.mark.parametrize(
        "name",
        ["", "s", "ups", "快递", "express", "s.", "中通快运", "tracking number"],
    )
    def test_other_carriers_are_none(self, name):
        assert carrier_called(name) is None

    @pytest.mark.parametrize(
        ("name", "carrier"),
        [
            ("JD", "jd"),
            ("京东", "jd"),
            ("圆通速递", "yto"),
            ("Zto express", "zto"),
            ("顺丰快递", "sf"),
            ("圆通快递", "yto"),
            ("中通速递", "zto"),
            ("京东快递", "jd"),
            ("SF-Express", "sf"),
            ("S.F. Express", "sf"),
            ("sf快递", "sf"),
        ],
    )
    def test_a_carrier_by_any_of_its_names(self, name, carrier):
        assert carrier_called(name) == carrier


@pytest.mark.django_db
class TestLooking:
    def test_says_why_a_line_does_nothing(self):
        unpaid, done, over = (make_order(), make_order(status="shipped"), make_order())
        cancel(over)
        received = make_order(status="completed")
        asked = make_order(lines=[make_product(), make_product()], status="paid")
        make_request(asked.items.order_by("pk").first())
        good, half = make_order(status="paid"), make_order(quantity=3, status="paid")
        ship(half, {half.items.get(): 1}, tracking_number="SF9999999999999")
        lines = [
            Line(1, good.number, "SF", number(1)),
            Line(2, good.number, "sf", number(2)),
            Line(3, half.number, "sf", number(3)),
            Line(4, half.number, "sf", "sf9999999999999"),
            Line(5, "12345", "sf", number(5)),
            *(
                Line(6, each.number, "sf", number(6))
                for each in (unpaid, done, received, over, asked)
            ),
        ]
        assert words(parcel_lists.look(lines)) == [
            "ready",
            "order_twice",
            "ready",
            "order_twice",
            "unknown_order",
            "not_paid",
            "already_shipped",
            "already_shipped",
            "cannot_ship",
            "request_open",
        ]
        assert words(parcel_lists.look(lines[3:4])) == ["parcel_known"]

    @pytest.mark.parametrize(
        ("carrier", "tracking_number", "word"),
        [
            ("", number(1), "line_unclear"),
            ("sf", "", "line_unclear"),
            ("ups", number(1), "unknown_carrier"),
            ("zto", number(1), "wrong_number"),
        ],
    )
    def test_of_the_parcel_too(self, carrier, tracking_number, word):
        order = make_order(status="paid")
        line = Line(1, order.number, carrier, tracking_number)
        assert words(parcel_lists.look([line])) == [word]

    def test_a_number_is_not_on_two_parcels_to_different_people(self):
        mine, yours = (make_order(status="paid") for _ in range(2))
        yours.city = "Elsewhere"
        yours.save(update_fields=["city"])
        lines = [Line(1, mine.number, "sf", number(1))]
        lines.append(Line(2, yours.number, "sf", number(1).lower()))
        assert words(parcel_lists.look(lines)) == ["ready", "number_taken"]
        ship(mine, {mine.items.get(): 1}, tracking_number=number(1))
        assert words(parcel_lists.look(lines[1:])) == ["number_taken"]
        with clock.at(clock.now() + parcel_lists.REUSED_AFTER + timedelta(minutes=1)):
            assert words(parcel_lists.look(lines[1:])) == ["ready"]

    def test_orders_to_one_address_may_share_a_parcel(self, alice):
        first, second = (make_order(alice, status="paid") for _ in range(2))
        lines = [Line(1, each.number, "sf", number(1)) for each in (first, second)]
        assert words(parcel_lists.look(lines)) == ["ready", "ready"]
        ship(first, {first.items.get(): 1}, tracking_number=number(1))
        assert words(parcel_lists.look(lines)) == ["parcel_known", "ready"]

    def test_a_refunded_part_stays_here(self):
        order = make_order(quantity=3, status="paid")
        agree(make_request(order.items.get(), 2))
        [outcome] = parcel_lists.look(lines_of(order))
        assert list(outcome.parcel.quantities.values()) == [1]

    def test_a_wrong_line_does_not_take_the_place_of_a_right_one(self):
        order = make_order(status="paid")
        lines = [Line(1, order.number, "zto", number(1)), *lines_of(order)]
        assert words(parcel_lists.look(lines)) == ["wrong_number", "ready"]

    def test_asks_as_much_for_many_as_for_two(self, connection_queries):
        orders = [make_order(status="paid") for _ in range(20)]
        few, many = lines_of(*orders[:2]), lines_of(*orders)
        asked = connection_queries(lambda: parcel_lists.look(few))
        assert connection_queries(lambda: parcel_lists.look(many)) == asked


@pytest.mark.django_db
class TestSending:
    @pytest.fixture
    def carol(self):
        return staff("orders").user

    def test_sends_all_that_is_left_and_nothing_twice(self, carol):
        orders = [make_order(quantity=3, status="paid") for _ in range(2)]
        ship(orders[0], {orders[0].items.get(): 1}, tracking_number="SF9999999999999")
        lines = lines_of(*orders)
        seen = [each.parcel.mark for each in parcel_lists.look(lines)]
        done = parcel_lists.send(lines, seen=seen, by_id=carol.pk)
        assert [each.is_sent for each in done] == [True, True]
        assert list(Order.objects.values_list("status", flat=True)) == ["shipped"] * 2
        again = parcel_lists.send(lines, seen=seen, by_id=carol.pk)
        assert words(again) == ["parcel_known"] * 2
        assert Parcel.objects.count() == 3

    @pytest.mark.parametrize("what", ["address", "part", "request", "number", "unseen"])
    def test_what_changed_meanwhile_is_refused_by_itself(self, carol, what):
        moved, other = make_order(quantity=3, status="paid"), make_order(status="paid")
        lines = lines_of(moved, other)
        seen = [each.parcel.mark for each in parcel_lists.look(lines)]
        if what == "address":
            addresses.change_address(order_id=moved.pk, place=ELSEWHERE)
        elif what == "part":
            ship(moved, {moved.items.get(): 1}, tracking_number="SF9999999999999")
        elif what == "request":
            make_request(moved.items.get())
        elif what == "number":
            lines[0] = Line(1, moved.number, "sf", number(7))
        else:
            del seen[0]
        done = parcel_lists.send(lines, seen=seen, by_id=carol.pk)
        word = "request_open" if what == "request" else "line_moved"
        assert words(done) == [word, "ready"]
        assert [each.is_sent for each in done] == [False, True]

    def test_what_moves_between_looking_and_sending_a_line(self, carol, monkeypatch):
        """The look is of a moment ago; the order's own guards decide."""
        orders = [make_order(status="paid") for _ in range(2)]
        lines = lines_of(*orders)
        looked = parcel_lists.look(lines)
        looks = iter([lambda _lines: looked])
        real = parcel_lists.look
        monkeypatch.setattr(parcel_lists, "look", lambda x: next(looks, real)(x))
        make_request(orders[0].items.get())
        seen = [each.parcel.mark for each in looked]
        done = parcel_lists.send(lines, seen=seen, by_id=carol.pk)
        assert words(done) == ["request_open", "ready"]
        assert Parcel.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_send_one_list_at_once_send_it_once():
    carol = staff("orders").user
    orders = [make_order(status="paid") for _ in range(3)]
    lines = lines_of(*orders)
    seen = [each.parcel.mark for each in parcel_lists.look(lines)]
    done = at_once(*[lambda: parcel_lists.send(lines, seen=seen, by_id=carol.pk)] * 2)
    sent = [line.is_sent for outcomes in done for line in outcomes]
    assert sum(sent) == Parcel.objects.count() == 3


@pytest.mark.django_db
class TestPage:
    @pytest.fixture
    def carol(self):
        return staff("orders")

    def test_looks_first_then_ships(self, carol):
        orders = [make_order(status="paid") for _ in range(2)]
        page = carol.post(PAGE, typed(*orders))
        assert states(page) == ["ready", "ready"]
        assert not Parcel.objects.exists()
        done = carol.post(PAGE, applied(page, *orders))
        assert (done.status_code, done["Location"]) == (302, ORDERS)
        assert "2 orders shipped." in carol.get(ORDERS).text
        assert Order.objects.filter(status="shipped").count() == 2
        assert "SF1234567890001" in carol.get(f"{ORDERS}{orders[0].pk}/history/").text

    def test_what_is_refused_stays_to_be_put_right(self, carol):
        good, late = make_order(status="paid"), make_order(status="paid")
        page = carol.post(PAGE, typed(good, late))
        ship_all(late)
        done = carol.post(PAGE, applied(page, good, late))
        assert done.status_code == 200
        assert "1 order shipped." in done.text
        assert states(done) == ["already_shipped"]
        assert f'href="{ORDERS}{late.pk}/change/"' in done.text
        assert 'data-test="apply"' not in done.text
        area = done.text.split("<textarea")[1].split("</textarea>")[0]
        assert late.number in area
        assert good.number not in area

    def test_a_file_is_looked_at_and_kept_in_the_form(self, carol):
        order = make_order(status="paid")
        file = SimpleUploadedFile("x.csv", typed(order)["lines"].encode())
        page = carol.post(PAGE, {"lines": "", "file": file})
        assert states(page) == ["ready"]
        assert order.number in page.text.split("<textarea")[1].split("</textarea>")[0]

    def test_the_chosen_orders_are_put_on_the_list(self, carol):
        late, paid = make_order(status="paid"), make_order(status="paid")
        gone = make_order(status="shipped")
        assert 'value="ship_chosen"' in carol.get(ORDERS).text
        chosen = [gone.pk, paid.pk, late.pk]
        page = carol.post(ORDERS, {"action": "ship_chosen", "_selected_action": chosen})
        rows = [(x["data-number"], x["data-state"]) for x in marked(page, "ship-line")]
        assert rows == [
            (late.number, "line_unclear"),
            (paid.number, "line_unclear"),
            (gone.number, "already_shipped"),
        ]
        # They lack something, and nothing is wrong with them.
        assert marked(page, "unclear")[0]["data-count"] == "2"
        assert marked(page, "refused")[0]["data-count"] == "1"
        assert "0 orders can be shipped" not in page.text
        assert f"{paid.items.get().code} × 1" in page.text

    @pytest.mark.parametrize("lines", ["", "Order number, carrier, number", ",,"])
    @pytest.mark.parametrize("more", [{}, {"apply": "yes"}])
    def test_nothing_typed_is_said(self, carol, lines, more):
        page = carol.post(PAGE, {"lines": lines, **more})
        assert "There is no line in it." in alerts(page)
        assert carol.get(PAGE).status_code == 200

    def test_says_how_many_lines_ship_nothing(self, carol):
        good, done = make_order(status="paid"), make_order(status="shipped")
        page = carol.post(PAGE, typed(good, done))
        assert marked(page, "refused")[0]["data-count"] == "1"
        assert not marked(carol.post(PAGE, typed(good)), "refused")

    def test_an_endless_number_is_shown_in_short(self, carol):
        [row] = marked(carol.post(PAGE, {"lines": "9" * 5000}), "ship-line")
        assert (row["data-state"], len(row["data-number"])) == ("unknown_order", 40)

    def test_a_second_click_says_that_it_is_done(self, carol):
        order = make_order(status="paid")
        page = carol.post(PAGE, typed(order))
        for expected in (302, 200):
            done = carol.post(PAGE, applied(page, order))
            assert done.status_code == expected
        assert states(done) == ["parcel_known"]
        assert Parcel.objects.count() == 1

    @pytest.mark.parametrize("role", ["catalogue", "support", "readonly"])
    def test_who_may_not_ship_has_none_of_it(self, role):
        client, order = staff(role), make_order(status="paid")
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, typed(order)).status_code == 403
        listed = client.get(ORDERS).content.decode()
        assert "ship_chosen" not in listed
        assert "ship-many" not in listed
        chosen = {"action": "ship_chosen", "_selected_action": [order.pk]}
        assert "ship-line" not in client.post(ORDERS, chosen).content.decode()
