"""Many variants into a cart at once, as many of each as there may be."""

from collections.abc import Iterable
from dataclasses import dataclass

from cart.models import Cart, CartLine
from cart.services.lines import locked_lines, most_of
from catalog.models import Variant
from shop import clock, policy
from shop.retry import whole_deed


@dataclass(frozen=True)
class Put:
    """How many units of a variant were wanted, and how many went in."""

    variant: Variant
    wanted: int
    added: int
    is_available: bool


@whole_deed
def add_all(*, cart: Cart, wishes: Iterable[tuple[Variant, int]]) -> list[Put]:
    """Put units of variants, as they were just read, into the cart; return what went.

    What is not on sale or sold out is left out; of the rest as many go in as stock and
    limit allow beside what the cart has already. Raises CartMoved.
    """
    lines = {line.variant_id: line for line in locked_lines(cart)}
    limit = policy.whole("purchase_limit")
    now = clock.now()
    put = []
    for variant, wanted in wishes:
        line = lines.get(variant.pk)
        there = line.quantity if line else 0
        is_available = variant.stock > 0 and variant.product.is_public(now)
        room = max(most_of(variant, limit) - there, 0) if is_available else 0
        added = min(wanted, room)
        if added:
            _put(cart, variant, line, added)
        put.append(Put(variant, wanted, added, is_available))
    return put


def _put(cart: Cart, variant: Variant, line: CartLine | None, added: int) -> None:
    # What is added anew is wanted now, at the present price.
    seen = {"is_selected": True, "price_when_added": variant.price}
    if line:
        own = CartLine.objects.filter(pk=line.pk)
        own.update(quantity=line.quantity + added, **seen)
    else:
        CartLine.objects.create(
            cart=cart, variant=variant, quantity=added, added_at=clock.now(), **seen
        )
