"""Rows without an object for each: by the hundred thousand, or asked for all day."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

#: So many rows go to the database together.
PAGE = 5000
#: SQLite's own cache is 2 MB: rows that fall all over an index turn it over each time.
ROOM = 256 * 1024  # KiB


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Write new rows, as values in the order of these columns of the model's table.

    For where `bulk_create` spends more time on its objects than the database on the
    rows. Columns that are not named must have a default in the database.
    """
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    table = quote(model._meta.db_table)
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks(columns)})"  # noqa: S608
    with connection.cursor() as cursor:
        for start in range(0, len(rows), PAGE):
            cursor.executemany(statement, rows[start : start + PAGE])


def fetch(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a statement written by hand, as the driver gives them.

    For small questions that a page asks each time: building one with the models takes
    Django some 0.3 ms, the database a twentieth of that.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def marks(values: Collection[object]) -> str:
    """Return the placeholders of so many values: "%s, %s"."""
    return ", ".join(["%s"] * len(values))


@contextmanager
def room_for_many() -> Iterator[None]:
    """Let SQLite keep a large index in memory while many rows are written to it.

    Other servers have a cache of their own, which all connections share.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = -{ROOM}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {usual}")
