"""What an account has bought lately, written by the floor that sells (row H1)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from catalog.models import RecentPurchase

BATCH = 1000


def note_purchase(*, user_id: int, product_ids: Iterable[int], at: datetime) -> None:
    """Note that the account has paid for these products; the last time counts.

    Called inside the transaction of the payment.
    """
    # In one order, so that two payments of an account do not wait for each other.
    purchases = [
        RecentPurchase(user_id=user_id, product_id=product_id, bought_at=at)
        for product_id in sorted(set(product_ids))
    ]
    # MySQL takes any unique key for the conflict, and may not be told which.
    names_the_key = connection.features.supports_update_conflicts_with_target
    RecentPurchase.objects.bulk_create(
        purchases,
        update_conflicts=True,
        update_fields=["bought_at"],
        unique_fields=["user", "product"] if names_the_key else None,
    )


def forget_purchases(*, now: datetime) -> bool:
    """Delete a batch of what is too old to matter; tell whether there was any."""
    old = RecentPurchase.objects.forgettable(now).order_by("bought_at", "pk")
    ids = list(old.values_list("pk", flat=True)[:BATCH])
    RecentPurchase.objects.filter(pk__in=ids).delete()
    return bool(ids)
