"""A visitor's cart joins the account's at login (row D2)."""

from dataclasses import dataclass, field

from cart.models import Cart, CartLine
from cart.refusals import CartMoved
from cart.services.lines import locked_lines, most_of
from shop import policy
from shop.retry import whole_deed


@dataclass
class Merged:
    """What a login changed: the units that came along, and the lines that were cut."""

    units: int = 0
    cut: list[CartLine] = field(default_factory=list)


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
