"""The one place that decides what a variant costs, and writes it (rows H6, C4, A11)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from catalog.models import LimitedPrice, Product, Variant
from catalog.services.changes import note_change
from catalog.services.price_history import BATCH, History
from shop import clock, journal
from shop.money import plain

#: The columns of a variant that are prices which staff set, and their names for them.
PRICES = {"regular_price": "price", "list_price": "list_price"}
#: What is written whenever a price may have changed: all in one statement, as the
#: constraints compare them.
WRITTEN = (*PRICES, "price", "prior_price", "price_due_at")


def locked(variant_ids: Iterable[int]) -> list[Variant]:
    """Hold variants until the transaction ends; return them in the order of their ids.

    In any other order two who lock several of them deadlock.
    """
    wanted = Variant.objects.select_for_update().filter(pk__in=list(variant_ids))
    return list(wanted.order_by("pk"))


def price_at(
    regular_price: Decimal, limited: Iterable[LimitedPrice], moment: datetime
) -> Decimal:
    """Return what a variant costs at a moment: the lower of what is in force."""
    running = [each.price for each in limited if each.is_running_at(moment)]
    return min([regular_price, *running])


def catch_up(variants: Collection[Variant], now: datetime) -> list[Variant]:
    """Do what is due by `now`, each change at its own moment; return who changed.

    The caller holds the variants locked.
    """
    changed: dict[int, Variant] = {}
    while turns := list(_due(variants, now)):
        reprice(turns)
        changed |= {variant.pk: variant for variant, _moment in turns}
    return list(changed.values())


def reprice(turns: Sequence[tuple[Variant, datetime]]) -> None:
    """Work out anew what variants cost at these moments, and write it.

    The caller holds the variants locked. What else changed of their prices is written
    too.
    """
    if not turns:
        return
    variants = [variant for variant, _moment in turns]
    earliest = min(moment for _variant, moment in turns)
    history = History(variants, moment=earliest)
    limited = _limited_prices(variants, earliest)
    for variant, moment in turns:
        own = limited[variant.pk]
        variant.price = price_at(variant.regular_price, own, moment)
        history.note(variant, moment)
        variant.prior_price, until = history.prior(variant, moment)
        on_its_own = (until, history.shelf_time(variant))
        variant.price_due_at = _next_change(own, on_its_own, moment)
    history.save()
    Variant.objects.bulk_update(variants, WRITTEN, batch_size=BATCH)
    note_change()


def follow_shelf(product_ids: Collection[int]) -> None:
    """Let the history say whether products are on the shelf, where it does not yet.

    Called in the transaction that puts them there or takes them off.
    """
    now = clock.now()
    variants = locked(_unlike_the_shelf(product_ids, now))
    catch_up(variants, now)
    reprice([(variant, now) for variant in variants])


def _unlike_the_shelf(product_ids: Collection[int], now: datetime) -> set[int]:
    """Return variants whose history says else, or that a moment to come will change."""
    on_shelf = Q(product__status=Product.Status.ON_SHELF)
    is_there = on_shelf & Q(product__on_shelf_at__lte=now)
    said = Q(price_periods__is_open=True, price_periods__is_offered=True)
    unsaid = Q(price_periods__is_open=True, price_periods__is_offered=False)
    is_coming = on_shelf & Q(product__on_shelf_at__gt=now)
    unlike = is_coming | (is_there & unsaid) | (~is_there & said)
    rows = Variant.objects.filter(unlike, product__in=product_ids)
    return set(rows.values_list("pk", flat=True))


def write_down_prices(changes: Iterable[tuple[Variant, Mapping[str, Any]]]) -> None:
    """Write down which prices of variants are not what they were before.

    Call it in the transaction that changes them.
    """
    notes = [(variant, _note(variant, before)) for variant, before in changes]
    changed = [(variant, note) for variant, note in notes if note]
    journal.record_each(journal.Kind.PRICE_CHANGED, changed)


def _due(
    variants: Iterable[Variant], now: datetime
) -> Iterator[tuple[Variant, datetime]]:
    for variant in variants:
        moment = variant.price_due_at
        if moment is not None and moment <= now:
            yield variant, moment


def _limited_prices(
    variants: Collection[Variant], moment: datetime
) -> dict[int, list[LimitedPrice]]:
    rows = LimitedPrice.objects.filter(
        variant__in=[each.pk for each in variants], ends_at__gt=moment
    )
    found: dict[int, list[LimitedPrice]] = defaultdict(list)
    for limited in rows.in_order():
        found[limited.variant_id].append(limited)
    return found


def _next_change(
    limited: Iterable[LimitedPrice],
    others: Iterable[datetime | None],
    moment: datetime,
) -> datetime | None:
    """Return the next moment after this one at which something begins or ends."""
    moments = [each for x in limited for each in (x.starts_at, x.ends_at)]
    moments += [each for each in others if each is not None]
    return min((each for each in moments if each > moment), default=None)


def _note(variant: Variant, before: Mapping[str, Any]) -> str:
    changes = [
        f"{said} {plain(before[name])} → {plain(getattr(variant, name))}"
        for name, said in PRICES.items()
        if name in before and before[name] != getattr(variant, name)
    ]
    return ", ".join(changes)
