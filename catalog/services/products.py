"""What is done to products. Every function does the whole deed or nothing."""

from collections.abc import Iterable
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet

from catalog import pictures, search
from catalog.models import Picture, Product, SpecDefinition, Variant
from catalog.services import prices
from catalog.services.changes import note_change
from shop.money import ZERO

#: The columns of a product that follow from its variants and pictures.
SUMMARY = (
    "price",
    "prior_price",
    "price_due_at",
    "stock",
    "is_sold_out",
    "main_picture",
    "card_variant",
)

#: Of those: what decides where a product is found.
FOUND_BY = {"price", "is_sold_out"}


def summaries(product_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Work out what products' lists must show, as values of the SUMMARY columns.

    The price is that of the cheapest variant in stock; sold out, of the cheapest.
    """
    ids = list(product_ids)
    variants: dict[int, list[Variant]] = {pk: [] for pk in ids}
    for variant in Variant.objects.filter(product__in=ids):
        variants[variant.product_id].append(variant)
    stems = _first_pictures(ids)
    return {pk: _summary(variants[pk], stems.get(pk, "")) for pk in ids}


@transaction.atomic(savepoint=False)
def refresh_summary(*, product_ids: Iterable[int]) -> None:
    """Write onto products what their lists show, and end the pages that show it."""
    # Locked before the variants are read, in one order: who sells another variant of
    # the same product meanwhile comes after us, and counts ours too.
    locked = Product.objects.select_for_update().filter(pk__in=list(product_ids))
    products = list(locked.only(*SUMMARY).order_by("pk"))
    expected = summaries(product.pk for product in products)
    changed: set[str] = set()
    for product in products:
        for name, value in expected[product.pk].items():
            if getattr(product, name) != value:
                setattr(product, name, value)
                changed.add(name)
    if changed:
        # A sale changes the stock alone: a short statement, where all columns make a
        # long one.
        Product.objects.bulk_update(products, sorted(changed), batch_size=200)
    if changed & FOUND_BY:
        search.note_changed([product.pk for product in products])
    note_change()


def add_picture(
    *, product: Product, upload: "File[bytes]", alt_zh: str = "", alt_en: str = ""
) -> Picture:
    """Store a picture as the product's last one. Raises ValidationError, OSError."""
    stem = pictures.store(upload)
    picture, _created = Picture.objects.get_or_create(
        product=product,
        stem=stem,
        defaults={
            "alt_zh": alt_zh,
            "alt_en": alt_en,
            "position": product.pictures.count(),
        },
    )
    return picture


def product_changed(*, product_ids: Iterable[int]) -> None:
    """Bring up to date what is derived from products: history, summary and words."""
    ids = list(product_ids)
    with transaction.atomic():
        prices.follow_shelf(ids)
        refresh_summary(product_ids=ids)
        search.index(ids)


def words_changed(*, products: QuerySet[Product]) -> None:
    """Learn products' words anew, whose brand, category or specification was renamed.

    A few at once; of many the clock takes care (`run_due`).
    """
    ids = products.order_by("pk").values_list("pk", flat=True).distinct()
    with transaction.atomic():
        search.index_later(ids)
        note_change()


@transaction.atomic
def delete_specifications(*, definitions: QuerySet[SpecDefinition]) -> None:
    """Delete specifications with all that is said in them.

    The products that said something are then neither found nor filtered by it.
    """
    keys = list(definitions.values_list("pk", flat=True))
    products = Product.objects.filter(specs__definition__in=keys)
    of_variants = Product.objects.filter(variants__specs__definition__in=keys)
    ids = {
        pk
        for rows in (products, of_variants)
        for pk in rows.values_list("pk", flat=True)
    }
    definitions.delete()
    search.index_later(sorted(ids))
    note_change()


def _first_pictures(product_ids: list[int]) -> dict[int, str]:
    stems: dict[int, str] = {}
    rows = Picture.objects.filter(product__in=product_ids).in_order()
    for product_id, stem in rows.values_list("product_id", "stem"):
        stems.setdefault(product_id, stem)
    return stems


def _summary(variants: list[Variant], picture: str) -> dict[str, Any]:
    stock = sum(variant.stock for variant in variants)
    shown = min(variants, key=lambda v: (v.stock == 0, v.price, v.pk), default=None)
    return {
        "price": shown.price if shown else ZERO,
        "prior_price": shown.prior_price if shown else None,
        "price_due_at": min(
            (v.price_due_at for v in variants if v.price_due_at), default=None
        ),
        "stock": stock,
        "is_sold_out": stock == 0,
        "main_picture": picture,
        "card_variant": shown.pk if shown else None,
    }


@transaction.atomic
def move_to_shelf(*, product: Product, status: Product.Status) -> None:
    """Put a product on the shelf or take it off. Old orders keep what they copied.

    What it cost before it came there was charged to nobody (row C4).
    """
    Product.objects.filter(pk=product.pk).update(status=status)
    prices.follow_shelf([product.pk])
    refresh_summary(product_ids=[product.pk])
    search.note_changed([product.pk])


def translated_percent(product: Product) -> int:
    """Return how much of a product's texts is there in both languages (row K2)."""
    fields = ("name", "summary", "description")
    texts = [
        getattr(product, f"{field}_{language}")
        for field in fields
        for language in ("zh", "en")
    ]
    return round(100 * sum(bool(text) for text in texts) / len(texts))
