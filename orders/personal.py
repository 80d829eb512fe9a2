"""What orders hold about a person, and how it goes (row A11)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import identifiers
from accounts.models import User
from catalog.templatetags.catalog import words_of
from orders import after_sale_personal
from orders.models import (
    ClaimedCoupon,
    EventAddress,
    Invoice,
    Order,
    OrderEvent,
    OrderItem,
    Parcel,
    ParcelScan,
    Payment,
    Refund,
)
from orders.services.closing import TIMED_OUT
from orders.states import FINAL
from shop.money import plain
from shop.personal import Section, register, written

#: More of it, by subject.
__all__ = ["after_sale_personal"]


def orders_of(user: User) -> list[dict[str, Any]]:
    """Return all orders, the hidden ones too, as they were placed and went on."""
    orders = Order.objects.placed_by(user).newest_first()
    whole = orders.prefetch_related(
        "items",
        "parcels__lines__item",
        "parcels__scans",
        "payments__refunds",
        "invoices",
        "events__addresses",
    )
    return [_order(order) for order in whole]


def why_orders_stay(user: User) -> Iterator[str]:
    """Say that orders must have come to their end, and money must have come back."""
    own = Order.objects.placed_by(user)
    number = own.exclude(status__in=FINAL).count()
    if number:
        sentence = ngettext(
            "%(number)d order is not finished: pay or cancel it, or receive it.",
            "%(number)d orders are not finished: pay or cancel them, or receive them.",
            number,
        )
        yield sentence % {"number": number}
    if Refund.objects.filter(payment__order__in=own, done_at=None).exists():
        yield _("Money of an order is still on its way back to you.")
    if Refund.objects.filter(payment__wallet=user.pk, done_at=None).exists():
        yield _("Money of a top-up is still on its way back to you.")


def top_ups_of(user: User) -> list[dict[str, Any]]:
    """Return what was begun to fill the wallet, and what became of it."""
    tried = Payment.objects.filter(wallet=user.pk).prefetch_related("refunds")
    return [_payment(payment) for payment in tried.order_by("-pk")]


def make_nameless(user: User) -> None:
    """Leave of orders what the books need: numbers, goods, amounts, moments, region."""
    own = Order.objects.placed_by(user).filter(status__in=FINAL)
    typed = OrderEvent.objects.filter(
        order__in=own,
        kind=OrderEvent.Kind.CLOSED,
        actor=OrderEvent.Actor.BUYER,
    )
    # What the buyer typed as a reason may name anybody.
    cancelled = list(typed.values_list("order_id", flat=True))
    Order.objects.filter(pk__in=cancelled).exclude(close_reason=TIMED_OUT).update(
        close_reason=""
    )
    OrderEvent.objects.filter(order__in=cancelled, actor=OrderEvent.Actor.BUYER).update(
        detail=""
    )
    own.update(recipient="", phone="", street="", note="")
    moved = EventAddress.objects.filter(event__order__in=own)
    moved.update(recipient="", phone="", street="")
    # A courier's words may name who signed.
    ParcelScan.objects.filter(parcel__order__in=own).update(text="")
    Invoice.objects.filter(order__in=own).make_nameless()


def coupons_of(user: User) -> list[dict[str, Any]]:
    """Return all coupons that somebody has claimed, used or not."""
    own = ClaimedCoupon.objects.claimed_by(user).with_terms().order_by("-pk")
    return [
        {
            "code": claim.coupon.code,
            "name": words_of(claim.coupon, "name"),
            "claimed_at": written(claim.claimed_at),
            "used_at": written(claim.used_at),
        }
        for claim in own
    ]


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "status": order.status,
        "placed_at": written(order.placed_at),
        "paid_at": written(order.paid_at),
        "shipped_at": written(order.shipped_at),
        "completed_at": written(order.completed_at),
        "closed_at": written(order.closed_at),
        "hidden_at": written(order.hidden_at),
        "recipient": order.recipient,
        "phone": identifiers.national_phone(str(order.phone)),
        "address": f"{order.region} {order.street}".strip(),
        "note": order.note,
        "close_reason": order.close_reason,
        "goods_amount": plain(order.goods_amount),
        "discount_amount": plain(order.discount_amount),
        "freight_amount": plain(order.freight_amount),
        "total_amount": plain(order.total_amount),
        "items": [_item(item) for item in order.items.all()],
        "invoices": [_invoice(invoice) for invoice in order.invoices.all()],
        "parcels": [_parcel(parcel) for parcel in order.parcels.all()],
        "payments": [_payment(payment) for payment in order.payments.all()],
        "addresses_before": [
            _address(address)
            for event in order.events.all()
            for address in event.addresses.all()
            if address.role == EventAddress.Role.OLD
        ],
    }


def _address(address: EventAddress) -> dict[str, Any]:
    return {
        "recipient": address.recipient,
        "phone": identifiers.national_phone(str(address.phone)),
        "address": f"{address.region} {address.street}".strip(),
        "until": written(address.event.at),
    }


def _invoice(invoice: Invoice) -> dict[str, Any]:
    return {
        "kind": invoice.kind,
        "title": invoice.title,
        "tax_number": invoice.tax_number,
        "amount": plain(invoice.amount),
        "state": invoice.state,
        "number": invoice.number,
        "requested_at": written(invoice.requested_at),
        "issued_at": written(invoice.issued_at),
        "cancelled_at": written(invoice.cancelled_at),
    }


def _item(item: OrderItem) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": words_of(item, "name"),
        "options": words_of(item, "options"),
        "unit_price": plain(item.unit_price),
        "quantity": item.quantity,
        "discount_amount": plain(item.discount_amount),
        "amount": plain(item.amount),
        "status": item.status,
        "received_at": written(item.received_at),
    }


def _parcel(parcel: Parcel) -> dict[str, Any]:
    return {
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "sent_at": written(parcel.sent_at),
        "contents": [
            {"code": line.item.code, "quantity": line.quantity}
            for line in parcel.lines.all()
        ],
        "seen": [
            {"at": written(scan.at), "kind": scan.kind, "words": scan.text}
            for scan in sorted(parcel.scans.all(), key=lambda scan: scan.at)
        ],
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "number": payment.number,
        "method": payment.method,
        "amount": plain(payment.amount),
        "status": payment.status,
        "begun_at": written(payment.created_at),
        "paid_at": written(payment.paid_at),
        "refunds": [
            {"amount": plain(refund.amount), "sent_back_at": written(refund.done_at)}
            for refund in payment.refunds.all()
        ],
    }


register(Section("orders", orders_of, why_orders_stay, make_nameless))
register(Section("top_ups", top_ups_of))
register(Section("coupons", coupons_of))
