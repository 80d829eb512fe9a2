"""What must always be true of orders (rows J3, M2)."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import WalletEntry
from catalog.models import StockEntry
from orders import (
    after_sale_audit,
    coupon_audit,
    hidden_audit,
    parcel_audit,
    picture_audit,
    sales_audit,
)
from orders.models import (
    Order,
    OrderItem,
    Payment,
    PaymentKind,
    PaymentStatus,
)
from orders.personal import make_nameless
from orders.services import top_ups
from orders.states import FINAL, AfterSaleState, ItemStatus, OrderStatus
from shop import audit, money

#: More checks, by subject.
__all__ = [
    "after_sale_audit",
    "coupon_audit",
    "hidden_audit",
    "parcel_audit",
    "picture_audit",
    "sales_audit",
]

CHUNK = 500
#: In which states its items may be while an order is in a state.
FITTING = {
    OrderStatus.PENDING_PAYMENT: {ItemStatus.PENDING_PAYMENT},
    OrderStatus.PAID: {ItemStatus.PAID, ItemStatus.REFUNDED},
    OrderStatus.PARTLY_SHIPPED: {
        ItemStatus.PAID,
        ItemStatus.PARTLY_SHIPPED,
        ItemStatus.SHIPPED,
        ItemStatus.RECEIVED,
        ItemStatus.REFUNDED,
    },
    OrderStatus.SHIPPED: {
        ItemStatus.SHIPPED,
        ItemStatus.RECEIVED,
        ItemStatus.REFUNDED,
    },
    OrderStatus.COMPLETED: {ItemStatus.RECEIVED, ItemStatus.REFUNDED},
    OrderStatus.CLOSED: {ItemStatus.CLOSED, ItemStatus.REFUNDED},
}


@audit.check
def amounts_add_up() -> Iterator[audit.Finding]:
    """Items add up to goods and discount; both and the freight to the total."""
    for order in _orders():
        items = list(order.items.all())
        paid = sum((item.amount for item in items), Decimal("0.00"))
        priced = sum((i.unit_price * i.quantity for i in items), Decimal("0.00"))
        shares = sum((item.discount_amount for item in items), Decimal("0.00"))
        goods_paid = order.goods_amount - order.discount_amount
        for stored, expected in (
            (order.goods_amount, priced),
            (order.discount_amount, shares),
            (goods_paid, paid),
            (order.total_amount, goods_paid + order.freight_amount),
        ):
            if stored != expected:
                yield audit.Finding(
                    "amounts", "orders.Order", order.pk, stored, expected
                )


@audit.check
def states_fit_together() -> Iterator[audit.Finding]:
    """An order's items are where the order is."""
    for order in _orders():
        items = list(order.items.all())
        if not items:
            yield audit.Finding("states", "orders.Order", order.pk, "empty", "items")
        fitting = FITTING[OrderStatus(order.status)]
        for item in items:
            if item.status not in fitting:
                wanted = " or ".join(sorted(fitting))
                yield audit.Finding(
                    "states", "orders.OrderItem", item.pk, item.status, wanted
                )


@audit.check
def money_came_once() -> Iterator[audit.Finding]:
    """What was paid and not sent back is a paid order's total without its refunds."""
    for order in _orders():
        paid = sum(
            (p.amount for p in order.payments.all() if p.status == PaymentStatus.PAID),
            Decimal("0.00"),
        )
        back = sum(
            (r.amount for p in order.payments.all() for r in p.refunds.all()),
            Decimal("0.00"),
        )
        expected = _owed_to_the_shop(order)
        if paid - back != expected:
            yield audit.Finding(
                "money", "orders.Order", order.pk, paid - back, expected
            )


@audit.check
def refunds_are_not_above_what_was_paid() -> Iterator[audit.Finding]:
    """All refunds of a payment are no more than it, and none is of an unpaid one."""
    refunded = Payment.objects.filter(refunds__isnull=False)
    sums = refunded.annotate(back=Sum("refunds__amount")).order_by("pk")
    for pk, status, amount, back in sums.values_list("pk", "status", "amount", "back"):
        most = amount if status == PaymentStatus.PAID else Decimal("0.00")
        if money.rounded(back) > most:
            yield audit.Finding(
                "refunds", "orders.Payment", pk, money.rounded(back), f"at most {most}"
            )


