"""The first few products of several lists, in one query (rows H1, H4).

Written by hand, like the search: Django takes ten times as long to build it as the
database to answer it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from catalog.models import Product

TABLE = Product._meta.db_table


@dataclass(frozen=True)
class Shelf:
    """The first products by a column, the largest first, what is in stock before."""

    #: Of which categories, by their keys; visible ones.
    categories: Sequence[int]
    column: Literal["sales_count", "on_shelf_at"]
    size: int
    is_in_stock: bool = False


def keys_of(
    shelves: Sequence[Shelf], now: datetime, without: Collection[int] = ()
) -> list[list[int]]:
    """Return the keys of each shelf's products, in its order; some are left out."""
    found: list[list[tuple[Any, ...]]] = [[] for _shelf in shelves]
    for place, *row in _rows(shelves, now, sorted(without)):
        found[place].append(tuple(row))
    # What comes out of a union has no order.
    return [_in_order(rows) for rows in found]


def _rows(
    shelves: Sequence[Shelf], now: datetime, without: Sequence[int]
) -> list[tuple[Any, ...]]:
    texts: list[str] = []
    values: list[Any] = []
    for place, shelf in enumerate(shelves):
        if shelf.categories:
            texts.append(_select(place, shelf, len(without)))
            values += [*shelf.categories, Product.Status.ON_SHELF.value]
            values += [connection.ops.adapt_datetimefield_value(now), *without]
    if not texts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(texts), values)
        return list(cursor.fetchall())


def _select(place: int, shelf: Shelf, without: int) -> str:
    """Write the query of one shelf; as `ProductQuerySet.on_shelf_of` asks."""
    # Of several categories a plus keeps the index of the order: there is nothing to
    # sort then. Of one the index of the category is in that order.
    plus = "" if len(shelf.categories) == 1 else "+"
    conditions = [f"{plus}category_id IN ({_marks(len(shelf.categories))})"]
    conditions.append("status = %s AND on_shelf_at <= %s AND price > 0")
    if without:
        conditions.append(f"id NOT IN ({_marks(without)})")
    if shelf.is_in_stock:
        conditions.append("is_sold_out = 0")
    # Limits stand in subqueries: SQLite takes none in the parts of a union.
    return (
        f"SELECT {place}, shelf_{place}.* FROM ("  # noqa: S608 -- names of ours
        f"SELECT is_sold_out, {shelf.column}, id FROM {TABLE} "
        f"WHERE {' AND '.join(conditions)} "
        f"ORDER BY is_sold_out, {shelf.column} DESC, id DESC LIMIT {shelf.size}"
        f") shelf_{place}"
    )


def _marks(number: int) -> str:
    return ", ".join(["%s"] * number)


def _in_order(rows: list[tuple[Any, ...]]) -> list[int]:
    by_value = sorted(rows, key=lambda row: (row[1], row[2]), reverse=True)
    return [pk for _sold_out, _value, pk in sorted(by_value, key=lambda row: row[0])]
