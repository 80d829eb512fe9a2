"""What the orders of a shop to try took off the shelves, hold, and count as bought."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import F

from catalog import services as catalog
from catalog.models import StockEntry, Variant
from catalog.models.purchases import LATELY
from orders.demo.order import DemoOrder
from orders.models import Order
from orders.states import OrderStatus
from shop import clock


def write_stock(wanted: list[DemoOrder], orders: dict[str, Order]) -> None:
    """Take the units off the shelf, after putting as many there: none is missing."""
    taken = Counter(
        variant.pk
        for each in wanted
        if each.status != OrderStatus.CLOSED
        for variant in each.variants
    )
    for variant_id, units in sorted(taken.items()):
        variant = Variant.objects.get(pk=variant_id)
        catalog.set_stock(variant=variant, stock=variant.stock + units, by_id=None)
    StockEntry.objects.bulk_create(_stock_entries(wanted, orders), batch_size=500)
    for variant_id, units in sorted(taken.items()):
        Variant.objects.filter(pk=variant_id).update(stock=F("stock") - units)
    products = Variant.objects.filter(pk__in=_ids(wanted))
    catalog.refresh_summary(product_ids=set(products.values_list("product", flat=True)))
    _write_holds(wanted, orders)


def _stock_entries(
    wanted: list[DemoOrder], orders: dict[str, Order]
) -> Iterator[StockEntry]:
    stock = dict(Variant.objects.filter(pk__in=_ids(wanted)).values_list("pk", "stock"))
    for each in wanted:
        moves = [(StockEntry.Kind.ORDER, -1)]
        if each.status == OrderStatus.CLOSED:
            moves.append((StockEntry.Kind.CANCELLED, 1))
        for variant in each.variants:
            for kind, change in moves:
                stock[variant.pk] += change
                yield StockEntry(
                    variant=variant,
                    kind=kind,
                    change=change,
                    stock_after=stock[variant.pk],
                    reason=orders[each.token].number,
                    created_at=each.placed_at,
                )


def _ids(wanted: list[DemoOrder]) -> set[int]:
    return {variant.pk for each in wanted for variant in each.variants}


def _write_holds(wanted: list[DemoOrder], orders: dict[str, Order]) -> None:
    unpaid = [each for each in wanted if each.status == OrderStatus.PENDING_PAYMENT]
    for each in sorted(unpaid, key=lambda each: each.placed_at):
        variant_ids = [variant.pk for variant in each.variants]
        catalog.hold_until(variant_ids=variant_ids, moment=orders[each.token].pay_by)


def note_purchases(wanted: list[DemoOrder]) -> None:
    """Note what was paid of late, in that order: it is not recommended again."""
    paid = sorted(
        (each for each in wanted if each.is_paid), key=lambda each: each.paid_at
    )
    for each in paid:
        if each.paid_at > clock.now() - LATELY:
            catalog.note_purchase(
                user_id=each.address.user_id,
                product_ids=[variant.product_id for variant in each.variants],
                at=each.paid_at,
            )
