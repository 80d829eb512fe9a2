"""Counters of a product that the floors above write: sales and ratings."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F

from catalog.models import Product
from catalog.services.changes import note_change
from shop.retry import whole_deed

#: How long sales count as recent (row H2).
MONTH = timedelta(days=30)


def count_sale(*, product_id: int, units: int, is_recent: bool) -> None:
    """Add received units to a product's sales, and to those of thirty days (row H2)."""
    lately = units if is_recent else 0
    Product.objects.filter(pk=product_id).update(
        sales_count=F("sales_count") + units, sales_30d=F("sales_30d") + lately
    )
    note_change()


@whole_deed
def forget_opening_sales(*, moment: datetime, most: int) -> bool:
    """Let opening balances that are thirty days old leave the sales of thirty days.

    A batch of products; tell if there was one.
    """
    over = Product.objects.filter(opening_counted_at__lte=moment - MONTH)
    oldest = over.order_by("opening_counted_at", "pk").values_list("pk", flat=True)
    changed = over.filter(pk__in=list(oldest[:most])).update(
        # In this order: MySQL looks at what it has just written.
        sales_30d=F("sales_30d") - F("opening_sales_30d"),
        opening_sales_30d=0,
        opening_counted_at=None,
    )
    if changed:
        note_change()
    return changed > 0


def set_ratings(*, product_id: int, total: int, count: int, silent: int) -> None:
    """Write a product's ratings: stars added up, written and silent reviews (M4)."""
    Product.objects.filter(pk=product_id).update(
        rating_sum=total,
        rating_count=count,
        silent_count=silent,
        rating_average=average(total, count),
    )
    note_change()


def average(total: int, count: int) -> Decimal:
    """Return the average of so many stars, with two places; 0.00 of none."""
    if not count:
        return Decimal("0.00")
    return (Decimal(total) / count).quantize(Decimal("0.01"), ROUND_HALF_UP)
