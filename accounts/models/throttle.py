"""Budgets of tries, in rows: shared by all workers, and there after a restart."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F


class BudgetQuerySet(models.QuerySet["Budget"]):
    def prepare(self, keys: Iterable[str], now: datetime) -> None:
        """Write the budgets that are missing; in a transaction of its own.

        An insert that meets its like keeps a lock on it, and of many that then count
        in the same transaction each waits for all others: a deadlock.
        """
        wanted = set(keys)
        there = set(self.filter(pk__in=wanted).values_list("pk", flat=True))
        fresh = [Budget(key=k, used=0, ends_at=now) for k in sorted(wanted - there)]
        self.bulk_create(fresh, ignore_conflicts=True)

    def reserve(self, key: str, most: int, window: timedelta, now: datetime) -> bool:
        """Take one of `most` tries of a window; False when there is none left."""
        self.filter(key=key, ends_at__lte=now).update(used=0, ends_at=now + window)
        # One statement: counted afterwards, fifty tries at once would all pass.
        return self.filter(key=key, used__lt=most).update(used=F("used") + 1) == 1

    def give_back(self, key: str) -> None:
        """Return a try that turned out to be none."""
        self.filter(key=key, used__gt=0).update(used=F("used") - 1)

    def renew(self, key: str) -> None:
        """Begin anew; the row stays, for a try that has found it is about to count."""
        self.filter(key=key).update(used=0)


class Budget(models.Model):
    """How many tries of something were used in the present window."""

    #: A digest of what is counted, so that the table tells nobody's phone.
    key = models.CharField(max_length=64, primary_key=True)
    used = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    objects = BudgetQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.used}"
