import itertools
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import WalletEntry
from accounts.refusals import InsufficientBalance, WrongPaymentPassword
from accounts.tests.factories import PAYMENT_PASSWORD, make_address, make_user
from catalog.models import Product, Variant
from catalog.services import OutOfStock
from catalog.tests.factories import make_product, make_variant
from orders.models import Order, OrderEvent, OrderItem, Parcel
from orders.next_event import Deed, NextEvent, next_event
from orders.refusals import (
    AlreadyPaid,
    AlreadyReceived,
    CannotShip,
    NotOnSale,
    NotShipped,
    OrderClosed,
    OverPurchaseLimit,
    TotalChanged,
)
from orders.services import closing, payment, receipt, receiving
from orders.states import MOVES, OrderStatus
from orders.tests.factories import (
    begin_payment,
    buyer,
    cancel,
    make_order,
    pay,
    receive,
    set_payment_password,
    ship,
    ship_all,
)
from shop import clock, due, policy, sms

pytestmark = pytest.mark.django_db

#: What a variant costs when its price went up.
DEARER = dict.fromkeys(("price", "regular_price", "list_price"), "101.00")

ALL = list(OrderStatus)


class TestPlacing:
    def test_takes_stock_and_writes_the_books(self):
        variant = make_product(stock=5, price="100.00").variants.get()
        order = make_order(lines=variant, quantity=2)
        assert order.status == OrderStatus.PENDING_PAYMENT
        assert order.goods_amount == Decimal("200.00")
        assert order.total_amount == order.goods_amount + order.freight_amount
        variant.refresh_from_db()
        assert variant.stock == 3
        assert variant.held_until == order.pay_by
        entry = variant.stock_entries.latest("pk")
        assert (entry.change, entry.stock_after, entry.reason) == (-2, 3, order.number)
        assert order.events.get().kind == "placed"
        call_command("audit")

    def test_copies_all_that_was_shown(self):
        product = make_product(name_zh="旧名", price="100.00")
        order = make_order(lines=product)
        Product.objects.filter(pk=product.pk).update(name_zh="新名")
        Variant.objects.filter(product=product).update(price="5.00", option1_zh="别的")
        item = order.items.get()
        assert item.name_zh == "旧名"
        assert item.unit_price == Decimal("100.00")
        assert item.options_zh.startswith("款式")

    def test_freight_is_free_from_a_sum_on(self):
        assert make_order(lines=make_product(price="98.99")).freight_amount == 10
        assert make_order(lines=make_product(price="99.00")).freight_amount == 0

    def test_freight_is_free_where_every_line_is(self):
        free, other = make_product(has_free_freight=True), make_product()
        Variant.objects.update(price="5.00")
        assert make_order(lines=free).freight_amount == 0
        assert make_order(lines=[free, other]).freight_amount == 10

    def test_a_promise_of_free_freight_that_ended_meanwhile_is_seen_first(self):
        free = make_product(price="5.00", has_free_freight=True)
        Product.objects.filter(pk=free.pk).update(has_free_freight=False)
        with pytest.raises(TotalChanged):
            make_order(lines=free, total_shown=Decimal("5.00"))

    @pytest.mark.parametrize(
        ("spoil", "refusal"),
        [
            ({"stock": 0}, OutOfStock),
            (DEARER, TotalChanged),
        ],
    )
    def test_a_change_meanwhile_writes_nothing(self, spoil, refusal, monkeypatch):
        variant = make_product(stock=5, price="100.00").variants.get()
        # As if it changed between the page and the click.
        shown = totals_shown(variant)
        Variant.objects.filter(pk=variant.pk).update(**spoil)
        with pytest.raises(refusal):
            make_order(lines=variant, total_shown=shown)
        assert not Order.objects.exists()
        assert variant.stock_entries.count() == 1

    def test_what_went_off_the_shelf_cannot_be_bought(self):
        product = make_product()
        shown = totals_shown(product.variants.get())
        Product.objects.filter(pk=product.pk).update(status="off_shelf")
        with pytest.raises(NotOnSale):
            make_order(lines=product, total_shown=shown)

    def test_the_limit_counts_unpaid_and_paid_orders_but_not_closed_ones(self):
        policy.change("purchase_limit", "3")
        alice, variant = make_user(), make_product(stock=50).variants.get()
        closed = make_order(alice, variant, quantity=3)
        cancel(closed)
        pay(make_order(alice, variant))
        make_order(alice, variant)
        with pytest.raises(OverPurchaseLimit):
            make_order(alice, variant, quantity=2)
        make_order(alice, variant)
        make_order(make_user(), variant, quantity=3)

    def test_numbers_tell_nothing(self):
        numbers = [make_order().number for _ in range(5)]
        assert len(set(numbers)) == 5
        gaps = {abs(int(a) - int(b)) for a, b in itertools.pairwise(numbers)}
        assert min(gaps) > 1000
        assert all(str(pk) != n for n in numbers for pk in (1, 2, 3, 4, 5))

    @given(
        st.lists(
            st.tuples(st.decimals("0.01", "9999.99", places=2), st.integers(1, 9)),
            min_size=1,
            max_size=4,
        )
    )
    def test_amounts_always_add_up(self, lines):
        wanted = {
            make_product(price=str(price), stock=100).variants.get(): quantity
            for price, quantity in lines
        }
        order = make_order(lines=wanted)
        items = list(order.items.all())
        assert sum(item.amount for item in items) == order.goods_amount
        assert order.goods_amount == sum(p * q for p, q in lines)
        assert order.freight_amount in (Decimal("0.00"), Decimal("10.00"))
        assert order.total_amount == order.goods_amount + order.freight_amount


