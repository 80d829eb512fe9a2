"""What the checkout page shows: lines, addresses, amounts, each computed anew."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.shortcuts import get_object_or_404

from accounts.models import User
from cart.models import CartLine
from catalog.models import Product, Variant
from catalog.services import settle_variants
from orders.services.placement import Line, totals_of
from shop import due


@dataclass(frozen=True)
class CheckoutPage:
    lines: list[Line]
    goods_amount: Decimal
    freight_amount: Decimal
    #: A new one for each page; the form sends it along.
    token: str

    @property
    def total_amount(self) -> Decimal:
        return self.goods_amount + self.freight_amount


def load(*, user: User, buy_now: dict[int, int] | None, now: datetime) -> CheckoutPage:
    """Load what would be ordered now: the ticked lines, or what is bought at once.

    Without lines there is nothing (any more) to order.
    """
    wanted = buy_now if buy_now is not None else _ticked(user)
    lines = _lines(wanted, now)
    goods, freight = totals_of(lines)
    return CheckoutPage(lines, goods, freight, secrets.token_urlsafe(24))


def product_of(buy_now: dict[int, int], now: datetime) -> Product:
    """Return the product that is bought at once. Http404 when it is not on sale."""
    public = Product.objects.public(now).filter(variants__in=list(buy_now))
    return get_object_or_404(public)


def _ticked(user: User) -> dict[int, int]:
    lines = CartLine.objects.filter(cart__user=user, is_selected=True)
    return dict(lines.values_list("variant_id", "quantity"))


def _lines(wanted: dict[int, int], now: datetime) -> list[Line]:
    variants = Variant.objects.select_related("product__category", "picture")
    found = variants.in_bulk(wanted)
    held = [pk for pk, v in found.items() if v.held_until and v.held_until <= now]
    if held:
        due.settle("variants", held)
        found = variants.in_bulk(wanted)
    settle_variants(found.values())
    lines = [Line(found[pk], wanted[pk]) for pk in sorted(found)]
    return [line for line in lines if line.is_buyable_at(now)]
