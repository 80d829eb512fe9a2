"""What is done to carts. Each function does its whole deed or nothing.

Every deed first locks its cart's row, so that two at once come one after the other,
and a cart is not ordered while it changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cart.models import Cart, CartLine, CartLineQuerySet
from cart.refusals import CartMoved, PurchaseLimit
from catalog.models import Variant
from catalog.services import OutOfStock, settle_variants
from shop import clock, due, policy
from shop.retry import whole_deed


@dataclass
class Merged:
    """What a login changed: the units that came along, and the lines that were cut."""

    units: int = 0
    cut: list[CartLine] = field(default_factory=list)


@whole_deed
def add(*, cart: Cart, variant_id: int, quantity: int) -> None:
    """Put units of a variant into the cart; the same variant again raises its line.

    Raises OutOfStock or PurchaseLimit beyond what is there or allowed, counting what
    the cart has already, and CartMoved when a login took the cart away.
    """
    lines = locked_lines(cart)
    variant = Variant.objects.get(pk=variant_id)
    line = lines.filter(variant=variant).first()
    wanted = quantity + (line.quantity if line else 0)
    _refuse_too_many(variant, wanted, in_cart=line.quantity if line else 0)
    # What is added anew is wanted now, at the price that was just shown.
    seen = {"is_selected": True, "price_when_added": variant.price}
    if line:
        lines.filter(pk=line.pk).update(quantity=wanted, **seen)
    else:
        CartLine.objects.create(
            cart=cart, variant=variant, quantity=wanted, added_at=clock.now(), **seen
        )


@whole_deed
def set_quantity(*, line: CartLine, quantity: int) -> str:
    """Set a line's quantity; 0 removes it.

    Beyond stock or limit it becomes as many as there may be, and the sentence that says
    so is returned, else "". Raises OutOfStock when there are none at all.
    """
    own = locked_lines(line.cart).filter(pk=line.pk)
    if not quantity:
        own.delete()
        return ""
    variant = Variant.objects.get(pk=line.variant_id)
    if not variant.stock:
        raise OutOfStock(_("It is sold out."), stock=0)
    most = most_of(variant, policy.whole("purchase_limit"))
    own.update(quantity=min(quantity, most))
    if quantity <= most:
        return ""
    return _only_left(most) if most == variant.stock else _at_most(most)


@whole_deed
def set_selected(*, line: CartLine, is_selected: bool) -> None:
    """Tick a line to be ordered, or untick it."""
    own = locked_lines(line.cart).filter(pk=line.pk)
    own.update(is_selected=is_selected)


@whole_deed
def select_all(*, cart: Cart, is_selected: bool) -> None:
    """Tick every line, or none."""
    locked_lines(cart).update(is_selected=is_selected)


@whole_deed
def remove(*, line: CartLine) -> None:
    """Take a line out of the cart."""
    locked_lines(line.cart).filter(pk=line.pk).delete()


@whole_deed
def clear_dead(*, cart: Cart, now: datetime) -> int:
    """Take out the lines that cannot be bought any more; return how many."""
    lines = locked_lines(cart)
    dead = [x.pk for x in lines.with_variants() if not x.is_buyable_at(now)]
    lines.filter(pk__in=dead).delete()
    return len(dead)


def merge(*, user_id: int, token: str) -> Merged:
    """Join a visitor's cart to the account's.

    Quantities are added up, then cut to what may be bought. A line that is sold out
    stays, as large as the larger of the two.
    """
    visitors = Cart.objects.filter(token=token).first()
    if visitors is None:
        return Merged()
    own, _created = Cart.objects.get_or_create(user_id=user_id)
    try:
        return _join(visitors, own)
    except CartMoved:
        # Another window of the same browser signed in at the same time.
        return Merged()


def settle_overdue(variants: Iterable[Variant], *, now: datetime) -> bool:
    """Free what unpaid orders hold of these longer than they may; tell if any did.

    Prices that were due to change change at once, on these rows too.
    """
    variants = list(variants)
    settle_variants(variants)
    held = [v.pk for v in variants if v.held_until and v.held_until <= now]
    if held:
        due.settle("variants", held)
    return bool(held)


def locked_lines(cart: Cart) -> CartLineQuerySet:
    """Lock the cart until the transaction ends, and return its lines.

    Raises CartMoved when it is there no more.
    """
    # An update locks the row like a question would, and marks the cart as alive.
    if not Cart.objects.filter(pk=cart.pk).update(updated_at=clock.now()):
        raise CartMoved
    return CartLine.objects.filter(cart=cart)


def most_of(variant: Variant, limit: int) -> int:
    """Return how many of a variant may stand in one line; `limit` 0 is none."""
    return min(variant.stock, limit) if limit else variant.stock


@whole_deed
def _join(visitors: Cart, own: Cart) -> Merged:
    merged = Merged()
    limit = policy.whole("purchase_limit")
    # In one order, whoever else joins these two.
    lines = {c.pk: locked_lines(c) for c in sorted((visitors, own), key=_key)}
    there = {line.variant_id: line for line in lines[own.pk]}
    for line in lines[visitors.pk].with_variants().by_variant():
        _move(line, there.get(line.variant_id), own, limit, merged)
    Cart.objects.filter(pk=visitors.pk).delete()
    return merged


def _move(
    line: CartLine, old: CartLine | None, own: Cart, limit: int, merged: Merged
) -> None:
    had = old.quantity if old else 0
    wanted = had + line.quantity
    most = most_of(line.variant, limit) or max(had, line.quantity)
    merged.units += line.quantity
    if old:
        CartLine.objects.filter(pk=line.pk).delete()
        line.pk = old.pk
    line.cart, line.quantity = own, min(wanted, most)
    line.save(force_update=True)
    if line.quantity < wanted:
        merged.cut.append(line)


def _key(cart: Cart) -> int:
    return cart.pk


def _refuse_too_many(variant: Variant, wanted: int, *, in_cart: int) -> None:
    stock = variant.stock
    if not stock:
        raise OutOfStock(_("It is sold out."), stock=0)
    if wanted > stock and in_cart:
        text = _("%(stock)d are left, and your cart has %(in_cart)d already.")
        raise OutOfStock(text % {"stock": stock, "in_cart": in_cart}, stock=stock)
    if wanted > stock:
        raise OutOfStock(_only_left(stock), stock=stock)
    limit = policy.whole("purchase_limit")
    if limit and wanted > limit:
        raise PurchaseLimit(_at_most(limit), limit=limit)


def _only_left(number: int) -> str:
    text = ngettext("Only %(number)d is left.", "Only %(number)d are left.", number)
    return text % {"number": number}


def _at_most(number: int) -> str:
    return _("You can buy at most %(number)d of it.") % {"number": number}
