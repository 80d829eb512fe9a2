"""What is written of an account's browsing history (row B10)."""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import Error, connection

from catalog.models import HistoryEntry, Product
from shop import clock
from shop.retry import short_wait, whole_deed

#: So many products are remembered, of visitors too.
KEPT = 50

logger = logging.getLogger(__name__)


def note(*, user_id: int, product_id: int) -> None:
    """Note that the account has looked at a product just now.

    The page matters more than the note: a note that cannot be written is lost.
    """
    try:
        with short_wait():
            _write(user_id, [product_id])
            _forget_the_oldest(user_id)
    except Error as error:
        connection.close_if_unusable_or_obsolete()
        logger.warning("a look at product %s was not noted: %s", product_id, error)


@whole_deed
def join(*, user_id: int, product_ids: Sequence[int]) -> None:
    """Put what a visitor has looked at, the newest first, before what is there."""
    there = Product.objects.filter(pk__in=product_ids).values_list("pk", flat=True)
    known = set(there)
    _write(user_id, [pk for pk in product_ids if pk in known])
    _forget_the_oldest(user_id)


@whole_deed
def forget(*, user_id: int, product_id: int | None = None) -> None:
    """Forget one product, or without it everything."""
    entries = HistoryEntry.objects.of(user_id)
    if product_id is not None:
        entries = entries.filter(product=product_id)
    entries.delete()


def _write(user_id: int, product_ids: Iterable[int]) -> None:
    """Write the products as looked at just now, the first as the newest."""
    now = clock.now()
    entries = [
        HistoryEntry(
            user_id=user_id,
            product_id=product_id,
            viewed_at=now - timedelta(microseconds=place),
        )
        for place, product_id in enumerate(product_ids)
    ]
    # MySQL takes any unique key for the conflict, and may not be told which.
    names_the_key = connection.features.supports_update_conflicts_with_target
    HistoryEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        update_fields=["viewed_at"],
        unique_fields=["user", "product"] if names_the_key else None,
    )


def _forget_the_oldest(user_id: int) -> None:
    entries = HistoryEntry.objects.of(user_id).newest_first()
    surplus = list(entries.values_list("pk", flat=True)[KEPT : 2 * KEPT])
    if surplus:
        HistoryEntry.objects.filter(pk__in=surplus).delete()
