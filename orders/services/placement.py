"""Placing an order: the till (house rules in docs/decisions/0006)."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError
from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import AccountClosed
from accounts.services.addresses import Place
from cart import freight
from cart.freight import FreightRule
from cart.models import Cart, CartLine
from cart.services import settle_overdue
from catalog import services as catalog
from catalog.models import Variant
from catalog.templatetags.catalog import words_of
from orders.lines import Line, fingerprint_of, lines_of, ticked_lines, totals_of
from orders.models import Order, OrderEvent, OrderItem
from orders.refusals import (
    GoodsChanged,
    NothingToOrder,
    NotOnSale,
    OverPurchaseLimit,
    TotalChanged,
)
from orders.services import coupons, invoices
from orders.services.copies import items_of
from orders.services.coupons import Discount
from orders.services.events import write_event
from orders.services.invoices import InvoiceWish
from orders.services.settling import settle_orders_of
from orders.states import OrderStatus
from shop import clock, money, policy
from shop.retry import whole_deed

#: Read together.
RULES = (*freight.RULES, "purchase_limit", "unpaid_minutes")
AMOUNTS = ("goods_amount", "discount_amount", "freight_amount", "total_amount")


@dataclass(frozen=True)
class Checkout:
    """What a shopper sends off: to whom, which note, which total was shown.

    `token` is the form's own. `buy_now` maps variant ids to quantities and leaves the
    cart as it is; without it the ticked lines of the cart are ordered. `coupon` is the
    code of one of the shopper's coupons. `fingerprint` is that of the lines shown;
    without it the total alone is compared.
    """

    user: User
    token: str
    place: Place
    total_shown: Decimal
    language: str
    note: str = ""
    buy_now: Mapping[int, int] | None = None
    coupon: str = ""
    invoice: InvoiceWish | None = None
    fingerprint: str = ""


def place_order(checkout: Checkout) -> Order:
    """Place an order and take its stock, until it is paid or its time is over.

    The same token again returns the same order. Raises NothingToOrder, NotOnSale,
    OverPurchaseLimit, GoodsChanged, TotalChanged, catalog.OutOfStock, AccountClosed and
    the refusals of coupons.discount_for and take; nothing is written then.
    """
    if checkout.buy_now is not None:
        # Whoever buys past the cart has none yet, maybe; orders wait in line at it.
        Cart.objects.get_or_create(user=checkout.user)
    # The moment of the order: what prices do after it is no more its business.
    now = clock.now()
    with clock.at(now):
        settle_overdue(_wanted(checkout), now=now)
    if checkout.coupon:
        # An order of the shopper's own whose time is over holds it no longer.
        settle_orders_of(checkout.user)
    try:
        return _place(checkout, now)
    except IntegrityError:
        # Somebody was quicker with this very token: a second click, or a second tab.
        placed = _placed_with(checkout)
        if placed:
            return placed
        raise


@whole_deed
def _place(checkout: Checkout, now: datetime) -> Order:
    rules = policy.amounts(RULES)
    order = _write_order(checkout, now, int(rules["unpaid_minutes"]))
    _refuse_if_closed(checkout.user)
    lines = _read_lines(checkout, now)
    _refuse_over_limit(checkout.user, lines, int(rules["purchase_limit"]))
    if checkout.fingerprint not in ("", fingerprint_of(lines)):
        raise GoodsChanged
    discount = _discount_of(checkout, lines, now)
    _set_amounts(order, lines, discount, freight.rule_of(rules))
    _write_amounts(order, shown=checkout.total_shown)
    _take_all(order, lines)
    if discount:
        coupons.take(order=order, discount=discount)
    OrderItem.objects.bulk_create(items_of(order, lines, discount))
    if checkout.invoice:
        invoices.write_request(order=order, wish=checkout.invoice)
    write_event(
        order_id=order.pk,
        kind=OrderEvent.Kind.PLACED,
        actor=OrderEvent.Actor.BUYER,
        at=now,
    )
    if checkout.buy_now is None:
        ordered = CartLine.objects.filter(cart__user=checkout.user)
        ordered.filter(variant__in=[line.variant.pk for line in lines]).delete()
    return order


def _placed_with(checkout: Checkout) -> Order | None:
    return Order.objects.filter(user=checkout.user, token=checkout.token).first()


def _wanted(checkout: Checkout) -> QuerySet[Variant]:
    if checkout.buy_now is not None:
        return Variant.objects.filter(pk__in=checkout.buy_now)
    ticked = CartLine.objects.filter(cart__user=checkout.user).ticked()
    return Variant.objects.filter(pk__in=ticked.values("variant"))


def _write_order(checkout: Checkout, now: datetime, unpaid_minutes: int) -> Order:
    # First of all the row that only one can write: a second click stops here, before
    # it touches cart or stock.
    return Order.objects.create(
        number=new_number(now),
        user=checkout.user,
        token=checkout.token,
        language=checkout.language,
        note=checkout.note,
        placed_at=now,
        pay_by=now + timedelta(minutes=unpaid_minutes),
        **asdict(checkout.place),
    )


def new_number(now: datetime) -> str:
    """Return an order number that says nothing but the day."""
    day = timezone.localtime(now).strftime("%Y%m%d")
    return f"{day}{secrets.randbelow(10**10):010}"


def _refuse_if_closed(user: User) -> None:
    # The order's row points to the account and so holds it: whoever closes it comes
    # after us and finds the order, or was there before and is found here.
    if not User.objects.filter(pk=user.pk, closed_at=None).exists():
        raise AccountClosed


def _read_lines(checkout: Checkout, now: datetime) -> list[Line]:
    """Read anew what is ordered, sorted by variant: the order in which all lock."""
    # The cart first, also when it is passed by: a shopper's orders come one by one.
    Cart.objects.select_for_update().filter(user=checkout.user).first()
    if checkout.buy_now is None:
        lines = ticked_lines(checkout.user)
        # What cannot be sold any more is greyed in the cart, and stays there.
        lines = [line for line in lines if line.is_buyable_at(now)]
    else:
        lines = lines_of(checkout.buy_now)
        if not all(line.variant.product.is_public(now) for line in lines):
            raise NotOnSale
    if not lines:
        raise NothingToOrder
    return lines


def _refuse_over_limit(user: User, lines: list[Line], limit: int) -> None:
    if not limit:
        return
    bought = (
        OrderItem.objects.bought_by(user)
        .filter(variant__in=[line.variant.pk for line in lines])
        .exclude(order__status=OrderStatus.CLOSED)
        .values_list("variant_id")
        .annotate(units=Sum(F("quantity") - F("refunded_quantity")))
    )
    before = dict(bought)
    for line in lines:
        if before.get(line.variant.pk, 0) + line.quantity > limit:
            raise OverPurchaseLimit(limit)


def _discount_of(
    checkout: Checkout, lines: list[Line], now: datetime
) -> Discount | None:
    if not checkout.coupon:
        return None
    return coupons.discount_for(
        user=checkout.user, code=checkout.coupon, lines=lines, now=now
    )


def _take_all(order: Order, lines: list[Line]) -> None:
    moves = [_take(line, order.number) for line in lines]
    variant_ids = [line.variant.pk for line in lines]
    catalog.hold_until(variant_ids=variant_ids, moment=order.pay_by)
    catalog.refresh_stock(moves)


def _take(line: Line, order_number: str) -> catalog.Moved:
    try:
        return catalog.take(
            variant_id=line.variant.pk,
            quantity=line.quantity,
            order_number=order_number,
        )
    except catalog.OutOfStock:
        name = words_of(line.variant.product, "name")
        sentence = _("%(name)s: there are not %(quantity)d left.")
        words = sentence % {"name": name, "quantity": line.quantity}
        raise catalog.OutOfStock(words) from None


def _set_amounts(
    order: Order, lines: list[Line], discount: Discount | None, rule: FreightRule
) -> None:
    order.discount_amount = discount.amount if discount else money.ZERO
    goods, freight_amount = totals_of(lines, order.discount_amount, rule)
    order.goods_amount, order.freight_amount = goods, freight_amount
    order.total_amount = goods - order.discount_amount + freight_amount


def _write_amounts(order: Order, *, shown: Decimal) -> None:
    # Compared first: what nobody was shown may be more than the columns hold.
    if order.total_amount != shown:
        raise TotalChanged(total=money.plain(order.total_amount))
    order.save(update_fields=AMOUNTS)
