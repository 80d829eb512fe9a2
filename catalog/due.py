"""What the clock does for the catalogue: prices, and housekeeping."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet

from catalog import due_alerts, search, services, versions
from catalog.exchange import waiting
from catalog.models import (
    CatalogChange,
    Product,
    ProductChange,
    ProductImport,
    RecentPurchase,
    SearchState,
    StaleWords,
    Variant,
)
from catalog.models.imports import LOOKED_AT_FOR
from catalog.models.purchases import LATELY
from catalog.search import log, ranks, reading, vocabulary
from catalog.services.counters import MONTH
from shop import due

#: More finders, by subject.
__all__ = ["due_alerts"]

HOUR = timedelta(hours=1)
HOUSEKEEPING = timedelta(days=1)
BATCH = 100


@due.task("search")
def ranks_of_yesterday(moment: datetime, most: int) -> list[due.Deed]:
    """Once a day: sales into the ranks, new words, old counts away."""
    state = SearchState.objects.filter(refreshed_at__lte=moment - HOUSEKEEPING).first()
    if state is None:
        return []
    due_at = state.refreshed_at + HOUSEKEEPING
    key = f"refresh {due_at:%F}"
    return [due.Deed("search", key, due_at, lambda: _keep_house(moment))]


@due.task("search")
def words_that_changed(moment: datetime, most: int) -> list[due.Deed]:
    """Products whose brand or category was renamed, in batches."""
    stale = StaleWords.objects.filter(since__lte=moment).order_by("since", "pk")
    rows = list(stale.values_list("pk", "since")[:BATCH])
    if not rows:
        return []
    ids = [pk for pk, _since in rows]
    deed = due.Deed("search", f"words {ids[0]}", rows[0][1], lambda: _learn(ids))
    return [deed]


@due.task("imports")
def files_that_waited_in_vain(moment: datetime, most: int) -> list[due.Deed]:
    """Uploads that nobody said yes to, with the pictures that came with them."""
    expired = ProductImport.objects.expired(moment).defer("content")
    return [
        due.Deed(
            "import",
            kept.pk,
            kept.created_at + LOOKED_AT_FOR,
            partial(waiting.forget, kept),
        )
        for kept in expired.order_by("created_at", "pk")[:most]
    ]


@due.task("refresh")
def purchases_to_forget(moment: datetime, most: int) -> list[due.Deed]:
    """What accounts bought, a batch of it, once no recommendation asks for it."""
    old = RecentPurchase.objects.forgettable(moment).order_by("bought_at", "pk")
    oldest = old.values_list("pk", "bought_at").first()
    if oldest is None:
        return []
    pk, bought_at = oldest
    forget = partial(services.forget_purchases, now=moment)
    return [due.Deed("forget_purchases", pk, bought_at + LATELY, forget)]


@due.task("refresh")
def opening_sales_to_forget(moment: datetime, most: int) -> list[due.Deed]:
    """Opening balances that are no sales of the last thirty days, a batch of them."""
    over = Product.objects.filter(opening_counted_at__lte=moment - MONTH)
    oldest = over.order_by("opening_counted_at", "pk")
    forget = partial(services.forget_opening_sales, moment=moment, most=BATCH)
    return [
        due.Deed("forget_opening_sales", pk, counted_at + MONTH, forget)
        for pk, counted_at in oldest.values_list("pk", "opening_counted_at")[:1]
        if counted_at
    ]


@due.task("prices")
def prices_to_change(moment: datetime, most: int) -> list[due.Deed]:
    """Limited-time prices that begin or end, and struck prices that grow too old.

    One deed brings a variant up to the moment, each change at its own.
    """
    late = Variant.objects.filter(price_due_at__lte=moment)
    rows = late.order_by("price_due_at", "pk").values_list("pk", "price_due_at")
    return [
        due.Deed(
            "prices",
            (pk, due_at),
            due_at,
            partial(services.settle_prices, variant_ids=[pk], until=moment),
        )
        for pk, due_at in rows[:most]
        if due_at
    ]


@due.task("forget_changes")
def changes_to_forget(moment: datetime, most: int) -> list[due.Deed]:
    """Find changes that no version counts and no process looks at any more."""
    of_catalogue = _outside(CatalogChange, versions.WINDOW)
    of_products = _outside(ProductChange, reading.WINDOW)
    deeds = []
    for name, old in (
        ("catalogue", of_catalogue.filter(changed_at__lt=moment - HOUR)),
        ("products", of_products),
    ):
        first = old.order_by("pk").values_list("pk", flat=True).first()
        if first is not None:
            forget = partial(_forget, old)
            deeds.append(due.Deed("forget_changes", (name, first), moment, forget))
    return deeds


def _outside(model: type[Model], window: int) -> QuerySet[Any]:
    rows = model._default_manager.order_by("-pk")
    newest = rows.values_list("pk", flat=True).first() or 0
    return rows.filter(pk__lte=newest - window)


def _forget(rows: QuerySet[Any]) -> bool:
    return rows.delete()[0] > 0


def _learn(product_ids: list[int]) -> None:
    search.index_stale(product_ids)
    services.note_change()


def _keep_house(moment: datetime) -> None:
    ranks.refresh()
    # After days of silence once is enough, so it is done as of now.
    vocabulary.refresh(moment)
    log.forget_old()
    services.note_change()
