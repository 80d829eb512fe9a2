"""Requests after paying: what each kind does, and to whom (rows F6, F11, F12, F13)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from accounts.models import Wallet
from catalog.models import StockEntry, Variant
from catalog.tests.factories import make_product, make_variant
from orders import timeline
from orders.models import AfterSale, OrderEvent, OrderItem, Refund
from orders.refusals import (
    AlreadyReceived,
    CannotCorrect,
    CannotShip,
    NothingToAskFor,
    OverPurchaseLimit,
    RequestMoved,
    RequestOpen,
)
from orders.services.settling import settle_order
from orders.states import OrderStatus
from orders.tests.after_sale_factories import (
    RESTOCK,
    SCRAP,
    agree,
    confirm,
    correct_return,
    make_request,
    miss,
    refuse,
    replace,
    send_back,
    withdraw,
)
from orders.tests.factories import (
    make_order,
    pay_from_balance,
    receive,
    ship,
    ship_all,
)
from shop import audit, clock
from shop.models import JournalEntry, OutgoingMessage

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def still():
    """All of a test happens at one moment, unless it says otherwise."""
    with clock.at(clock.now()):
        yield


@pytest.fixture
def clean():
    yield
    assert list(audit.findings()) == []


def items_of(order):
    return list(order.items.order_by("pk"))


def stock_of(item):
    return Variant.objects.values_list("stock", flat=True).get(pk=item.variant_id)


def kinds_of(order):
    return list(order.events.order_by("at", "pk").values_list("kind", flat=True))


def fresh(row):
    row.refresh_from_db()
    return row


def received(alice, quantity=1, **changes):
    order = make_order(alice, make_product(**changes), quantity, status="completed")
    return order, order.items.get()


@pytest.mark.usefixtures("clean")
class TestBeforeShipping:
    def test_all_of_it_closes_the_order_and_gives_all_back(self, alice):
        order = make_order(alice, make_product(price="40.00", stock=5), 2)
        pay_from_balance(order)
        before = Wallet.objects.get(user=alice).balance
        item = order.items.get()
        left = stock_of(item)
        request = make_request(item, state="refunded")
        call_command("run_due")
        assert request.amount == order.total_amount
        assert request.freight_amount == order.freight_amount > 0
        assert fresh(order).status == OrderStatus.CLOSED
        assert order.close_reason == "refunded_in_full"
        assert (fresh(item).status, item.cancelled_quantity) == ("refunded", 2)
        assert Wallet.objects.get(user=alice).balance == before + order.total_amount
        assert stock_of(item) == left + 2
        told = ["request_opened", "request_granted", "closed", "refunded"]
        assert kinds_of(order)[-4:] == told

    def test_one_item_of_two_ships_and_completes_the_rest(self, alice):
        order = make_order(alice, [make_product(), make_product()], status="paid")
        first, second = items_of(order)
        request = make_request(first, state="refunded")
        assert (request.amount, request.freight_amount) == (first.amount, 0)
        assert fresh(order).status == OrderStatus.PAID
        ship_all(order)
        assert order.status == OrderStatus.SHIPPED
        receive(second)
        assert fresh(order).status == OrderStatus.COMPLETED

    def test_some_units_of_an_item(self, alice):
        order = make_order(alice, make_product(price="10.00"), 3, status="paid")
        item = order.items.get()
        make_request(item, 1, state="refunded")
        assert fresh(item).unshipped_quantity == 2
        ship(order, {item: 1})
        assert fresh(item).status == "partly_shipped"
        make_request(item, 1, state="refunded")
        # The rest of it is sent; so is the order, and its timer starts now.
        assert fresh(item).status == "shipped"
        assert fresh(order).status == OrderStatus.SHIPPED
        assert order.receive_by == clock.now() + 10 * DAY
        receive(item)
        assert fresh(order).status == OrderStatus.COMPLETED
        assert fresh(item.product).sales_count == 1

    def test_the_last_of_a_partly_shipped_order_completes_it(self, alice):
        order = make_order(
            alice, [make_product(), make_product()], status="partly_shipped"
        )
        first, second = items_of(order)
        receive(first)
        make_request(second, state="refunded")
        assert fresh(order).status == OrderStatus.COMPLETED

    def test_an_open_one_keeps_its_item_from_being_sent_and_no_other(self, alice):
        order = make_order(alice, [make_product(), make_product()], status="paid")
        first, second = items_of(order)
        request = make_request(first)
        with pytest.raises(CannotShip):
            ship(order, {first: 1, second: 1})
        assert fresh(second).shipped_quantity == 0
        ship(order, {second: 1})
        withdraw(request)
        ship(order, {first: 1})
        assert order.status == OrderStatus.SHIPPED

    def test_scrapped_units_leave_the_ledger_with_their_reason(self, alice):
        order = make_order(alice, make_product(stock=5), 2, status="paid")
        item = order.items.get()
        agree(make_request(item, 1), SCRAP)
        assert stock_of(item) == 3
        entry = StockEntry.objects.get(kind="scrapped")
        assert entry.change == -1
        assert entry.reason == f"{order.number}: broken glass"

    def test_an_unpaid_or_closed_order_has_nothing_to_give(self, alice):
        for status in ("pending_payment", "closed"):
            item = make_order(alice, make_product(), status=status).items.get()
            with pytest.raises(NothingToAskFor):
                make_request(item, 1, kind="refund_only")


@pytest.mark.usefixtures("clean")
class TestAfterShipping:
    def test_the_money_goes_back_and_the_goods_stay(self, alice):
        order = make_order(alice, make_product(stock=5), status="shipped")
        item = order.items.get()
        request = make_request(item, state="refunded")
        assert request.amount == item.amount
        assert request.freight_amount == 0
        assert stock_of(item) == 4
        assert fresh(order).status == OrderStatus.CLOSED
        assert not hasattr(item, "review")

    @pytest.mark.parametrize(
        ("fate", "left", "moves"),
        [(RESTOCK, 4, ["returned"]), (SCRAP, 2, ["returned", "scrapped"])],
    )
    def test_a_parcel_that_comes_back_is_put_away_and_no_money_moves(
        self, alice, fate, left, moves
    ):
        order = make_order(alice, make_product(stock=5), 3, status="shipped")
        item = order.items.get()
        request = make_request(item, 2, state="refunded")
        paid_back = list(Refund.objects.values())
        request = confirm(request, fate)
        assert stock_of(item) == left
        came = StockEntry.objects.filter(reason__startswith=order.number)
        kinds = came.exclude(kind="order").order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == moves
        assert list(Refund.objects.values()) == paid_back
        assert (request.goods, request.goods_reason) == (fate.goods, fate.reason)
        assert request.arrived_at == clock.now()
        assert request.events.get(kind="goods_came_back").by is not None
        assert fresh(order).status == OrderStatus.SHIPPED
        with pytest.raises(RequestMoved):
            confirm(request, fate)

    def test_one_that_never_comes_leaves_the_list_and_moves_nothing(self, alice):
        order = make_order(alice, make_product(stock=5), 3, status="shipped")
        item = order.items.get()
        request = miss(make_request(item, 2, state="refunded"))
        assert (request.goods, request.arrived_at) == ("missing", None)
        assert not AfterSale.objects.waiting_for_staff("parcel").exists()
        assert stock_of(item) == 2
        assert request.events.get(kind="goods_missing").by is not None
        call_command("audit")
        with pytest.raises(RequestMoved):
            miss(request)
        # It comes after all.
        assert confirm(request).goods == "restocked"
        assert stock_of(item) == 4
        call_command("audit")
        with pytest.raises(RequestMoved):
            miss(request)

    def test_a_return_that_the_clock_refunded_may_never_come(self, alice):
        item = make_order(alice, make_product(), status="completed").items.get()
        request = make_request(item, state="returning")
        with pytest.raises(RequestMoved):
            miss(request)
        with clock.at(request.decide_by):
            settle_order(item.order_id)
        assert AfterSale.objects.waiting_for_staff("goods").exists()
        miss(request)
        assert not AfterSale.objects.waiting_for_staff("goods").exists()

    def test_what_is_not_refunded_has_nothing_to_put_away(self, alice):
        request = make_request(make_order(alice, status="shipped").items.get())
        for asked in (request, withdraw(request)):
            with pytest.raises(RequestMoved):
                confirm(asked)

    def test_part_of_it_counts_the_rest_as_sold(self, alice):
        order = make_order(alice, make_product(), 3, status="shipped")
        item = order.items.get()
        make_request(item, 2, state="refunded")
        assert fresh(order).status == OrderStatus.SHIPPED
        receive(item)
        item.product.refresh_from_db()
        assert item.product.sales_count == 1

    def test_an_open_one_stops_receipt_and_its_timer(self, alice):
        order = make_order(alice, make_product(), status="shipped")
        item = order.items.get()
        at = order.shipped_at + 9 * DAY
        with clock.at(at):
            request = make_request(item)
            with pytest.raises(RequestOpen):
                receive(item)
        with clock.at(at + 2 * DAY):
            call_command("run_due")
            assert fresh(order).status == OrderStatus.SHIPPED
            refuse(request)
            assert fresh(order).receive_by == at + 3 * DAY
        with clock.at(at + 3 * DAY):
            call_command("run_due")
            assert fresh(order).status == OrderStatus.COMPLETED

    def test_a_request_one_second_before_the_deadline_stops_it(self, alice):
        order = make_order(alice, make_product(), status="shipped")
        with clock.at(order.receive_by - SECOND):
            request = make_request(order.items.get())
            assert fresh(order).receipt_left == SECOND
        with clock.at(request.requested_at + DAY):
            withdraw(request)
            assert fresh(order).receive_by == clock.now() + SECOND

    def test_at_the_deadline_it_is_received_and_can_be_returned(self, alice):
        order = make_order(alice, make_product(), status="shipped")
        with clock.at(order.receive_by), pytest.raises(NothingToAskFor):
            make_request(order.items.get())
        assert order.items.get().status == "received"

    def test_the_timer_waits_for_the_last_of_two(self, alice):
        order = make_order(alice, [make_product(), make_product()], status="shipped")
        first, second = (make_request(item) for item in items_of(order))
        withdraw(first)
        assert fresh(order).receive_by is None
        withdraw(second)
        assert fresh(order).receive_by

    def test_an_order_whose_last_parcel_leaves_meanwhile_starts_frozen(self, alice):
        order = make_order(
            alice, [make_product(), make_product()], status="partly_shipped"
        )
        first, second = items_of(order)
        request = make_request(first)
        ship(order, {second: 1})
        assert (order.receive_by, order.receipt_left) == (None, 10 * DAY)
        withdraw(request)
        assert fresh(order).receive_by


@pytest.mark.usefixtures("clean")
class TestReturn:
    def test_from_the_wish_to_the_money(self, alice):
        order, item = received(alice, 2, stock=5)
        before = fresh(item.product).sales_count
        request = make_request(item)
        assert request.kind == "return_and_refund"
        request = agree(request)
        assert request.state == "return_goods"
        assert request.decide_by == clock.now() + 7 * DAY
        request = send_back(request)
        assert request.state == "returning"
        assert request.decide_by == clock.now() + 10 * DAY
        request = confirm(request)
        assert (request.state, request.goods) == ("refunded", "restocked")
        assert request.amount == item.amount
        assert stock_of(item) == 5
        assert fresh(item.product).sales_count == before - 2
        assert (fresh(item).status, item.received_at is not None) == ("refunded", True)
        assert fresh(order).status == OrderStatus.COMPLETED

    def test_a_part_stays_received(self, alice):
        _order, item = received(alice, 3)
        make_request(item, 1, state="refunded")
        assert (fresh(item).status, item.kept_quantity) == ("received", 2)
        assert fresh(item.product).sales_count == 2
        make_request(item, state="refunded")
        assert fresh(item).status == "refunded"
        assert item.refunded_amount == item.amount

    def test_scrapped(self, alice):
        order, item = received(alice, stock=5)
        request = confirm(make_request(item, state="returning"), SCRAP)
        assert stock_of(item) == 4
        assert request.goods_reason == "broken glass"
        moves = StockEntry.objects.filter(reason__startswith=order.number)
        assert list(moves.order_by("pk").values_list("kind", "change")) == [
            ("order", -1),
            ("returned", 1),
            ("scrapped", -1),
        ]

    def test_goods_without_a_seven_day_return_come_back_for_a_fault_only(self, alice):
        _order, item = received(alice, has_seven_day_return=False)
        with pytest.raises(NothingToAskFor):
            make_request(item)
        assert make_request(item, is_faulty=True).is_faulty

    def test_the_wrong_goods_may_still_be_refused(self, alice):
        _order, item = received(alice)
        request = refuse(make_request(item, state="returning"), "An empty box")
        assert (request.state, request.refusal) == ("refused", "An empty box")
        with pytest.raises(RequestMoved):
            confirm(request)

    def test_its_number_is_corrected_once(self, alice):
        order, item = received(alice)
        request = make_request(item, state="returning")
        corrected = correct_return(request)
        assert corrected.return_number == "SF1234567890199"
        assert corrected.decide_by == request.decide_by
        event = order.events.get(kind="number_corrected")
        assert (event.actor, event.after_sale) == (OrderEvent.Actor.BUYER, request)
        assert event.detail == "sf SF1234567890123 > sf SF1234567890199"
        sentence = timeline.sentence_of(event)
        assert "SF1234567890123" in sentence
        assert "SF1234567890199" in sentence
        with pytest.raises(CannotCorrect):
            correct_return(corrected, "SF1234567890200")

    @pytest.mark.parametrize("state", ["return_goods", "refunded"])
    def test_it_is_not_corrected_before_or_after(self, alice, state):
        _order, item = received(alice)
        with pytest.raises(CannotCorrect):
            correct_return(make_request(item, state=state))

    def test_goods_under_way_cannot_be_withdrawn(self, alice):
        _order, item = received(alice)
        request = make_request(item, state="return_goods")
        send_back(request)
        with pytest.raises(RequestMoved):
            withdraw(request)


@pytest.mark.usefixtures("clean")
class TestExchange:
    def test_ends_with_a_replacement_that_counts_for_no_item(self, alice):
        order, item = received(alice, stock=5)
        with clock.at(item.received_at + 8 * DAY):
            request = make_request(item, state="returning")
            with pytest.raises(RequestMoved):
                replace(request)
            request = replace(confirm(request, SCRAP))
        assert (request.state, request.amount) == ("exchanged", 0)
        assert request.replacement_number
        assert stock_of(item) == 3
        assert not Refund.objects.exists()
        assert fresh(item).status == "received"
        assert order.parcels.count() == 1
        assert fresh(item.product).sales_count == 1

    def test_needs_a_warranty(self, alice):
        _order, item = received(alice, warranty_months=0)
        with clock.at(item.received_at + 8 * DAY), pytest.raises(NothingToAskFor):
            make_request(item, 1, kind="exchange")

    def test_one_that_is_late_is_flagged_and_goes_on(self, alice):
        order, item = received(alice)
        with clock.at(item.received_at + 8 * DAY):
            request = make_request(item, state="returning")
        due_at = request.decide_by
        with clock.at(due_at - SECOND):
            call_command("run_due")
            assert fresh(request).flagged_at is None
        with clock.at(due_at + DAY):
            call_command("run_due")
            assert (fresh(request).flagged_at, request.state) == (due_at, "returning")
            assert list(AfterSale.objects.flagged()) == [request]
            replace(confirm(request))
        assert "return_overdue" in kinds_of(order)


class TestOneAnItem:
    def test_a_second_one_is_refused(self, alice):
        item = make_order(alice, make_product(), 3, status="paid").items.get()
        make_request(item, 1)
        with pytest.raises(RequestOpen):
            make_request(item, 1)

    def test_the_database_refuses_it_too(self, alice):
        item = make_order(alice, make_product(), 3, status="paid").items.get()
        request = make_request(item, 1)
        request.pk = None
        with pytest.raises(IntegrityError):
            request.save(force_insert=True)

    def test_after_a_refusal_one_may_ask_again(self, alice):
        item = make_order(alice, make_product(), status="paid").items.get()
        make_request(item, state="refused")
        assert make_request(item).is_open


class TestWindows:
    """One second before, at, and after; each is of the day of receipt."""

    @pytest.mark.parametrize(
        ("after", "kind"),
        [
            (timedelta(0), "return_and_refund"),
            (7 * DAY - SECOND, "return_and_refund"),
            (7 * DAY, "exchange"),
            (15 * DAY - SECOND, "exchange"),
            (15 * DAY, None),
            (15 * DAY + SECOND, None),
        ],
    )
    def test_what_may_be_asked_for(self, alice, after, kind):
        _order, item = received(alice)
        with clock.at(item.received_at + after):
            if kind is None:
                with pytest.raises(NothingToAskFor):
                    make_request(item, 1, kind="exchange")
            else:
                assert make_request(item).kind == kind

    def test_a_later_change_of_the_rule_moves_nothing(self, alice):
        _order, item = received(alice)
        call_command("policy", "after_sale_days", "30")
        with clock.at(item.received_at + 7 * DAY):
            assert make_request(item).kind == "exchange"


#: before which state, what it waits for, the state after, who did it
DEADLINES = [
    ("paid", "requested", timedelta(hours=48), "refunded"),
    ("shipped", "requested", 3 * DAY, "refunded"),
    ("completed", "requested", 3 * DAY, "return_goods"),
    ("completed", "return_goods", 7 * DAY, "closed"),
    ("completed", "returning", 10 * DAY, "refunded"),
]


@pytest.mark.usefixtures("clean")
class TestDeadlines:
    @pytest.mark.parametrize("how", ["run", "look"])
    @pytest.mark.parametrize(("status", "state", "time", "then"), DEADLINES)
    def test_one_second_before_at_and_after(
        self, alice, as_alice, how, status, state, time, then
    ):
        order = make_order(alice, make_product(), status=status)
        request = make_request(order.items.get(), state=state)
        assert request.decide_by == clock.now() + time
        due_at = request.decide_by
        with clock.at(due_at - SECOND):
            self.do(how, as_alice, order)
            assert fresh(request).state == state
        late = due_at + 2 * SECOND
        with clock.at(late):
            self.do(how, as_alice, order)
        assert fresh(request).state == then
        events = request.events.filter(actor="system").exclude(kind="refunded")
        assert {event.at for event in events} == {due_at}

    def do(self, how, client, order):
        if how == "run":
            call_command("run_due")
        else:
            assert client.get(f"/orders/{order.number}/").status_code == 200

    def test_a_rule_changed_meanwhile_moves_nothing(self, alice):
        order = make_order(alice, make_product(), status="paid")
        request = make_request(order.items.get())
        call_command("policy", "refund_unsent_hours", "1")
        with clock.at(request.requested_at + 47 * timedelta(hours=1)):
            call_command("run_due")
        assert fresh(request).state == "requested"

    def test_one_late_run_ends_where_many_punctual_ones_do(self, alice, bob):
        ends = []
        for buyer, steps in ((alice, 1), (bob, 30)):
            order = make_order(
                buyer, [make_product(), make_product()], status="shipped"
            )
            first, _second = items_of(order)
            make_request(first)
            for step in range(1, steps + 1):
                with clock.at(order.shipped_at + 30 * DAY * step / steps):
                    call_command("run_due")
            fresh(order)
            ends.append(
                [
                    (event.kind, event.at - order.shipped_at)
                    for event in order.events.order_by("at", "pk")
                    # When the gateway is asked depends on when somebody runs.
                    if event.at > order.shipped_at and event.kind != "refunded"
                ]
            )
        assert ends[0] == ends[1]
        assert ends[0][-1] == ("completed", 13 * DAY)

    def test_goods_that_the_clock_refunded_are_put_away_later(self, alice):
        _order, item = received(alice, stock=5)
        request = make_request(item, state="returning")
        with clock.at(request.decide_by):
            call_command("run_due")
            assert fresh(request).state == "refunded"
            assert request.goods_wait
            assert stock_of(item) == 4
            confirm(request, RESTOCK)
        assert stock_of(item) == 5
        with pytest.raises(RequestMoved):
            confirm(request)


class TestWords:
    def test_the_buyer_hears_in_the_language_of_the_order(self, alice):
        order = make_order(alice, make_product(), status="shipped", language="en")
        OutgoingMessage.objects.all().delete()
        refuse(make_request(order.items.get()), "It was opened")
        message = OutgoingMessage.objects.get()
        assert (message.kind, message.language) == ("request_refused", "en")

    def test_staff_deeds_on_money_are_in_the_journal(self, alice):
        item = make_order(alice, make_product(), status="paid").items.get()
        make_request(item, state="refunded")
        entry = JournalEntry.objects.get(kind="refund_decided")
        assert entry.object_name == item.order.number

    def test_who_why_and_when_stand_in_the_history(self, alice):
        order = make_order(alice, make_product(), status="paid")
        request = make_request(order.items.get(), reason="Too big", state="refunded")
        opened = order.events.get(kind="request_opened")
        assert (opened.actor, opened.detail) == ("buyer", "Too big")
        assert opened.after_sale == request
        granted = order.events.get(kind="request_granted")
        assert granted.by is not None
        assert order.events.get(kind="closed").actor == OrderEvent.Actor.STAFF


class TestTwice:
    def test_a_decided_request_is_decided(self, alice):
        item = make_order(alice, make_product(), status="paid").items.get()
        request = make_request(item, state="refunded")
        for again in (agree, refuse, withdraw, send_back, confirm, replace):
            with pytest.raises(RequestMoved):
                again(request)
        assert Refund.objects.count() == 1

    def test_a_refunded_item_is_not_received(self, alice):
        order = make_order(alice, [make_product(), make_product()], status="shipped")
        first, _second = items_of(order)
        make_request(first, state="refunded")
        with pytest.raises(AlreadyReceived):
            receive(first)


class TestConstraints:
    @pytest.mark.parametrize(
        "columns",
        [
            {"state": "refunded"},
            {"open_item": None},
            {"state": "exchanged", "open_item": None, "finished_at": clock.now()},
            {"quantity": 0},
            {"amount": Decimal("-0.01")},
            {"freight_amount": Decimal("99999.00")},
            {"kind": "exchange"},
            {"kind": "return_and_refund"},
            {"goods": "scrapped"},
            {"goods": "missing"},
            {"state": "returning", "kind": "return_and_refund"},
            {"return_corrected_at": clock.now()},
        ],
    )
    def test_requests(self, alice, columns):
        item = make_order(alice, make_product(), status="paid").items.get()
        request = make_request(item)
        with pytest.raises(IntegrityError):
            AfterSale.objects.filter(pk=request.pk).update(**columns)

    @pytest.mark.parametrize(
        "columns",
        [
            {"refunded_quantity": 3},
            {"refunded_amount": Decimal("99999.00")},
            {"cancelled_quantity": 1},
            {"status": "refunded"},
        ],
    )
    def test_items(self, alice, columns):
        item = make_order(alice, make_product(), 2, status="paid").items.get()
        with pytest.raises(IntegrityError):
            OrderItem.objects.filter(pk=item.pk).update(**columns)

    def test_a_request_is_refunded_once(self, alice):
        item = make_order(alice, make_product(), status="paid").items.get()
        make_request(item, state="refunded")
        refund = Refund.objects.get()
        refund.pk = None
        with pytest.raises(IntegrityError):
            refund.save(force_insert=True)


def test_variants_of_one_product_are_asked_about_alone(alice):
    product = make_product()
    other = make_variant(product=product)
    order = make_order(
        alice, [product.variants.order_by("pk").first(), other], status="paid"
    )
    first, second = items_of(order)
    make_request(first)
    make_request(second)
    assert AfterSale.objects.open().count() == 2


def test_what_was_refunded_counts_for_no_purchase_limit(alice):
    call_command("policy", "purchase_limit", "2")
    product = make_product()
    item = make_order(alice, product, 2, status="paid").items.get()
    with pytest.raises(OverPurchaseLimit):
        make_order(alice, product)
    make_request(item, 1, state="refunded")
    assert make_order(alice, product).items.get().quantity == 1
