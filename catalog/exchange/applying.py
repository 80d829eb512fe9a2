"""Carry out a plan. Called inside the transaction that makes it all or nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model

from catalog import services
from catalog.exchange.plan import Plan, PlannedProduct, PlannedVariant
from catalog.exchange.product_rows import (
    write_pictures,
    write_product_specs,
    write_variant_specs,
)
from catalog.models import Brand, Category, Product, StockEntry, Variant
from catalog.services.bulk import BATCH, NewPrice, StockChange
from shop import clock

Progress = Callable[[int, int], None]
PRICES = ("regular_price", "list_price")
OPTIONS = ("option1_zh", "option2_zh")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Applied:
    """The keys of all products that were made or changed."""

    product_ids: list[int]
    counts: dict[str, int]


def one_at_a_time() -> None:
    """Wait until no other import is under way: all hold the categories while at it."""
    list(Category.objects.select_for_update().order_by("pk"))


def carry_out(
    plan: Plan, *, reason: str, by_id: int | None, progress: Progress
) -> Applied:
    """Write everything that a plan without problems says."""
    touched = plan.touched
    stored = [each for each in _variants(touched) if not each.is_new]
    stored = [each for each in stored if each.changes]
    # Variants before products: buyers lock them in this order too.
    services.lock_variants(variant_ids=[each.variant.pk for each in stored])
    _change_stock(stored, reason, by_id, StockEntry.Kind.COUNT)
    _write_brands(plan.brands)
    _write_products(touched)
    write_pictures(touched)
    write_product_specs(touched)
    _change_variants(stored)
    new = [each for each in _variants(touched) if each.is_new]
    _make_variants(touched, new)
    _change_stock(new, reason, by_id, StockEntry.Kind.OPENING)
    write_variant_specs(_variants(touched))
    ids = sorted(planned.product.pk for planned in touched)
    for start in range(0, len(ids), BATCH):
        services.product_changed(product_ids=ids[start : start + BATCH])
        progress(min(start + BATCH, len(ids)), len(ids))
    return Applied(ids, plan.counts)


def _variants(touched: Iterable[PlannedProduct]) -> list[PlannedVariant]:
    return [member for planned in touched for member in planned.variants]


def _change_stock(
    members: list[PlannedVariant], reason: str, by_id: int | None, kind: StockEntry.Kind
) -> None:
    changes = [StockChange(each.variant.pk, each.stock_change) for each in members]
    services.change_stock(changes=changes, reason=reason, by_id=by_id, kind=kind)


def _write_brands(brands: list[Brand]) -> None:
    for brand in brands:
        brand.save(force_insert=True)


def _write_products(touched: list[PlannedProduct]) -> None:
    new = [planned for planned in touched if planned.is_new]
    for planned in touched:
        if planned.brand and planned.brand.pk != planned.product.brand_id:
            planned.values["brand"] = planned.brand
        _put(planned.product, planned.values)
    changed = [planned for planned in touched if not planned.is_new]
    _update_columns(Product, [(each.product, each.values) for each in changed])
    Product.objects.bulk_create([each.product for each in new], batch_size=BATCH)
    # MySQL does not tell the keys of rows written together.
    keys = _keys(Product, [each.product.code for each in new])
    for planned in new:
        planned.product.pk = keys[planned.product.code]


def _change_variants(stored: list[PlannedVariant]) -> None:
    services.set_prices(
        prices=[
            NewPrice(each.variant.pk, *(each.values[name] for name in PRICES))
            for each in stored
            if "regular_price" in each.values
        ]
    )
    _make_room(stored)
    rest = []
    for each in stored:
        values = {name: v for name, v in each.values.items() if name not in PRICES}
        _put(each.variant, values)
        rest.append((each.variant, values))
    _update_columns(Variant, rest)
    _show_pictures(stored)


def _make_room(stored: list[PlannedVariant]) -> None:
    """Let variants of a product swap their options, which are unlike at any moment."""
    moving = [each for each in stored if set(OPTIONS) & set(each.values)]
    for each in moving:
        each.values.setdefault("option1_zh", each.variant.option1_zh)
        each.variant.option1_zh = f"~{each.variant.pk}"
    Variant.objects.bulk_update(
        [each.variant for each in moving], ["option1_zh"], batch_size=BATCH
    )


def _make_variants(touched: list[PlannedProduct], new: list[PlannedVariant]) -> None:
    for planned in touched:
        for member in planned.variants:
            member.variant.product = planned.product
    for each in new:
        _put(each.variant, each.values)
        each.variant.price = each.variant.regular_price
    Variant.objects.bulk_create([each.variant for each in new], batch_size=BATCH)
    keys = _keys(Variant, [each.variant.code for each in new])
    for each in new:
        each.variant.pk = keys[each.variant.code]
    services.begin_history(variants=[each.variant for each in new], moment=clock.now())
    _show_pictures(new)


def _show_pictures(members: list[PlannedVariant]) -> None:
    """Give variants their own picture, out of those of their product."""
    asked = [each for each in members if each.picture is not None]
    pictures = services.pictures_of([each.variant.product_id for each in asked])
    for each in asked:
        key = (each.variant.product_id, each.picture or "")
        each.variant.picture_id = pictures.get(key)
    Variant.objects.bulk_update(
        [each.variant for each in asked], ["picture"], batch_size=BATCH
    )


def _put(row: Model, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _update_columns(
    model: type[M], changed: Sequence[tuple[M, dict[str, Any]]]
) -> None:
    """Write each column of just those rows in which it changes.

    What somebody else writes into another column meanwhile stays.
    """
    names = dict.fromkeys(name for _row, values in changed for name in values)
    for name in names:
        rows = [row for row, values in changed if name in values]
        model._default_manager.bulk_update(rows, [name], batch_size=BATCH)


def _keys(model: type[Model], codes: list[str]) -> dict[str, int]:
    keys: dict[str, int] = {}
    for start in range(0, len(codes), BATCH):
        rows = model._default_manager.filter(code__in=codes[start : start + BATCH])
        keys |= dict(rows.values_list("code", "pk"))
    return keys
