"""Counting sales: units received and not refunded (row H2).

Of all time, and of the last thirty days. Receipts add to both at once, and a refund of
what was received takes off again. Once a day what is older than thirty days leaves the
second; `SalesCount` says up to when that was done, so that `audit` and `rebuild` find
the same figures as the receipts left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from catalog import services as catalog
from catalog.models import Product
from orders.models import OrderItem, SalesCount
from orders.models.sales import MONTH
from orders.states import ItemStatus
from shop import clock
from shop.retry import whole_deed

DAY = timedelta(days=1)
BATCH = 500
COLUMNS = ("sales_count", "sales_30d")


@dataclass(frozen=True)
class Sales:
    """Units of a product, beside its opening balances."""

    ever: int = 0
    lately: int = 0


def count_receipt(item: OrderItem, at: datetime) -> None:
    """Count what was received of an item just now. Part of its transaction."""
    _count(item, item.kept_quantity, at)


def count_return(item: OrderItem, units: int) -> None:
    """Take units off that were refunded after their receipt, part of the refund.

    Those of the last thirty days are counted by the day of their receipt.
    """
    if item.received_at:
        _count(item, -units, item.received_at)


def _count(item: OrderItem, units: int, received_at: datetime) -> None:
    since = SalesCount.begins_at()
    catalog.count_sale(
        product_id=item.product_id,
        units=units,
        is_recent=since is None or received_at > since,
    )


def received_by(product_ids: Iterable[int], since: datetime | None) -> dict[int, Sales]:
    """Return what was received and kept of these products: ever, and after `since`."""
    lately = Q(received_at__gt=since) if since else Q(received_at__isnull=False)
    items = _received().filter(product__in=list(product_ids))
    kept = F("quantity") - F("refunded_quantity")
    rows = items.values_list("product").annotate(
        ever=Sum(kept), lately=Sum(kept, filter=lately)
    )
    return {pk: Sales(ever, lately or 0) for pk, ever, lately in rows.order_by()}


def next_refresh(received_at: datetime | None = None) -> datetime | None:
    """Return when the next receipt leaves the thirty days, at most once a day.

    `received_at`: as if something were received then, too.
    """
    last = SalesCount.last()
    oldest = _lately(last).order_by("received_at", "pk")
    moments = [oldest.values_list("received_at", flat=True).first(), received_at]
    receipts = [moment for moment in moments if moment]
    if not receipts:
        return None
    leaves_at = min(receipts) + MONTH
    return max(leaves_at, last.counted_at + DAY) if last else leaves_at


@whole_deed
def refresh(now: datetime) -> bool:
    """Let what was received more than thirty days before `now` leave the count.

    Returns False when that was done already.
    """
    last = SalesCount.objects.select_for_update().filter(pk=SalesCount.ROW).first()
    if last and last.counted_at >= now:
        return False
    left = _lately(last).filter(received_at__lte=now - MONTH)
    product_ids = set(left.values_list("product_id", flat=True))
    SalesCount.objects.update_or_create(pk=SalesCount.ROW, defaults={"counted_at": now})
    for batch in _batches(sorted(product_ids)):
        _recount(batch, now - MONTH)
    return True


def recount_all() -> int:
    """Count the sales of all products anew; return how many products there are."""
    now = clock.now()
    SalesCount.objects.update_or_create(pk=SalesCount.ROW, defaults={"counted_at": now})
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for batch in _batches(ids):
        _recount(batch, now - MONTH)
    return len(ids)


@transaction.atomic
def _recount(product_ids: list[int], since: datetime) -> None:
    # Locked before anything is counted: who receives meanwhile adds to it afterwards.
    locked = Product.objects.select_for_update().filter(pk__in=product_ids)
    columns = ("opening_sales_count", "opening_sales_30d", *COLUMNS)
    products = list(locked.only(*columns).order_by("pk"))
    received = received_by(product_ids, since)
    changed = []
    for product in products:
        sales = received.get(product.pk, Sales())
        ever = product.opening_sales_count + sales.ever
        lately = product.opening_sales_30d + sales.lately
        if (product.sales_count, product.sales_30d) != (ever, lately):
            product.sales_count, product.sales_30d = ever, lately
            changed.append(product)
    Product.objects.bulk_update(changed, COLUMNS)
    if changed:
        catalog.note_change()


def _received() -> QuerySet[OrderItem]:
    # Refunded ones too, for the days in which they counted.
    states = (ItemStatus.RECEIVED, ItemStatus.REFUNDED)
    return OrderItem.objects.filter(status__in=states, received_at__isnull=False)


def _lately(last: SalesCount | None) -> QuerySet[OrderItem]:
    """Return what was received in the thirty days that are counted, or since."""
    if last is None:
        return _received()
    return _received().filter(received_at__gt=last.counted_at - MONTH)


def _batches(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
