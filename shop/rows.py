"""Rows by the hundred thousand, without an object for each."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

#: So many rows go to the database together.
PAGE = 5000


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
