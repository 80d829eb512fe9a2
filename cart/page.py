"""What the cart's page shows: lines, what they come to, what sending costs."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from cart import freight
from cart.carts import lines_of
from cart.models import CartLine
from cart.services import most_of, settle_overdue
from shop import clock, policy
from shop.money import ZERO, plain


@dataclass(frozen=True)
class CartPage:
    #: What can be bought, the newest first.
    lines: list[CartLine]
    #: What cannot be bought, and has a page still.
    sold_out: list[CartLine]
    #: What cannot be bought, and is not to be seen any more.
    off_shelf: list[CartLine]
    limit: int
    rule: freight.FreightRule

    @property
    def dead(self) -> list[CartLine]:
        """What cannot be bought any more."""
        return [*self.sold_out, *self.off_shelf]

    @property
    def all_lines(self) -> list[CartLine]:
        return [*self.lines, *self.dead]

    @property
    def units(self) -> int:
        """All that is in the cart, ticked or not: the number in the header."""
        return sum(line.quantity for line in self.all_lines)

    @property
    def ticked(self) -> list[CartLine]:
        return [line for line in self.lines if line.is_selected]

    @property
    def ticked_units(self) -> int:
        return sum(line.quantity for line in self.ticked)

    @property
    def is_all_ticked(self) -> bool:
        return len(self.ticked) == len(self.lines)

    @property
    def goods(self) -> Decimal:
        """What the ticked lines come to, without freight."""
        return sum((line.total for line in self.ticked), ZERO)

    @property
    def savings(self) -> Decimal:
        return sum((line.savings for line in self.ticked), ZERO)

    @property
    def is_sent_free(self) -> bool:
        """Tell whether every ticked line is of a product sent free of charge."""
        ticked = self.ticked
        return bool(ticked) and all(x.product.has_free_freight for x in ticked)

    @property
    def freight(self) -> Decimal:
        return self.rule.fee_for(self.goods, is_free=self.is_sent_free)

    @property
    def missing_for_free(self) -> Decimal:
        return ZERO if self.is_sent_free else self.rule.missing(self.goods)

    @property
    def sum(self) -> Decimal:
        """What there is to pay."""
        return self.goods + self.freight

    def figures(self, changed: CartLine | None = None) -> dict[str, Any]:
        """Return the sums as JSON has them, with those of the line that was changed."""
        sums = {
            "cart_total": plain(self.goods),
            "cart_count": self.units,
            "savings": plain(self.savings),
            "freight": plain(self.freight),
            "missing_for_free": plain(self.missing_for_free),
        }
        if changed is None:
            return sums
        line = next((x for x in self.all_lines if x.pk == changed.pk), None)
        return {
            **sums,
            "quantity": line.quantity if line else 0,
            "line_total": plain(line.total if line else ZERO),
        }

    def most(self, line: CartLine) -> int:
        return most_of(line.variant, self.limit)


def load(request: HttpRequest) -> CartPage:
    """Load the cart of whoever asks."""
    now = clock.now()
    wanted = lines_of(request).with_variants().in_order()
    lines = list(wanted)
    if settle_overdue((line.variant for line in lines), now=now):
        lines = list(wanted.all())
    numbers = policy.amounts([*freight.RULES, "purchase_limit"])
    public = [line for line in lines if line.product.is_public(now)]
    return CartPage(
        lines=[line for line in public if not line.is_sold_out],
        sold_out=[line for line in public if line.is_sold_out],
        off_shelf=[line for line in lines if not line.product.is_public(now)],
        limit=int(numbers["purchase_limit"]),
        rule=freight.rule_of(numbers),
    )


def figures_of(line: CartLine) -> dict[str, Any]:
    """Return a line as JSON has it."""
    return {
        "id": line.pk,
        "variant": line.variant_id,
        "quantity": line.quantity,
        "selected": line.is_selected and line.is_buyable_at(clock.now()),
        "price": plain(line.variant.price),
        "line_total": plain(line.total),
    }
