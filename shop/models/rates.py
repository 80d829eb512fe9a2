"""How often something was asked for within a minute, by all processes together."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F


class RateCountQuerySet(models.QuerySet["RateCount"]):
    def over(self, moment: datetime) -> Self:
        """Those whose minute is over."""
        return self.filter(ends_at__lte=moment)

    def add(self, key: str, number: int, ends_at: datetime) -> int:
        """Count so many more; return how many there are now.

        Each statement for itself: an insert that meets its like keeps a lock on it, and
        of many that then count in the same transaction each waits for all others.
        """
        row = self.filter(pk=key)
        if not row.update(count=F("count") + number):
            fresh = RateCount(key=key, count=0, ends_at=ends_at)
            self.bulk_create([fresh], ignore_conflicts=True)
            row.update(count=F("count") + number)
        return row.values_list("count", flat=True).get()


class RateCount(models.Model):
    """What one sender asked for within one minute (`shop.rates`)."""

    #: A digest, so that the table tells nobody's address.
    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    objects = RateCountQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
