"""What is done to a cart's lines."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cart.models import Cart, CartLine, CartLineQuerySet
from cart.refusals import CartFull, CartMoved, PurchaseLimit
from catalog.models import Variant
from catalog.services import OutOfStock, settle_variants
from shop import clock, due, policy
from shop.retry import whole_deed


@whole_deed
def add(*, cart: Cart, variant: Variant, quantity: int) -> None:
    """Put units of a variant, as it was just read, into the cart.

    The same variant again raises its line. Raises OutOfStock or PurchaseLimit beyond
    what is there or allowed, counting what the cart has already, CartFull, and
    CartMoved when a login took the cart away.
    """
    lines = locked_lines(cart)
    there = dict(lines.values_list("variant_id", "quantity"))
    in_cart = there.get(variant.pk, 0)
    wanted = quantity + in_cart
    _refuse_too_many(variant, wanted, in_cart=in_cart)
    # What is added anew is wanted now, at the price that was just shown.
    seen = {"is_selected": True, "price_when_added": variant.price}
    if in_cart:
        own = lines.filter(variant=variant)
        own.update(quantity=F("quantity") + quantity, **seen)
    else:
        _refuse_if_full(len(there))
        CartLine.objects.create(
            cart=cart, variant=variant, quantity=wanted, added_at=clock.now(), **seen
        )


@whole_deed
def change(
    *, line: CartLine, quantity: int | None = None, is_selected: bool | None = None
) -> str:
    """Set a line's quantity, which is above zero, its tick, or both.

    Beyond stock or limit it becomes as many as there may be, and the sentence that says
    so is returned, else "". Raises OutOfStock when there are none at all.
    """
    own = locked_lines(line.cart).filter(pk=line.pk)
    if is_selected is not None:
        own.update(is_selected=is_selected)
    if quantity is None:
        return ""
    stock = Variant.objects.values_list("stock", flat=True).get(pk=line.variant_id)
    if not stock:
        raise OutOfStock(_("It is sold out."), stock=0)
    limit = policy.whole("purchase_limit")
    most = min(stock, limit) if limit else stock
    own.update(quantity=min(quantity, most))
    if quantity <= most:
        return ""
    return _only_left(most) if most == stock else _at_most(most)


@whole_deed
def select_all(*, cart: Cart, is_selected: bool) -> None:
    """Tick every line, or none."""
    locked_lines(cart).update(is_selected=is_selected)


@whole_deed
def remove(*, line: CartLine) -> list[CartLine]:
    """Take a line out of the cart; return it as it was, for `restore`.

    The list is empty when another window was quicker.
    """
    own = locked_lines(line.cart).filter(pk=line.pk)
    removed = list(own)
    own.delete()
    return removed


@whole_deed
def clear_dead(*, cart: Cart, now: datetime) -> list[CartLine]:
    """Take out the lines that cannot be bought any more; return them as they were."""
    lines = locked_lines(cart)
    dead = [x for x in lines.with_variants() if not x.is_buyable_at(now)]
    lines.filter(pk__in=[x.pk for x in dead]).delete()
    return dead


@whole_deed
def restore(*, cart: Cart, lines: Sequence[CartLine]) -> None:
    """Put removed lines back as they were: place, quantity, tick and price seen.

    They get their own keys again, by which a second time finds them there and leaves
    them alone. Units that were picked anew meanwhile are added to them, up to what may
    be bought. Raises CartMoved when a login took the cart away.
    """
    own = locked_lines(cart)
    keys = [line.pk for line in lines]
    back = set(CartLine.objects.filter(pk__in=keys).values_list("pk", flat=True))
    variants = Variant.objects.in_bulk([line.variant_id for line in lines])
    anew = {line.variant_id: line for line in own}
    for line in lines:
        if line.pk not in back and line.variant_id in variants:
            line.variant = variants[line.variant_id]
            _put_back(line, anew.get(line.variant_id))


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


def _put_back(line: CartLine, anew: CartLine | None) -> None:
    quantity = line.quantity
    if anew:
        most = most_of(line.variant, policy.whole("purchase_limit"))
        larger = max(quantity, anew.quantity)
        quantity = max(min(quantity + anew.quantity, most), larger)
        CartLine.objects.filter(pk=anew.pk).delete()
    CartLine.objects.create(
        pk=line.pk,
        cart=line.cart,
        variant=line.variant,
        quantity=quantity,
        is_selected=line.is_selected or bool(anew and anew.is_selected),
        price_when_added=line.price_when_added,
        added_at=line.added_at,
    )


def _refuse_too_many(variant: Variant, wanted: int, *, in_cart: int) -> None:
    stock = variant.stock
    if not stock:
        raise OutOfStock(_("It is sold out."), stock=0)
    if wanted > stock and in_cart:
        text = _("%(stock)d are left, and your cart has %(in_cart)d already.")
        raise OutOfStock(text % {"stock": stock, "in_cart": in_cart}, stock=stock)
    if wanted > stock:
        raise OutOfStock(_only_left(stock), stock=stock)
    # No limit forbids a single one, and most adds are of one: spare them the question.
    limit = policy.whole("purchase_limit") if wanted > 1 else 0
    if limit and wanted > limit:
        raise PurchaseLimit(_at_most(limit), limit=limit)


def _refuse_if_full(number: int) -> None:
    # The rule allows ten at least: spare most carts the question.
    limit = policy.whole("cart_lines") if number >= 10 else 10
    if number >= limit:
        text = _("A cart holds %(limit)d different items. Please remove some first.")
        raise CartFull(text % {"limit": limit}, limit=limit)


def _only_left(number: int) -> str:
    text = ngettext("Only %(number)d is left.", "Only %(number)d are left.", number)
    return text % {"number": number}


def _at_most(number: int) -> str:
    return _("You can buy at most %(number)d of it.") % {"number": number}