class TestClosing:
    def test_cancelling_gives_the_stock_back_once(self):
        variant = make_product(stock=5).variants.get()
        order = make_order(lines=variant, quantity=2)
        cancel(order, "found it cheaper")
        variant.refresh_from_db()
        assert (variant.stock, order.status) == (5, OrderStatus.CLOSED)
        with pytest.raises(OrderClosed):
            cancel(order)
        variant.refresh_from_db()
        assert variant.stock == 5
        event = order.events.latest("pk")
        assert (event.kind, event.actor, event.detail) == (
            "closed",
            "buyer",
            "found it cheaper",
        )
        call_command("audit")

    def test_a_paid_order_is_not_cancelled(self):
        with pytest.raises(AlreadyPaid):
            cancel(make_order(status="paid"))

    @pytest.mark.parametrize(
        ("seconds", "status"), [(-1, "pending_payment"), (0, "closed"), (1, "closed")]
    )
    def test_the_runner_closes_at_the_deadline_to_the_second(self, seconds, status):
        order = make_order()
        moment = order.pay_by + timedelta(seconds=seconds)
        call_command("run_due", at=moment.isoformat(), only=["close_unpaid"])
        order.refresh_from_db()
        assert order.status == status
        if status == "closed":
            # It bears the moment it was due, not the moment of the run.
            assert order.closed_at == order.pay_by
            assert order.events.latest("pk").actor == "system"
        call_command("audit")

    def test_a_held_unit_is_free_at_the_deadline_though_no_command_ran(self):
        variant = make_product(stock=1).variants.get()
        first = make_order(lines=variant)
        with pytest.raises(OutOfStock):
            make_order(lines=variant)
        with clock.at(first.pay_by):
            second = make_order(lines=variant)
        first.refresh_from_db()
        assert first.status == OrderStatus.CLOSED
        variant.refresh_from_db()
        assert (variant.stock, variant.held_until) == (0, second.pay_by)
        call_command("audit")

    def test_the_product_page_sells_it_again_though_no_command_ran(self, client):
        product = make_product(stock=1)
        order = make_order(lines=product)
        address = f"/p/{product.pk}/"
        assert 'data-test="stock" data-stock="0"' in client.get(address).text
        with clock.at(order.pay_by):
            assert 'data-test="stock" data-stock="1"' in client.get(address).text

    def test_settling_renews_the_hold(self):
        variant = make_product(stock=5).variants.get()
        first = make_order(lines=variant)
        with clock.at(first.placed_at + timedelta(minutes=10)):
            second = make_order(lines=variant)
        with clock.at(first.pay_by):
            due.settle("variants", [variant.pk])
        variant.refresh_from_db()
        assert (variant.stock, variant.held_until) == (4, second.pay_by)
        with clock.at(second.pay_by):
            due.settle("variants", [variant.pk])
        variant.refresh_from_db()
        assert (variant.stock, variant.held_until) == (5, None)

    def test_a_later_change_of_the_rule_moves_no_running_order(self):
        order = make_order()
        policy.change("unpaid_minutes", "1")
        with clock.at(order.placed_at + timedelta(minutes=2)):
            assert closing.close_overdue(order.pk) is False


