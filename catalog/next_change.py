"""The next moment at which a page changes by itself, whatever anybody does."""

from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet, Value

from catalog.models import Banner, HomeBlock, Product, Variant


def next_change_at(now: datetime) -> datetime | None:
    """Return the next moment after `now` at which something on a page changes by time.

    Scheduled products come on the shelf, prices change, banners and blocks of the home
    page begin and end. One query, as each is the first of an index or of a few rows.
    """
    # With both values of the first column, its index has the few that are to come.
    to_come = Product.objects.filter(
        is_sold_out__in=[False, True], status=Product.Status.ON_SHELF
    )
    moments = [
        first_after(now, to_come, "on_shelf_at"),
        first_after(now, Variant.objects.all(), "price_due_at"),
        *(
            first_after(now, model._default_manager.all(), column)
            for model in (Banner, HomeBlock)
            for column in ("starts_at", "ends_at")
        ),
    ]
    found = moments[0].union(*moments[1:], all=True)
    return min((at for at in found if at is not None), default=None)


def first_after(
    now: datetime, rows: QuerySet[Any], column: str
) -> QuerySet[Any, datetime | None]:
    """Ask for the first moment after `now` in a column; no row if there is none."""
    later = rows.filter(**{f"{column}__gt": now}).order_by()
    first = later.values(nothing=Value(1)).annotate(at=Min(column))
    moments: QuerySet[Any, datetime | None] = first.values_list("at", flat=True)
    return moments
