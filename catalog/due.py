"""What the clock does for the catalogue: prices, and housekeeping."""

from datetime import datetime, timedelta
from functools import partial

from catalog import search, services, versions
from catalog.exchange import waiting
from catalog.messages import ALERTS
from catalog.models import (
    Alert,
    CatalogChange,
    ProductImport,
    RecentPurchase,
    SearchState,
    StaleWords,
    Variant,
)
from catalog.models.imports import LOOKED_AT_FOR
from catalog.models.purchases import LATELY
from catalog.search import counts, log, ranks, vocabulary
from catalog.services import alerts
from shop import due

HOUR = timedelta(hours=1)
HOUSEKEEPING = timedelta(days=1)
COUNTING = timedelta(minutes=10)
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


@due.task("search")
def numbers_beside_filters(moment: datetime, most: int) -> list[due.Deed]:
    """Every ten minutes: what the filters of whole categories say."""
    state = SearchState.objects.filter(pk=1).first()
    if state is None:
        return []
    due_at = (state.counted_at or state.refreshed_at) + COUNTING
    if due_at > moment:
        return []
    key = f"count {due_at:%F %T}"
    return [due.Deed("search", key, due_at, lambda: _count(moment))]


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


@due.task("prices")
def prices_to_change(moment: datetime, most: int) -> list[due.Deed]:
    """Limited-time prices that begin or end, and struck prices that grow too old."""
    late = Variant.objects.filter(price_due_at__lte=moment)
    rows = late.order_by("price_due_at", "pk").values_list("pk", "price_due_at")
    return [
        due.Deed(
            "prices",
            (pk, due_at),
            due_at,
            partial(services.settle_prices, variant_ids=[pk]),
        )
        for pk, due_at in rows[:most]
        if due_at
    ]


@due.task("alerts")
def alerts_to_tell(moment: datetime, most: int) -> list[due.Deed]:
    """Who waits for what is there again or costs less by now, in batches."""
    # First the few variants of which anything happened: most alerts wait for long.
    promising = Alert.objects.promising().order_by().values_list("variant", flat=True)
    waiting = Alert.objects.filter(variant__in=list(promising.distinct()))
    to_tell = waiting.waiting(moment).heard(moment, ALERTS.name).order_by("pk")
    ids = list(to_tell.values_list("pk", flat=True)[: most * BATCH])
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    return [
        # Since when is not known; what was seen just now is told now.
        due.Deed("tell", batch[0], moment, partial(alerts.tell, alert_ids=batch))
        for batch in batches
    ]


@due.task("cleanup")
def alerts_to_forget(moment: datetime, most: int) -> list[due.Deed]:
    """Alerts that do not count any more, a batch of them."""
    over = Alert.objects.over(moment).order_by("ends_at", "pk")
    first = over.values_list("pk", "ends_at").first()
    if first is None:
        return []
    pk, ends_at = first
    forget = partial(alerts.forget_alerts, moment=moment, most=BATCH)
    return [due.Deed("forget_alerts", pk, ends_at, forget)]


@due.task("forget_changes")
def changes_to_forget(moment: datetime, most: int) -> list[due.Deed]:
    """Find changes that no version counts any more."""
    newest = CatalogChange.objects.order_by("-pk").values_list("pk", flat=True).first()
    old = CatalogChange.objects.filter(
        pk__lte=(newest or 0) - versions.WINDOW, changed_at__lt=moment - HOUR
    )
    first = old.order_by("pk").values_list("pk", flat=True).first()
    if first is None:
        return []
    return [due.Deed("forget_changes", first, moment, lambda: old.delete()[0] > 0)]


def _count(moment: datetime) -> None:
    if counts.refresh(moment):
        services.note_change()


def _learn(product_ids: list[int]) -> None:
    search.index_stale(product_ids)
    services.note_change()


def _keep_house(moment: datetime) -> None:
    ranks.refresh()
    # After days of silence once is enough, so it is done as of now.
    vocabulary.refresh(moment)
    log.forget_old()
    services.note_change()