class TestPaying:
    def test_from_the_balance(self):
        alice = buyer()
        order = make_order(alice, make_product(price="120.00"))
        payment.pay_by_balance(order=order, digits=PAYMENT_PASSWORD)
        order.refresh_from_db()
        assert order.status == OrderStatus.PAID
        assert {i.status for i in order.items.all()} == {"paid"}
        entry = WalletEntry.objects.latest("pk")
        assert (entry.kind, entry.amount) == ("payment", Decimal("-120.00"))
        call_command("audit")

    def test_too_little_balance_charges_nothing(self):
        alice = make_user()
        set_payment_password(alice)
        order = make_order(alice)
        with pytest.raises(InsufficientBalance):
            payment.pay_by_balance(order=order, digits=PAYMENT_PASSWORD)
        order.refresh_from_db()
        assert order.status == OrderStatus.PENDING_PAYMENT
        assert not order.payments.exists()

    def test_a_wrong_password_charges_nothing_and_counts_a_strike(self):
        alice = buyer()
        order = make_order(alice)
        with pytest.raises(WrongPaymentPassword):
            payment.pay_by_balance(order=order, digits="999990")
        alice.refresh_from_db()
        assert alice.payment_strikes == 1
        assert not order.payments.exists()

    def test_not_after_the_deadline(self):
        alice = buyer()
        order = make_order(alice)
        with clock.at(order.pay_by), pytest.raises(OrderClosed):
            payment.pay_by_balance(order=order, digits=PAYMENT_PASSWORD)
        order.refresh_from_db()
        assert order.status == OrderStatus.CLOSED

    def test_a_failed_try_keeps_the_order_for_another(self):
        order = make_order()
        payment.take_failure(payment=begin_payment(order))
        order.refresh_from_db()
        assert order.status == OrderStatus.PENDING_PAYMENT
        pay(order)
        assert order.status == OrderStatus.PAID

    @pytest.mark.parametrize("end", ["cancelled", "overdue"])
    def test_money_for_a_closed_order_goes_back_and_it_stays_closed(
        self, end, django_capture_on_commit_callbacks
    ):
        order = make_order()
        tried = begin_payment(order)
        moment = order.pay_by if end == "overdue" else clock.now()
        if end == "cancelled":
            cancel(order)
        with clock.at(moment):
            payment.take_success(payment=tried, reference="R1")
            call_command("run_due", at=moment.isoformat())
        order.refresh_from_db()
        assert order.status == OrderStatus.CLOSED
        tried.refresh_from_db()
        assert tried.whole_refund.amount == order.total_amount
        assert tried.whole_refund.done_at is not None
        assert order.events.filter(kind="refunded").count() == 1
        call_command("audit")

    def test_paying_a_second_time_goes_back(self):
        order = make_order()
        first, second = begin_payment(order), begin_payment(order, "alipay")
        payment.take_success(payment=first, reference="R1")
        payment.take_success(payment=second, reference="R2")
        order.refresh_from_db()
        assert order.status == OrderStatus.PAID
        assert second.whole_refund.reason == "paid_twice"
        call_command("audit")


