"""Goes well with: what staff link to a product, and what is bought with it (row H3)."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Value

from catalog.cards import COLUMNS, Card, card_of, settle_late
from catalog.models import Product

MOST = 8
#: Fewer orders with both are chance.
LEAST_ORDERS = 3


def goes_well_with(product: Product, *, now: datetime) -> list[Card]:
    """Return up to 8 products to offer beside this one, with one query.

    Staff's links first, in their order, then what was bought with it in at least 3
    orders, the most often first. Only what shoppers may see and buy today.
    """
    rows = list(_offered(product, now))
    if settle_late(rows):
        rows = list(_offered(product, now))
    # What is linked and bought together comes twice, and is shown once.
    found: dict[int, Card] = {}
    for row in rows:
        found.setdefault(row[0], card_of(row))
    return list(found.values())[:MOST]


def _offered(product: Product, now: datetime) -> QuerySet[Product, tuple[Any, ...]]:
    offered = Product.objects.public(now).in_stock()
    linked = offered.filter(companion_of__product=product.pk).annotate(
        source=Value(0), place=F("companion_of__position"), orders=Value(0)
    )
    bought = offered.filter(
        pair_of__product=product.pk, pair_of__count__gte=LEAST_ORDERS
    ).annotate(source=Value(1), place=Value(0), orders=F("pair_of__count"))
    columns = (*COLUMNS, "source", "place", "orders")
    both = linked.values_list(*columns).union(bought.values_list(*columns), all=True)
    return both.order_by("source", "place", "-orders", "pk")[: 2 * MOST]
