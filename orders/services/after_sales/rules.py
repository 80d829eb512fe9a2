"""What a buyer may ask for about an item, and what it is worth (rows C6, F6, F11-F13).

Pure functions of loaded rows: the item with its order and product, the order's items.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from orders.models import AfterSale, OrderItem
from orders.states import AfterSaleKind, ItemStatus
from shop import money


@dataclass(frozen=True)
class Offer:
    """A kind of request that is possible now, for so many units at most."""

    kind: AfterSaleKind
    most: int
    #: The units were not sent yet, and the request keeps them from it.
    is_before_shipping: bool = False
    #: Only goods with a fault come back (`Product.has_seven_day_return`).
    needs_fault: bool = False


@dataclass(frozen=True)
class Worth:
    """What goes back to the buyer, in yuan."""

    goods: Decimal
    freight: Decimal = money.ZERO

    @property
    def total(self) -> Decimal:
        return self.goods + self.freight


def offer_of(item: OrderItem, now: datetime) -> Offer | None:
    """Return what may be asked for about an item; None: nothing (any more).

    At any moment that is one kind: first the money, then a return, then an exchange.
    """
    match item.status:
        case ItemStatus.PAID | ItemStatus.PARTLY_SHIPPED:
            most = item.unshipped_quantity
            return Offer(AfterSaleKind.REFUND_ONLY, most, is_before_shipping=True)
        case ItemStatus.SHIPPED:
            return Offer(AfterSaleKind.REFUND_ONLY, item.kept_quantity)
        case ItemStatus.RECEIVED:
            return _offer_after_receipt(item, now)
    return None


def unsent_of(items: Iterable[OrderItem]) -> list[OrderItem]:
    """Return those not all sent, of which nothing is asked; loaded with requests."""
    unsent = (ItemStatus.PAID, ItemStatus.PARTLY_SHIPPED)
    return [
        item
        for item in items
        if item.status in unsent and getattr(item, "open_after_sale", None) is None
    ]


def _offer_after_receipt(item: OrderItem, now: datetime) -> Offer | None:
    if item.return_by and now < item.return_by:
        return Offer(
            AfterSaleKind.RETURN_AND_REFUND,
            item.kept_quantity,
            needs_fault=not item.product.has_seven_day_return,
        )
    if item.exchange_by and now < item.exchange_by and item.product.warranty_months:
        return Offer(AfterSaleKind.EXCHANGE, item.kept_quantity)
    return None


def worth_of_unsent(unsent: Iterable[OrderItem], items: Iterable[OrderItem]) -> Worth:
    """Return what all that is unsent of some items is worth; `items`: all of the order.

    The freight comes with it when nothing else is left of the order.
    """
    every, asked = list(items), {item.pk: item for item in unsent}
    goods = money.ZERO
    for item in asked.values():
        wish = AfterSale(
            kind=AfterSaleKind.REFUND_ONLY, quantity=item.unshipped_quantity
        )
        goods += worth_of(item, wish, every).goods
    is_left = any(item.kept_quantity and item.pk not in asked for item in every)
    if is_left or any(item.shipped_quantity for item in every):
        return Worth(goods)
    return Worth(goods, every[0].order.freight_amount)


def worth_of(item: OrderItem, request: AfterSale, items: Iterable[OrderItem]) -> Worth:
    """Return what a request is worth; `items` are all of the order.

    The units' share of what was paid for the item, cut to the cent; the last unit gets
    what is left, so all of them together are just what was paid. The freight comes with
    the last unit of an order of which nothing was ever sent.
    """
    if request.kind == AfterSaleKind.EXCHANGE:
        return Worth(money.ZERO)
    units = item.refunded_quantity + request.quantity
    share = (item.amount * units / item.quantity).quantize(money.CENT, ROUND_DOWN)
    worth = Worth(share - item.refunded_amount)
    others = [other for other in items if other.pk != item.pk]
    if request.quantity < item.kept_quantity or any(o.kept_quantity for o in others):
        return worth
    if item.shipped_quantity or any(other.shipped_quantity for other in others):
        return worth
    return replace(worth, freight=item.order.freight_amount)
