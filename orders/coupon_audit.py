"""What must always be true of coupons and invoices (rows E8, E11, J3)."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from orders.models import Coupon, CouponUse, Invoice, Order, OrderItem
from orders.states import OrderStatus
from shop import audit


@audit.check
def coupons_are_counted_right() -> Iterator[audit.Finding]:
    """A coupon's counts are its claims, and the standing orders that used it."""
    counted = Coupon.objects.annotate(
        claims_found=Count("claims", distinct=True),
        used_found=Count(
            "claims", filter=Q(claims__used_at__isnull=False), distinct=True
        ),
        standing_found=Count("claims__standing", distinct=True),
    ).order_by("pk")
    columns = ("claims_found", "used_found", "standing_found")
    for pk, claimed, used, *found in counted.values_list(
        "pk", "claimed_count", "used_count", *columns
    ):
        for stored, expected in zip((claimed, used, used), found, strict=True):
            if stored != expected:
                yield audit.Finding("coupons", "orders.Coupon", pk, stored, expected)


@audit.check
def discounts_have_their_coupon() -> Iterator[audit.Finding]:
    """What an order was given off is what its coupon says; unsent, it went back."""
    used = F("coupon_use__discount_amount")
    wrong = Order.objects.filter(
        (Q(discount_amount__gt=0) & Q(coupon_use=None))
        | (Q(coupon_use__isnull=False) & ~Q(discount_amount=used))
    )
    rows = wrong.order_by("pk").values_list(
        "pk", "discount_amount", "coupon_use__discount_amount"
    )
    for pk, stored, expected in rows:
        yield audit.Finding("discounts", "orders.Order", pk, stored, expected)
    sent = OrderItem.objects.filter(shipped_quantity__gt=0).values("order")
    is_closed = Q(order__status=OrderStatus.CLOSED) & ~Q(order__in=sent)
    stuck = CouponUse.objects.filter(is_closed, given_back_at=None)
    for pk in stuck.order_by("pk").values_list("pk", flat=True):
        yield audit.Finding(
            "coupon_uses", "orders.CouponUse", pk, "standing", "given back"
        )
    lost = CouponUse.objects.filter(given_back_at__isnull=False)
    for pk in lost.exclude(is_closed).order_by("pk").values_list("pk", flat=True):
        yield audit.Finding(
            "coupon_uses", "orders.CouponUse", pk, "given back", "standing"
        )


@audit.check
def invoices_are_of_what_was_paid() -> Iterator[audit.Finding]:
    """An order that came to nothing before it was paid has no standing invoice."""
    closed = Q(order__status=OrderStatus.CLOSED, order__paid_at=None)
    standing = Invoice.objects.filter(closed, standing_order__isnull=False)
    for pk, state in standing.order_by("pk").values_list("pk", "state"):
        yield audit.Finding("invoices", "orders.Invoice", pk, state, "cancelled")