class TestShipping:
    def test_in_one_parcel(self):
        order = make_order(status="paid")
        moment = clock.now()
        with clock.at(moment):
            ship_all(order)
        assert order.status == OrderStatus.SHIPPED
        assert order.receive_by == moment + timedelta(days=10)
        call_command("audit")

    def test_in_two_parcels_the_timer_starts_with_the_last(self):
        order = make_order(lines=make_product(), quantity=3, status="paid")
        item = order.items.get()
        ship(order, {item: 1})
        assert (order.status, order.receive_by) == (OrderStatus.PARTLY_SHIPPED, None)
        item.refresh_from_db()
        assert item.status == "partly_shipped"
        ship(order, {item: 2})
        assert order.status == OrderStatus.SHIPPED
        assert order.receive_by is not None
        assert Parcel.objects.count() == 2
        call_command("audit")

    @pytest.mark.parametrize("number", [0, 4, 10**6])
    def test_never_more_than_is_left(self, number):
        order = make_order(lines=make_product(), quantity=3, status="paid")
        with pytest.raises(CannotShip):
            ship(order, {order.items.get(): number})
        assert not Parcel.objects.exists()

    @pytest.mark.parametrize("status", ["pending_payment", "shipped", "closed"])
    def test_only_what_waits_for_it(self, status):
        order = make_order(status=status)
        before = Parcel.objects.count()
        with pytest.raises(CannotShip):
            ship(order, {order.items.get(): 1})
        assert Parcel.objects.count() == before

    def test_no_item_of_another_order(self):
        order, other = make_order(status="paid"), make_order(status="paid")
        with pytest.raises(CannotShip):
            ship(order, {other.items.get(): 1})


class TestReceipt:
    def test_receives_this_item_and_no_other(self):
        """The twins: the same bought twice the same day, in two orders."""
        alice, variant = make_user(), make_product().variants.get()
        first = make_order(alice, variant, status="shipped")
        second = make_order(alice, variant, status="shipped")
        receive(first.items.get())
        first.refresh_from_db()
        second.refresh_from_db()
        assert first.status == OrderStatus.COMPLETED
        assert second.status == OrderStatus.SHIPPED
        assert second.items.get().status == "shipped"
        receive(second.items.get())
        second.refresh_from_db()
        assert second.status == OrderStatus.COMPLETED
        call_command("audit")

    def test_counts_the_sale(self):
        product = make_product()
        order = make_order(lines=product, quantity=3, status="shipped")
        receive(order.items.get())
        product.refresh_from_db()
        assert (product.sales_count, product.sales_30d) == (3, 3)

    def test_only_once(self):
        order = make_order(status="completed")
        with pytest.raises(AlreadyReceived):
            receive(order.items.get())

    @pytest.mark.parametrize("status", ["pending_payment", "paid", "closed"])
    def test_not_before_it_is_shipped(self, status):
        order = make_order(status=status)
        with pytest.raises(NotShipped):
            receive(order.items.get())

    def test_not_while_a_part_of_it_is_missing(self):
        order = make_order(lines=make_product(), quantity=2, status="partly_shipped")
        with pytest.raises(NotShipped):
            receive(order.items.get())

    def test_an_item_of_a_partly_shipped_order_may_be_received(self):
        lines = [make_product(), make_product()]
        order = make_order(lines=lines, status="partly_shipped")
        receive(order.items.get(status="shipped"))
        order.refresh_from_db()
        assert order.status == OrderStatus.PARTLY_SHIPPED
        ship_all(order)
        receive(order.items.get(status="shipped"))
        order.refresh_from_db()
        assert order.status == OrderStatus.COMPLETED
        call_command("audit")

    def test_a_wrong_password_keeps_the_item_and_counts_a_strike(self):
        alice = buyer()
        item = make_order(alice, status="shipped").items.get()
        with pytest.raises(WrongPaymentPassword):
            receipt.receive_by_buyer(item=item, digits="999990")
        item.refresh_from_db()
        assert item.status == "shipped"
        alice.refresh_from_db()
        assert alice.payment_strikes == 1

    @pytest.mark.parametrize(
        ("seconds", "status"), [(-1, "shipped"), (0, "completed"), (1, "completed")]
    )
    def test_the_runner_receives_at_the_deadline_to_the_second(self, seconds, status):
        lines = [make_product(), make_product()]
        order = make_order(lines=lines, status="shipped")
        moment = order.receive_by + timedelta(seconds=seconds)
        call_command("run_due", at=moment.isoformat(), only=["receive"])
        order.refresh_from_db()
        assert order.status == status
        if status == "completed":
            assert {i.received_at for i in order.items.all()} == {order.receive_by}
            actors = order.events.filter(kind="received").values_list("actor")
            assert list(actors) == [("system",), ("system",)]
        call_command("audit")

    def test_a_later_change_of_the_rule_moves_no_running_order(self):
        order = make_order(status="shipped")
        policy.change("receipt_days", "1")
        with clock.at(order.shipped_at + timedelta(days=2)):
            receiving.receive_overdue(item_id=order.items.get().pk, order_id=order.pk)
        order.refresh_from_db()
        assert order.status == OrderStatus.SHIPPED


