"""The first few products of several lists, in one query (rows H1, H4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from catalog.models import Product


@dataclass(frozen=True)
class Shelf:
    """The first products by a column, the largest first, what is in stock before."""

    products: QuerySet[Product]
    #: `sales_count` or `on_shelf_at`.
    column: str
    size: int

    def rows(self) -> QuerySet[Product, tuple[Any, ...]]:
        """Return what decides the order, and the keys."""
        ordered = self.products.order_by("is_sold_out", f"-{self.column}", "-pk")
        return ordered.values_list("is_sold_out", self.column, "pk")[: self.size]


def keys_of(shelves: Sequence[Shelf]) -> list[list[int]]:
    """Return the keys of each shelf's products, in its order.

    Django's own union takes no limits on SQLite; as subqueries both engines take them.
    """
    found: list[list[tuple[Any, ...]]] = [[] for _shelf in shelves]
    for place, *row in _rows(shelves):
        found[place].append(tuple(row))
    # What comes out of a union has no order.
    return [_in_order(rows) for rows in found]


def _rows(shelves: Sequence[Shelf]) -> list[tuple[Any, ...]]:
    texts, values = [], []
    for place, shelf in enumerate(shelves):
        rows = shelf.rows()
        try:
            text, params = rows.query.get_compiler(rows.db).as_sql()
        except EmptyResultSet:
            continue
        name = f"shelf_{place}"
        # Nothing that anybody typed: the compiler's text, its values apart.
        texts.append(f"SELECT {place}, {name}.* FROM ({text}) {name}")  # noqa: S608
        values += params
    if not texts:
        return []
    with connections[shelves[0].products.db].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(texts), values)
        return list(cursor.fetchall())


def _in_order(rows: list[tuple[Any, ...]]) -> list[int]:
    by_value = sorted(rows, key=lambda row: (row[1], row[2]), reverse=True)
    return [pk for _sold_out, _value, pk in sorted(by_value, key=lambda row: row[0])]
