"""Parcels, their numbers and scan lines; shipping in time; where an order goes."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.tests.factories import make_carol, make_place
from catalog.tests.factories import make_product
from orders import timeline
from orders.models import (
    AfterSale,
    Carrier,
    EventAddress,
    Order,
    OrderEvent,
    Parcel,
    ParcelScan,
    ScanKind,
)
from orders.personal import make_nameless, orders_of
from orders.refusals import (
    AddressFixed,
    AddressMoved,
    AddressUsedUp,
    CannotCorrect,
    CannotShip,
    NothingToShip,
    ParcelKnown,
    RemindedAlready,
)
from orders.services import addresses, ship_reminders, shipping, tracking
from orders.states import OrderStatus
from orders.tests.factories import make_order, pay, receive, ship, ship_all
from shop import clock, policy
from shop.models import OutgoingMessage

pytestmark = pytest.mark.django_db

NEW_NUMBER = "YT1234567890123"
ELSEWHERE = make_place(recipient="Elsewhere", street="New Road 9")
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def paid(alice):
    return make_order(alice, make_product(), quantity=3, status="paid", language="en")


@pytest.fixture
def parcel(paid):
    return ship_all(paid)


@pytest.fixture
def carol(db):
    return make_carol()


def correct(parcel, by, number=NEW_NUMBER, carrier=Carrier.YTO):
    shipping.correct_number(
        parcel=parcel, carrier=carrier, tracking_number=number, by_id=by.pk
    )
    parcel.refresh_from_db()


def move(order, place=ELSEWHERE):
    changed = addresses.change_address(order_id=order.pk, place=place)
    order.refresh_from_db()
    return changed


def remind(order):
    ship_reminders.remind_to_ship(order_id=order.pk)
    order.refresh_from_db()


def texts(kind):
    rows = OutgoingMessage.objects.filter(kind=kind)
    return list(rows.values_list("stored_text", flat=True))


class TestShippingByItsMoment:
    def test_is_copied_at_payment_and_stays(self, alice):
        policy.change("ship_hours", "24")
        order = make_order(alice)
        assert order.ship_by is None
        pay(order)
        assert order.ship_by == order.paid_at + timedelta(hours=24)
        policy.change("ship_hours", "1")
        order.refresh_from_db()
        assert order.ship_by == order.paid_at + timedelta(hours=24)

    @pytest.mark.parametrize(("after", "is_late"), [(-SECOND, False), (0 * HOUR, True)])
    def test_is_late_from_that_second_on(self, paid, after, is_late):
        moment = paid.ship_by + after
        assert paid.is_overdue_to_ship(moment) is is_late
        assert Order.objects.overdue_to_ship(moment).exists() is is_late

    def test_a_part_that_left_does_not_end_it_the_last_one_does(self, paid):
        ship(paid, {paid.items.get(): 1})
        assert Order.objects.overdue_to_ship(paid.ship_by).exists()
        ship_all(paid)
        assert not Order.objects.overdue_to_ship(paid.ship_by).exists()
        assert not paid.is_overdue_to_ship(paid.ship_by)

    def test_no_paid_order_is_without_it(self, paid, alice):
        unpaid = make_order(alice)
        for row, columns in (
            (paid, {"ship_by": None}),
            (unpaid, {"ship_by": clock.now()}),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Order.objects.filter(pk=row.pk).update(**columns)


class TestOneParcelANumber:
    def test_a_second_click_makes_no_second_parcel(self, paid):
        item = paid.items.get()
        ship(paid, {item: 1}, tracking_number="SF0000000001")
        with pytest.raises(ParcelKnown):
            ship(paid, {item: 1}, tracking_number="SF0000000001")
        item.refresh_from_db()
        assert item.shipped_quantity == 1

    def test_nor_does_who_writes_past_the_service(self, parcel):
        with pytest.raises(IntegrityError), transaction.atomic():
            Parcel.objects.create(
                order=parcel.order,
                carrier=parcel.carrier,
                tracking_number=parcel.tracking_number,
                sent_at=clock.now(),
            )

    def test_another_order_may_go_in_the_same_parcel(self, alice, parcel):
        other = ship_all(make_order(alice, status="paid"))
        assert other.tracking_number == parcel.tracking_number


class TestCorrection:
    def test_says_so_in_the_history_and_to_the_buyer(self, parcel, carol):
        correct(parcel, carol)
        assert (parcel.carrier, parcel.tracking_number) == ("yto", NEW_NUMBER)
        event = parcel.order.events.get(kind="number_corrected")
        assert (event.actor, event.by) == ("staff", carol)
        sentence = timeline.sentence_of(event)
        assert "SF1234567890" in sentence
        assert NEW_NUMBER in sentence
        [text] = texts("number_corrected")
        assert "YTO Express" in text
        assert NEW_NUMBER in text
        call_command("audit")

    def test_is_possible_once(self, parcel, carol):
        correct(parcel, carol)
        with pytest.raises(CannotCorrect):
            correct(parcel, carol, "YT9999999999999")
        assert parcel.order.events.filter(kind="number_corrected").count() == 1

    def test_each_parcel_has_its_own(self, paid, carol):
        first = ship(paid, {paid.items.get(): 1})
        second = ship_all(paid)
        correct(first, carol)
        correct(second, carol, "YT9999999999999")
        assert Parcel.objects.filter(corrected_at__isnull=False).count() == 2
        call_command("audit")

    def test_not_to_the_number_of_the_other_parcel(self, paid, carol):
        first = ship(paid, {paid.items.get(): 1})
        second = ship_all(paid)
        with pytest.raises(ParcelKnown):
            correct(second, carol, first.tracking_number, Carrier.SF)

    def test_not_once_all_is_received(self, parcel, carol):
        receive(parcel.order.items.get())
        with pytest.raises(CannotCorrect):
            correct(parcel, carol)
        assert not texts("number_corrected")

    def test_forgets_what_was_heard_of_the_wrong_number(self, parcel, carol):
        scan = tracking.Scan(clock.now(), ScanKind.SIGNED, "of a stranger's parcel")
        tracking.note_heard(parcel, [scan])
        tracking.note_scan(
            parcel=parcel, kind=ScanKind.MOVING, text="seen", by_id=carol.pk
        )
        Parcel.objects.update(ask_at=None)
        correct(parcel, carol)
        assert [scan.text for scan in parcel.scans.all()] == ["seen"]
        assert parcel.ask_at is not None

    def test_an_answer_about_the_wrong_number_comes_too_late(self, parcel, carol):
        asked = Parcel.objects.select_related("order").get(pk=parcel.pk)
        correct(parcel, carol)
        scan = tracking.Scan(clock.now(), ScanKind.SIGNED, "of a stranger's parcel")
        tracking._take(asked, [scan], clock.now())
        assert not parcel.scans.exists()


class TestScans:
    def test_staff_write_what_the_courier_says_and_nothing_moves(self, parcel, carol):
        tracking.note_scan(
            parcel=parcel, kind=ScanKind.SIGNED, text="本人签收", by_id=carol.pk
        )
        assert parcel.scans.get().by == carol
        order = Order.objects.get()
        assert order.status == "shipped"
        assert order.items.get().received_at is None
        assert not order.events.filter(kind="received").exists()

    def test_the_same_line_stands_once(self, parcel):
        scan = tracking.Scan(clock.now(), ScanKind.MOVING, "x" * 300)
        for _time in range(2):
            tracking.note_heard(parcel, [scan])
        assert len(parcel.scans.get().text) == 200
        with pytest.raises(IntegrityError), transaction.atomic():
            ParcelScan.objects.create(
                parcel=parcel,
                at=clock.now(),
                kind="moving",
                key=parcel.scans.get().key,
            )

    def test_letters_case_makes_another_line(self, parcel):
        now = clock.now()
        for text in ("hall a", "hall A"):
            tracking.note_heard(parcel, [tracking.Scan(now, ScanKind.MOVING, text)])
        assert parcel.scans.count() == 2


class TestReminder:
    def test_once_in_a_day_to_the_second(self, paid):
        now = clock.now()
        with clock.at(now):
            remind(paid)
        assert paid.ship_reminded_at == now
        with clock.at(now + 24 * HOUR - SECOND):
            assert not ship_reminders.can_be_reminded(paid)
            with pytest.raises(RemindedAlready):
                remind(paid)
        with clock.at(now + 24 * HOUR):
            assert ship_reminders.can_be_reminded(paid)
            remind(paid)
        assert paid.events.filter(kind="reminded", actor="buyer").count() == 2

    @pytest.mark.parametrize("status", OrderStatus)
    def test_only_while_something_is_to_be_sent(self, alice, status):
        order = make_order(alice, quantity=2, status=status)
        if status in ("paid", "partly_shipped"):
            remind(order)
            return
        assert not ship_reminders.can_be_reminded(order)
        with pytest.raises(NothingToShip):
            remind(order)
        assert not order.events.filter(kind="reminded").exists()


class TestAddress:
    def test_unpaid_as_often_as_one_likes_then_once(self, alice):
        order = make_order(alice)
        for street in ("Road 1", "Road 2"):
            assert move(order, replace(ELSEWHERE, street=street))
        pay(order)
        assert addresses.can_be_changed(order)
        assert move(order, replace(ELSEWHERE, street="Road 3"))
        assert not addresses.can_be_changed(order)
        with pytest.raises(AddressUsedUp):
            move(order, replace(ELSEWHERE, street="Road 4"))
        assert order.street == "Road 3"
        call_command("audit")

    def test_the_same_place_is_no_change(self, paid):
        place = replace(
            ELSEWHERE, **{name: str(getattr(paid, name)) for name in vars(ELSEWHERE)}
        )
        assert move(paid, place) is False
        assert paid.address_changed_at is None
        assert not paid.events.filter(kind="address_changed").exists()

    @pytest.mark.parametrize(
        "status", ["partly_shipped", "shipped", "completed", "closed"]
    )
    def test_not_once_something_has_left(self, alice, status):
        order = make_order(alice, quantity=2, status=status)
        with pytest.raises(AddressFixed):
            move(order)
        assert order.street != ELSEWHERE.street

    def test_not_of_an_order_whose_time_to_pay_is_over(self, alice):
        order = make_order(alice)
        with clock.at(order.pay_by), pytest.raises(AddressFixed):
            move(order)
        order.refresh_from_db()
        assert order.status == "closed"

    def test_both_addresses_stay_in_the_history_masked(self, paid):
        old_street = paid.street
        move(paid)
        [moment] = [m for m in timeline.of(paid) if m.event.kind == "address_changed"]
        old, new = moment.addresses
        assert (old.role, new.role) == ("old", "new")
        assert old_street in old.masked
        assert ELSEWHERE.street in new.masked
        assert ELSEWHERE.phone.removeprefix("+86") not in new.masked
        assert "****" in new.masked
        assert " → " in timeline.details_of(moment.event)

    def test_each_role_stands_once(self, paid):
        move(paid)
        old = EventAddress.objects.get(role="old")
        with pytest.raises(IntegrityError), transaction.atomic():
            EventAddress.objects.create(event=old.event, role="old")

    def test_a_parcel_packed_for_the_old_one_does_not_leave(self, paid, carol):
        mark = paid.address_mark
        move(paid)
        send = partial(
            shipping.ship,
            order_id=paid.pk,
            carrier=Carrier.SF,
            tracking_number="SF1234567890123",
            quantities={paid.items.get().pk: 1},
            by_id=carol.pk,
        )
        with pytest.raises(AddressMoved):
            send(address_mark=mark)
        assert send(address_mark=paid.address_mark)

    def test_goes_with_the_closed_account(self, paid):
        move(paid)
        [export] = orders_of(paid.user)
        assert export["addresses_before"][0]["phone"]
        parcel = ship_all(paid)
        note = tracking.Scan(clock.now(), ScanKind.SIGNED, "签收人：王小明")
        tracking.note_heard(parcel, [note])
        receive(paid.items.get())
        make_nameless(paid.user)
        assert not EventAddress.objects.exclude(recipient="").exists()
        assert not EventAddress.objects.exclude(phone="").exists()
        assert ParcelScan.objects.get().text == ""


#: Details as the deeds write them, where the sentence reads them.
DETAILS = {
    "shipped": "sf SF1234567890123",
    "number_corrected": "sf SF1234567890123 > yto YT1234567890123",
    "extended": "3",
    "resumed": "2026-12-01T12:00:00+00:00",
    "goods_sent_back": "zto 75123456789012",
    "replacement_sent": "jd JD0012345678901",
}


class TestTimeline:
    @pytest.mark.parametrize("kind", OrderEvent.Kind)
    def test_every_kind_has_its_sentence_whoever_did_it(self, kind, paid):
        said = timeline.SENTENCES[kind]
        for actor in said if isinstance(said, dict) else OrderEvent.Actor:
            event = OrderEvent(
                order=paid,
                kind=kind,
                actor=actor,
                after_sale=AfterSale(kind="refund_only"),
                detail=DETAILS.get(kind, ""),
                at=clock.now(),
            )
            sentence = timeline.sentence_of(event)
            assert "%(" not in sentence
            assert sentence not in ("", event.get_kind_display())

    def test_tells_why_and_names_the_item(self, paid):
        event = paid.events.create(
            kind="closed", actor="system", detail="timed_out", at=clock.now()
        )
        assert timeline.why_of(event) not in ("", "timed_out")
        item = paid.items.get()
        received = OrderEvent(
            order=paid, item=item, kind="received", actor="system", at=clock.now()
        )
        assert item.name_zh in timeline.sentence_of(received)

    @pytest.mark.parametrize(
        ("kind", "detail", "told"),
        [
            ("closed", "refunded_in_full", "Everything was refunded"),
            ("refunded", "to_balance", "into your balance"),
            ("refunded", "return_and_refund", "the way it came"),
        ],
    )
    def test_whoever_did_it_the_shop_s_own_reason_is_told_once(
        self, paid, kind, detail, told
    ):
        for actor in OrderEvent.Actor:
            event = OrderEvent(order=paid, kind=kind, actor=actor, detail=detail)
            with translation.override("en"):
                assert told in timeline.sentence_of(event)
            assert timeline.why_of(event) == ""

    def test_asks_as_many_questions_for_many(self, paid, connection_queries):
        counts = []
        for number in (2, 20):
            for _ in range(number):
                event = paid.events.create(
                    kind="address_changed", actor="buyer", at=clock.now()
                )
                for role in EventAddress.Role:
                    EventAddress.objects.create(event=event, role=role)
            counts.append(connection_queries(lambda: timeline.of(paid)))
        assert counts[0] == counts[1]


class TestAudit:
    def break_and_find(self, capsys, what):
        with pytest.raises(CommandError):
            call_command("audit")
        assert what in capsys.readouterr().out

    def test_a_parcel_of_an_order_that_has_not_left(self, paid, capsys):
        parcel = ship(paid, {paid.items.get(): 1})
        Order.objects.update(status="paid")
        self.break_and_find(capsys, f"parcel orders.Parcel {parcel.pk}")

    def test_an_order_that_left_without_one(self, paid, capsys):
        Order.objects.update(status="partly_shipped")
        self.break_and_find(capsys, f"parcel orders.Order {paid.pk}")

    def test_another_order_s_item_in_it(self, alice, parcel, capsys):
        other = make_order(alice, status="paid").items.get()
        parcel.lines.update(item=other)
        self.break_and_find(capsys, "parcel orders.ParcelLine")

    def test_a_correction_without_its_event(self, parcel, capsys):
        Parcel.objects.update(corrected_at=clock.now())
        self.break_and_find(capsys, f"corrected orders.Order {parcel.order_id}")

    def test_an_address_that_no_change_names(self, paid, capsys):
        move(paid)
        Order.objects.update(street="Nowhere 1")
        self.break_and_find(capsys, f"address orders.Order {paid.pk}")


def test_a_parcel_with_nothing_left_does_not_leave(parcel, carol):
    with pytest.raises(CannotShip):
        ship(parcel.order, {parcel.order.items.get(): 1})