@audit.check
def top_ups_are_in_the_ledger() -> Iterator[audit.Finding]:
    """What came for a wallet stands in its ledger once, or went back."""
    rows = WalletEntry.objects.filter(kind=WalletEntry.Kind.TOP_UP)
    credited = dict(rows.values_list("deed", "amount"))
    tried = Payment.objects.filter(kind=PaymentKind.TOP_UP)
    tried = tried.select_related("whole_refund")
    for payment in tried.order_by("pk").iterator(chunk_size=CHUNK):
        is_kept = payment.status == PaymentStatus.PAID and not hasattr(
            payment, "whole_refund"
        )
        expected = payment.amount if is_kept else Decimal("0.00")
        stored = credited.pop(top_ups.deed_of(payment), Decimal("0.00"))
        if stored != expected:
            yield audit.Finding(
                "top_ups", "orders.Payment", payment.pk, stored, expected
            )
    for deed, amount in sorted(credited.items()):
        yield audit.Finding(
            "top_ups", "accounts.WalletEntry", deed, amount, "a payment"
        )


@audit.check
def stock_left_for_every_order() -> Iterator[audit.Finding]:
    """The stock ledger knows each order's units: taken, given back if never sent."""
    moved = dict(
        StockEntry.objects.filter(
            kind__in=(StockEntry.Kind.ORDER, StockEntry.Kind.CANCELLED)
        )
        .values_list("reason")
        .annotate(units=Sum("change"))
    )
    for order in _orders():
        units = sum(item.quantity for item in order.items.all())
        back = sum(item.cancelled_quantity for item in order.items.all())
        never_paid = order.status == OrderStatus.CLOSED and order.paid_at is None
        expected = 0 if never_paid else back - units
        stored = moved.get(order.number, 0)
        if stored != expected:
            yield audit.Finding(
                "order_stock", "orders.Order", order.pk, stored, expected
            )


@audit.check
def units_are_held_no_longer_than_their_orders() -> Iterator[audit.Finding]:
    """A variant knows when the first of its unpaid orders lets go of it (row E2)."""
    unpaid = OrderItem.objects.filter(order__status=OrderStatus.PENDING_PAYMENT)
    late = Q(variant__held_until=None) | Q(variant__held_until__gt=F("order__pay_by"))
    rows = unpaid.filter(late).order_by("pk")
    for pk, stored, expected in rows.values_list(
        "variant", "variant__held_until", "order__pay_by"
    ):
        yield audit.Finding("held_until", "catalog.Variant", pk, stored, expected)


@audit.check
def parcels_hold_what_was_shipped() -> Iterator[audit.Finding]:
    """Shipped units of an item lie in parcels."""
    packed = Coalesce(Sum("parcel_lines__quantity"), 0)
    items = OrderItem.objects.annotate(packed=packed)
    wrong = items.exclude(packed=F("shipped_quantity")).order_by("pk")
    for pk, stored, expected in wrong.values_list("pk", "shipped_quantity", "packed"):
        yield audit.Finding("parcels", "orders.OrderItem", pk, stored, expected)


@audit.check
def orders_of_closed_accounts_are_nameless() -> Iterator[audit.Finding]:
    """A closed account has no open order, and its orders name nobody."""
    left = Order.objects.exclude(user__closed_at=None).order_by("pk")
    for pk, status in left.exclude(status__in=FINAL).values_list("pk", "status"):
        yield audit.Finding("closed_account", "orders.Order", pk, status, "final")
    named = left.exclude(recipient="", phone="", street="", note="")
    for order in named.filter(status__in=FINAL).select_related("user"):
        mend = partial(make_nameless, order.user)
        yield audit.Finding(
            "closed_account", "orders.Order", order.pk, "named", "nameless", mend
        )


def _owed_to_the_shop(order: Order) -> Decimal:
    if order.paid_at is None:
        return money.ZERO
    granted = (
        request.amount
        for item in order.items.all()
        for request in item.after_sales.all()
        if request.state == AfterSaleState.REFUNDED
    )
    return order.total_amount - sum(granted, money.ZERO)


def _orders() -> Iterator[Order]:
    orders = Order.objects.prefetch_related("items__after_sales", "payments__refunds")
    yield from orders.order_by("pk").iterator(chunk_size=CHUNK)
