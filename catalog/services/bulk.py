"""Stock and prices of many variants at once, with the same guards and ledger rows.

Called inside the transaction of the deed that they belong to. Whoever calls several of
them calls `lock_variants` first, with all variants, and `product_changed` last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from catalog.models import Picture, StockEntry, Variant
from catalog.services.prices import (
    PRICES,
    catch_up,
    locked,
    reprice,
    write_down_prices,
)
from catalog.services.stock import OutOfStock
from shop import clock

BATCH = 500


@dataclass(frozen=True)
class StockChange:
    """So many units more, or fewer, than there are when it is written."""

    variant_id: int
    change: int


@dataclass(frozen=True)
class NewPrice:
    """What a variant costs while no limited-time price runs, and its list price."""

    variant_id: int
    price: Decimal
    list_price: Decimal


def lock_variants(*, variant_ids: Iterable[int]) -> dict[int, int]:
    """Hold these variants until the transaction ends; return their present stock.

    In the order of their ids, as buyers take them: in any other two deadlock.
    """
    wanted = sorted(set(variant_ids))
    stock: dict[int, int] = {}
    for start in range(0, len(wanted), BATCH):
        held = Variant.objects.select_for_update().order_by("pk")
        batch = held.filter(pk__in=wanted[start : start + BATCH])
        stock |= dict(batch.values_list("pk", "stock"))
    return stock


def change_stock(
    *,
    changes: Iterable[StockChange],
    reason: str,
    by_id: int | None,
    kind: StockEntry.Kind = StockEntry.Kind.COUNT,
) -> None:
    """Add to the stock of variants, each with its ledger row.

    What was sold since somebody looked stays sold: the change is added to what is there
    now. Raises OutOfStock, naming the variant, when one would fall below zero.
    """
    wanted = {change.variant_id: change.change for change in changes if change.change}
    present = lock_variants(variant_ids=wanted)
    after = {pk: present[pk] + change for pk, change in wanted.items()}
    _refuse_below_zero(after)
    variants = [Variant(pk=pk, stock=stock) for pk, stock in after.items()]
    Variant.objects.bulk_update(variants, ["stock"], batch_size=BATCH)
    why = {"kind": kind, "reason": reason, "by_id": by_id, "created_at": clock.now()}
    StockEntry.objects.bulk_create(
        [
            StockEntry(variant_id=pk, change=wanted[pk], stock_after=stock, **why)
            for pk, stock in after.items()
        ],
        batch_size=BATCH,
    )


def _refuse_below_zero(after: dict[int, int]) -> None:
    short = [pk for pk, stock in after.items() if stock < 0]
    if short:
        code = Variant.objects.values_list("code", flat=True).get(pk=short[0])
        raise OutOfStock(_("There is not enough of it in stock.") + f" ({code})")


def set_prices(*, prices: Iterable[NewPrice]) -> None:
    """Write the regular and list prices of variants, and write it down.

    What they cost now follows, with its history: a limited-time price goes on.
    """
    wanted = {new.variant_id: new for new in prices}
    ids = sorted(wanted)
    for start in range(0, len(ids), BATCH):
        _set_prices([wanted[pk] for pk in ids[start : start + BATCH]])


def _set_prices(wanted: list[NewPrice]) -> None:
    now = clock.now()
    variants = locked(new.variant_id for new in wanted)
    catch_up(variants, now)
    before = {v.pk: {name: getattr(v, name) for name in PRICES} for v in variants}
    for variant, new in zip(variants, wanted, strict=True):
        variant.regular_price, variant.list_price = new.price, new.list_price
    reprice([(variant, now) for variant in variants])
    write_down_prices((variant, before[variant.pk]) for variant in variants)


def pictures_of(product_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return the keys of products' pictures, by product and stem."""
    wanted = sorted(set(product_ids))
    keys: dict[tuple[int, str], int] = {}
    for start in range(0, len(wanted), BATCH):
        rows = Picture.objects.filter(product__in=wanted[start : start + BATCH])
        for pk, product_id, stem in rows.values_list("pk", "product", "stem"):
            keys[product_id, stem] = pk
    return keys
