"""Prices that change by themselves do so before anybody sees them or pays them.

Whoever shows or charges a price first settles it; the clock (`run_due`) does it too. A
late visit finds what a punctual one would have left, its history included.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from catalog.models import Product, Variant
from catalog.services import prices
from catalog.services.products import refresh_summary
from shop import clock
from shop.retry import whole_deed

#: So many prices at once.
BATCH = 100
#: What of a product may be another than when it was loaded.
SETTLED = ("price", "prior_price", "price_due_at", "card_variant")


def settle_products(products: Iterable[Product]) -> None:
    """Bring the prices of products up to this moment, stored and on these rows.

    Asks nothing of the database when nothing is due. Never inside a transaction.
    """
    now = clock.now()
    late = [x for x in products if x.price_due_at is not None and x.price_due_at <= now]
    if not late:
        return
    ids = {product.pk for product in late}
    settle_prices_of(ids)
    rows = {row.pk: row for row in Product.objects.only(*SETTLED).filter(pk__in=ids)}
    for product in late:
        for name in SETTLED:
            setattr(product, name, getattr(rows[product.pk], name))


def settle_variants(variants: Iterable[Variant]) -> None:
    """Do the same for variants."""
    now = clock.now()
    late = [x for x in variants if x.price_due_at is not None and x.price_due_at <= now]
    if not late:
        return
    ids = {variant.pk for variant in late}
    settle_prices(variant_ids=ids)
    rows = Variant.objects.only(*prices.WRITTEN).in_bulk(ids)
    for variant in late:
        for name in prices.WRITTEN:
            setattr(variant, name, getattr(rows[variant.pk], name))


def settle_prices_of(product_ids: Collection[int]) -> None:
    """Change the prices of these products that are due to change."""
    due = Variant.objects.filter(product__in=product_ids, price_due_at__lte=clock.now())
    settle_prices(variant_ids=list(due.values_list("pk", flat=True)))


def settle_due_prices() -> bool:
    """Change the prices that are due to change; tell if any was (row H6).

    For lists, which filter and sort by prices before they read them. Asks the first of
    an index when nothing is due. At most a batch: a runner that was dead for days has
    left more than one visitor should wait for. Never inside a transaction.
    """
    due = Variant.objects.filter(price_due_at__lte=clock.now())
    first = due.order_by("price_due_at", "pk").values_list("pk", flat=True)
    late = list(first[:BATCH])
    return bool(late) and settle_prices(variant_ids=late)


@whole_deed
def settle_prices(
    *, variant_ids: Collection[int], until: datetime | None = None
) -> bool:
    """Change the prices of these variants that are due to change; tell if any was.

    Those that are due by now, or `until` then, each at its own moment. Of two at once
    the second waits for the first, and finds nothing left to do.
    """
    changed = prices.catch_up(prices.locked(variant_ids), until or clock.now())
    if changed:
        refresh_summary(product_ids={variant.product_id for variant in changed})
    return bool(changed)
