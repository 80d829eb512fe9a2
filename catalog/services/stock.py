"""Stock is taken, given back and counted, each time with a row in its ledger.

Called inside the transaction of the deed that it belongs to.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, StockEntry, Variant
from catalog.services.changes import note_change
from catalog.services.products import refresh_summary
from shop import clock, due
from shop.refusals import Refusal


class OutOfStock(Refusal):
    """There is less on the shelf than was asked for."""

    error = "out_of_stock"
    message = _("There is not enough of it in stock.")


class StockMoved(Refusal):
    """Somebody bought or counted between looking and writing."""

    error = "stock_moved"
    message = _("The stock has changed meanwhile. Please look again.")


def set_stock(
    *,
    variant: Variant,
    stock: int,
    by_id: int | None,
    reason: str = "",
    kind: StockEntry.Kind = StockEntry.Kind.COUNT,
) -> None:
    """Set what can be sold of a variant, with its ledger row.

    `by_id` is the account that did it, None the system. `variant.stock` is the figure
    that was looked at; StockMoved when it is not the
    present one any more, so that a sale in between is never overwritten.
    """
    change = stock - variant.stock
    if not change:
        return
    with transaction.atomic():
        looked_at = Variant.objects.filter(pk=variant.pk, stock=variant.stock)
        if not looked_at.update(stock=stock):
            raise StockMoved
        _write_entry(variant.pk, kind, change, stock, reason=reason, by_id=by_id)
        refresh_summary(product_ids=[variant.product_id])
    variant.stock = stock


@dataclass(frozen=True)
class Moved:
    """Units that an order took or gave back: so many more of a product's variant."""

    product_id: int
    change: int
    stock: int

    @property
    def turns(self) -> bool:
        """Tell whether the variant is sold out now, or is no longer."""
        return 0 in (self.stock, self.stock - self.change)


def take(*, variant_id: int, quantity: int, order_number: str) -> Moved:
    """Take units off the shelf for an order. Raises OutOfStock and takes none.

    Take several variants in the order of their ids, then refresh their products.
    """
    return _take(variant_id, quantity, StockEntry.Kind.ORDER, order_number, None)


def give_back(*, variant_id: int, quantity: int, order_number: str) -> Moved:
    """Put units of an order that came to nothing back on the shelf.

    Then refresh the products.
    """
    Variant.objects.filter(pk=variant_id).update(stock=F("stock") + quantity)
    return _write_moved(variant_id, StockEntry.Kind.CANCELLED, quantity, order_number)


def refresh_stock(moves: Collection[Moved]) -> None:
    """Change the stock of products by what was taken or given back.

    Most sales change a number alone, which kept pages ask for each time
    (`catalog.shown_stock`). When something is sold out, or back, they show other things
    too: then the whole summary is refreshed, and they end.
    """
    units = Counter[int]()
    for move in moves:
        units[move.product_id] += move.change
    turned = {move.product_id for move in moves if move.turns}
    for product_id, change in sorted(units.items()):
        if product_id in turned:
            refresh_summary(product_ids=[product_id])
        else:
            Product.objects.filter(pk=product_id).update(stock=F("stock") + change)


def take_back(
    *, variant_id: int, quantity: int, order_number: str, by_id: int | None
) -> Moved:
    """Put units on the shelf that came back from a buyer. Then refresh the product."""
    Variant.objects.filter(pk=variant_id).update(stock=F("stock") + quantity)
    kind = StockEntry.Kind.RETURNED
    return _write_moved(variant_id, kind, quantity, order_number, by_id=by_id)


def scrap(*, variant_id: int, quantity: int, reason: str, by_id: int | None) -> Moved:
    """Take units off the shelf that can never be sold. Raises OutOfStock.

    Then refresh the product.
    """
    return _take(variant_id, quantity, StockEntry.Kind.SCRAPPED, reason, by_id)


def send_replacement(
    *, variant_id: int, quantity: int, order_number: str, by_id: int | None
) -> Moved:
    """Take units off the shelf that replace faulty ones. Raises OutOfStock.

    Then refresh the product.
    """
    kind = StockEntry.Kind.REPLACEMENT
    return _take(variant_id, quantity, kind, order_number, by_id)


def hold_until(*, variant_ids: Iterable[int], moment: datetime) -> None:
    """Remember when the earliest unpaid order of these variants will let go of them.

    Called where their stock is taken. Pages that show something sold out were ended by
    that, and know the moment; the others ask for the stock each time.
    """
    # Seldom, but a rule that staff shorten lets a later order end first.
    later = Q(held_until=None) | Q(held_until__gt=moment)
    Variant.objects.filter(later, pk__in=list(variant_ids)).update(held_until=moment)


def release_hold(*, variant_id: int, moment: datetime | None) -> None:
    """Set the next moment at which a held unit may become free; None: there is none."""
    Variant.objects.filter(pk=variant_id).update(held_until=moment)
    if moment is not None:
        # Kept pages end then; the moment before it has ended them already.
        note_change()


def free_overdue() -> bool:
    """Free all that unpaid orders hold longer than they may; tell if any did (row E2).

    For lists, which show many products. Asks the first of an index when there is
    nothing to do. Never inside a transaction.
    """
    overdue = Variant.objects.filter(held_until__lte=clock.now())
    held = list(overdue.order_by("held_until", "pk").values_list("pk", flat=True))
    if held:
        due.settle("variants", held)
    return bool(held)


def _take(
    variant_id: int,
    quantity: int,
    kind: StockEntry.Kind,
    reason: str,
    by_id: int | None,
) -> Moved:
    # One statement: between a read and a write another buyer fits.
    left = Variant.objects.filter(pk=variant_id, stock__gte=quantity)
    if not left.update(stock=F("stock") - quantity):
        raise OutOfStock
    return _write_moved(variant_id, kind, -quantity, reason, by_id=by_id)


def _write_moved(
    variant_id: int,
    kind: StockEntry.Kind,
    change: int,
    reason: str,
    *,
    by_id: int | None = None,
) -> Moved:
    # The row is ours until the transaction ends, so this is the stock we left.
    row = Variant.objects.filter(pk=variant_id).values_list("product_id", "stock")
    product_id, stock = row.get()
    _write_entry(variant_id, kind, change, stock, reason=reason[:200], by_id=by_id)
    return Moved(product_id, change, stock)


def _write_entry(
    variant_id: int,
    kind: StockEntry.Kind,
    change: int,
    stock_after: int,
    *,
    reason: str,
    by_id: int | None = None,
) -> None:
    StockEntry.objects.create(
        variant_id=variant_id,
        kind=kind,
        change=change,
        stock_after=stock_after,
        reason=reason,
        by_id=by_id,
        created_at=clock.now(),
    )