class TestStates:
    @pytest.mark.parametrize("source", ALL)
    @pytest.mark.parametrize("target", ALL)
    def test_only_the_moves_of_the_table(self, source, target):
        order = make_order()
        Order.objects.filter(pk=order.pk).update(status=source, receive_by=order.pay_by)
        moved = Order.objects.move(order.pk, target)
        assert moved is (target in MOVES[source])
        order.refresh_from_db()
        assert order.status == (target if moved else source)

    def test_the_next_event(self):
        order = make_order()
        now = clock.now()
        assert next_event(order, now).deed == Deed.CLOSE
        assert next_event(order, now).at == order.pay_by
        pay(order)
        assert next_event(order, now).deed == Deed.LATE
        assert next_event(order, order.ship_by) is None
        ship_all(order)
        assert next_event(order, now).deed == Deed.RECEIVE
        assert next_event(order, now).at == order.receive_by
        receive(order.items.get())
        order.refresh_from_db()
        item = order.items.get()
        assert next_event(order, now) == NextEvent(Deed.PRAISE, item.praise_at)
        call_command("run_due", at=item.praise_at.isoformat(), only=["praise"])
        order.refresh_from_db()
        assert next_event(order, now) is None

    def test_the_runner_lists_what_it_would_do(self, capsys):
        order = make_order()
        shipped = make_order(status="shipped")
        capsys.readouterr()
        call_command("run_due", dry_run=True, at="2099-01-01")
        lines = capsys.readouterr().out.splitlines()
        assert f"close_unpaid {order.number} -" in lines
        item = shipped.items.get()
        assert f"receive {shipped.number} {item.pk}" in lines


class TestTheDatabaseItself:
    def test_one_order_for_each_token(self):
        order = make_order()
        twin = Order.objects.get(pk=order.pk)
        twin.pk, twin.number = None, "another"
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save(force_insert=True)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"quantity": 0},
            {"shipped_quantity": 5},
            {"status": "received"},
            {"received_at": "2026-01-01T00:00Z"},
        ],
    )
    def test_items(self, wrong):
        item = make_order().items.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderItem.objects.filter(pk=item.pk).update(**wrong)

    def test_one_line_a_variant(self):
        item = make_order().items.get()
        item.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            item.save(force_insert=True)

    def test_a_paid_payment_has_its_moment(self):
        tried = begin_payment(make_order())
        with pytest.raises(IntegrityError), transaction.atomic():
            type(tried).objects.filter(pk=tried.pk).update(status="paid")


