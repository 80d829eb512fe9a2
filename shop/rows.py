"""Rows by the hundred thousand, without an object for each."""

from collections.abc import Iterator, Sequence
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
    marks = ", ".join(["%s"] * len(columns))
    table = quote(model._meta.db_table)
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        for start in range(0, len(rows), PAGE):
            cursor.executemany(statement, rows[start : start + PAGE])


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
