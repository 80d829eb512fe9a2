"""What the cart's page shows: lines, what they come to, what sending costs."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest

from cart import freight
from cart.carts import lines_of
from cart.models import CartLine
from cart.services import most_of, settle_overdue
from shop import clock, policy
from shop.money import ZERO


@dataclass(frozen=True)
class CartPage:
    #: What can be bought, the newest first.
    lines: list[CartLine]
    #: What cannot be bought any more.
    dead: list[CartLine]
    limit: int
    rule: freight.FreightRule

    @property
    def units(self) -> int:
        """All that is in the cart, ticked or not: the number in the header."""
        return sum(line.quantity for line in [*self.lines, *self.dead])

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
    def freight(self) -> Decimal:
        return self.rule.fee_for(self.goods)

    @property
    def missing_for_free(self) -> Decimal:
        return self.rule.missing(self.goods)

    @property
    def sum(self) -> Decimal:
        """What there is to pay."""
        return self.goods + self.freight

    def line(self, pk: int) -> CartLine | None:
        """Return one of the lines, if it is there."""
        return next((x for x in [*self.lines, *self.dead] if x.pk == pk), None)

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
    return CartPage(
        lines=[line for line in lines if line.is_buyable_at(now)],
        dead=[line for line in lines if not line.is_buyable_at(now)],
        limit=int(numbers["purchase_limit"]),
        rule=freight.rule_of(numbers),
    )
