"""Paying an order once, and money that comes in vain."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from accounts.models import WalletEntry
from accounts.refusals import InsufficientBalance, WrongPaymentPassword
from accounts.tests.factories import PAYMENT_PASSWORD, make_user
from catalog.tests.factories import make_product
from orders.refusals import OrderClosed
from orders.services import payment
from orders.states import OrderStatus
from orders.tests.factories import (
    begin_payment,
    buyer,
    cancel,
    make_order,
    pay,
    set_payment_password,
)
from shop import clock

pytestmark = pytest.mark.django_db


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