class TestMessages:
    def test_the_buyer_is_told_in_the_orders_language(
        self, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            make_order(status="shipped", language="en")
        texts = [text for _, text in sms.memory]
        assert any("is paid" in text for text in texts)
        assert any("SF1234567890" in text for text in texts)


class TestAudit:
    @pytest.mark.parametrize(
        ("spoil", "check"),
        [
            (lambda o: Order.objects.update(goods_amount="1.00"), "amounts"),
            (lambda o: OrderItem.objects.update(amount="1.00"), "amounts"),
            (lambda o: OrderItem.objects.update(status="paid"), "states"),
            (lambda o: o.payments.update(status="failed", paid_at=None), "money"),
            (lambda o: OrderItem.objects.update(quantity=7), "order_stock"),
            (lambda o: o.items.get().parcel_lines.all().delete(), "parcels"),
            (lambda o: Product.objects.update(sales_count=99), "sales"),
        ],
    )
    def test_catches_every_corruption(self, spoil, check, capsys):
        order = make_order(status="shipped")
        call_command("audit")
        spoil(order)
        with pytest.raises(CommandError):
            call_command("audit")
        assert f"\n{check} " in "\n" + capsys.readouterr().out

    def test_sales_are_rebuilt(self):
        order = make_order(status="completed")
        Product.objects.update(sales_count=99)
        call_command("rebuild", "sales")
        product = Product.objects.get(pk=order.items.get().product_id)
        assert product.sales_count == 1
        call_command("audit")


class TestEvents:
    def test_every_move_has_its_line(self):
        order = make_order(status="completed")
        kinds = order.events.order_by("pk").values_list("kind", "actor")
        assert list(kinds) == [
            ("placed", "buyer"),
            ("paid", "buyer"),
            ("shipped", "staff"),
            ("received", "buyer"),
            ("completed", "buyer"),
        ]
        assert not OrderEvent.objects.filter(at=None).exists()


def totals_shown(variant):
    goods = variant.price
    return goods if goods >= 99 else goods + 10


def test_two_variants_of_a_product_are_two_lines():
    product = make_product()
    other = make_variant(product=product)
    order = make_order(lines=[product.variants.order_by("pk").first(), other])
    assert order.items.count() == 2


class TestSettling:
    """A late deed finds what a punctual run would have left."""

    def test_cancelling_too_late_finds_it_closed_by_the_clock(self):
        order = make_order()
        with clock.at(order.pay_by + timedelta(days=8)), pytest.raises(OrderClosed):
            cancel(order)
        order.refresh_from_db()
        assert order.closed_at == order.pay_by
        event = order.events.latest("pk")
        assert (event.actor, event.at) == ("system", order.pay_by)

    def test_receiving_too_late_finds_it_received_by_the_clock(self):
        alice = buyer()
        order = make_order(alice, status="shipped")
        item = order.items.select_related("order").get()
        late = order.receive_by + timedelta(days=1)
        with clock.at(late), pytest.raises(AlreadyReceived):
            receipt.receive_by_buyer(item=item, digits="999990")
        item.refresh_from_db()
        assert item.received_at == order.receive_by
        assert order.events.get(kind="received").actor == "system"
        alice.refresh_from_db()
        assert alice.payment_strikes == 0

    @pytest.mark.parametrize("path", ["/orders/", "/orders/{}/"])
    def test_looking_settles(self, client, path):
        unpaid = make_order()
        client.force_login(unpaid.user)
        with clock.at(unpaid.pay_by):
            html = client.get(path.format(unpaid.number)).text
        assert 'data-status="closed"' in html
        shipped = make_order(status="shipped")
        client.force_login(shipped.user)
        with clock.at(shipped.receive_by):
            html = client.get(path.format(shipped.number)).text
        assert 'data-status="completed"' in html


def test_items_link_to_public_products_only(client):
    order = make_order()
    product = order.items.get().product
    client.force_login(order.user)
    for path in ("/orders/", f"/orders/{order.number}/"):
        assert f'href="/p/{product.pk}/"' in client.get(path).text
    Product.objects.filter(pk=product.pk).update(status="draft")
    for path in ("/orders/", f"/orders/{order.number}/"):
        assert f'href="/p/{product.pk}/"' not in client.get(path).text


def test_buy_now_of_what_is_sold_out_leads_back_to_the_product(client):
    product = make_product(stock=0)
    client.force_login(make_user())
    variant = product.variants.get()
    response = client.get(f"/checkout/?variant={variant.pk}&quantity=1", follow=True)
    assert response.redirect_chain == [(f"/p/{product.pk}/", 302)]
    assert 'data-level="warning"' in response.text


def test_what_was_typed_is_kept_when_the_total_has_changed(client):
    product = make_product(price="100.00")
    alice = make_user()
    address = make_address(alice)
    make_address(alice, default_of=alice)
    client.force_login(alice)
    path = f"/checkout/?variant={product.variants.get().pk}&quantity=1"
    sent = {"address": address.pk, "note": "ring twice", "token": "a-token-of-mine"}
    response = client.post(path, sent | {"total_shown": "1.00"}, follow=True)
    assert response.redirect_chain == [(path, 302)]
    assert 'value="ring twice"' in response.text
    radio = r'<input type="radio" name="address"[^>]*checked[^>]*>'
    (chosen,) = re.findall(radio, response.text)
    assert f'value="{address.pk}"' in chosen
    assert not Order.objects.exists()
