"""Paying an order: from the balance, or through a gateway that sends a notice."""

import logging
from datetime import datetime, timedelta

from django.views.decorators.debug import sensitive_variables

from accounts import wallet
from accounts.models import WalletEntry
from accounts.refusals import PaymentPasswordLocked
from accounts.services.payment import verify_payment_password
from catalog import services as catalog
from orders.messages import ORDER_PAID, tell_buyer
from orders.models import (
    Order,
    OrderEvent,
    OrderItem,
    Payment,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
)
from orders.refusals import AlreadyPaid, OrderClosed, TotalChanged
from orders.services import refunds, top_ups
from orders.services.begun import go_on_or_begin, new_number
from orders.services.closing import close_overdue
from orders.services.events import write_event
from orders.states import ItemStatus, OrderStatus
from shop import clock, policy
from shop.money import plain
from shop.retry import whole_deed

logger = logging.getLogger(__name__)


@sensitive_variables("digits")
def pay_by_balance(*, order: Order, digits: str, total_shown: str = "") -> None:
    """Pay an order from its buyer's wallet.

    The digits are good for this order and this amount alone. Raises AlreadyPaid,
    OrderClosed, TotalChanged, the refusals of the payment password, and
    InsufficientBalance; nothing is charged then.
    """
    refuse_unless_payable(order)
    if total_shown not in ("", plain(order.total_amount)):
        raise TotalChanged
    try:
        verify_payment_password(user_id=order.user_id, digits=digits)
    except PaymentPasswordLocked:
        # A second click of a shopper whose first one had the last free try.
        order.refresh_from_db()
        refuse_unless_payable(order)
        raise
    _pay_by_balance(order)


@whole_deed
def _pay_by_balance(order: Order) -> None:
    now = clock.now()
    if not _mark_order_paid(order, now):
        raise _why_not(order)
    payment = Payment.objects.create(
        number=new_number(),
        order=order,
        method=PaymentMethod.BALANCE,
        amount=order.total_amount,
        status=PaymentStatus.PAID,
        created_at=now,
        paid_at=now,
    )
    wallet.debit(
        user_id=order.user_id,
        amount=order.total_amount,
        kind=WalletEntry.Kind.PAYMENT,
        reason=order.number,
        deed=f"payment-{payment.pk}",
    )


def begin_payment(*, order: Order, method: str, way: str = "") -> Payment:
    """Begin to pay an order through a gateway, or go on where one has begun.

    One begun in another way, as on a phone, is another payment: a gateway takes no
    number twice for different wishes. Raises AlreadyPaid or OrderClosed.
    """
    refuse_unless_payable(order)
    return go_on_or_begin(
        open_key=f"order-{order.pk}-{method}{way}",
        order=order,
        method=method,
        amount=order.total_amount,
        expires_at=order.pay_by,
    )


def refuse_unless_payable(order: Order) -> None:
    """Raise AlreadyPaid or OrderClosed unless the order, just read, can be paid now.

    It is for early refusals: what is charged is guarded where it is written.
    """
    if order.status == OrderStatus.PENDING_PAYMENT and order.pay_by > clock.now():
        return
    close_overdue(order.pk)
    raise _why_not(order)


def take_success(*, payment: Payment, reference: str) -> None:
    """A gateway says that the money came. Saying it again changes nothing.

    If the order is closed meanwhile, or paid otherwise, the money goes back (row E6).
    """
    if payment.kind == PaymentKind.TOP_UP:
        top_ups.take(payment=payment, reference=reference)
    elif payment.order_id is not None:
        close_overdue(payment.order_id)
        _take_success(payment, payment.order_id, reference)


@whole_deed
def _take_success(payment: Payment, order_id: int, reference: str) -> None:
    now = clock.now()
    # The order before the payment: the order in which everybody locks.
    order = Order.objects.select_for_update().get(pk=order_id)
    settled = Payment.objects.settle(
        payment.pk, PaymentStatus.PAID, paid_at=now, reference=reference
    )
    if not settled:
        return
    if order.status == OrderStatus.PENDING_PAYMENT and order.pay_by > now:
        _mark_order_paid(order, now)
        return
    logger.warning("payment %s came for order %s", payment.number, order.status)
    reason = "order_closed" if order.status == OrderStatus.CLOSED else "paid_twice"
    refunds.owe_whole(payment=payment, reason=reason)


@whole_deed
def take_failure(*, payment: Payment) -> None:
    """A gateway says that the payment failed; the order waits on for another try."""
    Payment.objects.settle(payment.pk, PaymentStatus.FAILED)


def _mark_order_paid(order: Order, now: datetime) -> bool:
    """Mark an order as paid, in time and at the total that was looked at."""
    payable = Order.objects.filter(pay_by__gt=now, total_amount=order.total_amount)
    ship_by = now + timedelta(hours=policy.whole("ship_hours"))
    if not payable.move(order.pk, OrderStatus.PAID, paid_at=now, ship_by=ship_by):
        return False
    items = OrderItem.objects.filter(order=order)
    items.update(status=ItemStatus.PAID)
    product_ids = list(items.in_order().values_list("product_id", flat=True))
    catalog.note_purchase(user_id=order.user_id, product_ids=product_ids, at=now)
    write_event(
        order_id=order.pk,
        kind=OrderEvent.Kind.PAID,
        actor=OrderEvent.Actor.BUYER,
        at=now,
    )
    tell_buyer(ORDER_PAID, order.pk)
    # Last: the rows of popular pairs are locked no longer than need be.
    catalog.count_together(product_ids=product_ids)
    return True


def _why_not(order: Order) -> AlreadyPaid | OrderClosed | TotalChanged:
    unpaid = (OrderStatus.CLOSED, OrderStatus.PENDING_PAYMENT)
    columns = ("status", "total_amount")
    status, total = Order.objects.values_list(*columns).get(pk=order.pk)
    if status == OrderStatus.PENDING_PAYMENT and total != order.total_amount:
        return TotalChanged()
    return OrderClosed() if status in unpaid else AlreadyPaid()
