"""Up to when the sales of the last thirty days are counted (row H2)."""

from datetime import datetime, timedelta

from django.db import models

MONTH = timedelta(days=30)


class SalesCount(models.Model):
    """The one row that says which thirty days `Product.sales_30d` counts.

    Those up to `counted_at`, and what was received since. Without the row everything
    ever received is in it.
    """

    ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ROW)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1), name="orders_sales_count_is_one_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counted_at}"

    @classmethod
    def last(cls) -> "SalesCount | None":
        return cls.objects.filter(pk=cls.ROW).first()

    @classmethod
    def begins_at(cls) -> datetime | None:
        """Return after which moment receipts count; None: all do."""
        last = cls.last()
        return last.counted_at - MONTH if last else None
