"""Products as they stand in a spreadsheet: one row a variant, each cell a text."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from catalog.exchange import cells, columns
from catalog.models import (
    Picture,
    Product,
    ProductSpec,
    SpecDefinition,
    Variant,
    VariantSpec,
)
from shop import money

CHUNK = 500

Cells = dict[str, str]


def products(ids: Iterable[int]) -> Iterator[Product]:
    """Load products by their keys, in that order, with all that a row says of them."""
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        found = _loaded(Product.objects.filter(pk__in=wanted[start : start + CHUNK]))
        by_key = {product.pk: product for product in found}
        for pk in wanted[start : start + CHUNK]:
            if pk in by_key:
                yield by_key[pk]


def cells_of_product(product: Product) -> Cells:
    """Return what all rows of a product say alike."""
    pictures = list(product.pictures.all())
    texts = {name: getattr(product, name) for name in columns.PRODUCT_TEXTS}
    return {
        **{name: cells.unified(text) for name, text in texts.items()},
        "product": product.code,
        "category": product.category.slug,
        "brand": product.brand.slug,
        "brand_zh": product.brand.name_zh,
        "brand_en": product.brand.name_en,
        "status": product.status,
        "on_shelf_at": cells.shown_moment(product.on_shelf_at),
        "seven_day_return": cells.shown_flag(product.has_seven_day_return),
        "warranty_months": str(product.warranty_months),
        "ships_within_hours": str(product.ships_within_hours),
        "free_freight": cells.shown_flag(product.has_free_freight),
        "pictures": cells.joined(name_of(picture.stem) for picture in pictures),
        "pictures_zh": cells.joined(picture.alt_zh for picture in pictures),
        "pictures_en": cells.joined(picture.alt_en for picture in pictures),
        **_cells_of_specs("spec", product.specs.all()),
    }


def cells_of_variant(product: Product, variant: Variant) -> Cells:
    """Return what one row says of its variant alone."""
    shown = {picture.pk: picture.stem for picture in product.pictures.all()}
    return {
        "code": variant.code,
        "options": options_of(product, variant, "zh"),
        "options_en": options_of(product, variant, "en"),
        "price": money.plain(variant.regular_price),
        "list_price": money.plain(variant.list_price),
        "stock": str(variant.stock),
        "stock_was": str(variant.stock),
        "position": str(variant.position),
        "picture": name_of(shown.get(variant.picture_id or 0, "")),
        **_cells_of_specs("variant_spec", variant.specs.all()),
    }


def options_of(product: Product, variant: Variant, language: str) -> str:
    """Write a variant's options in one language."""
    return cells.options(
        [
            (
                getattr(product, f"option{place}_name_{language}"),
                getattr(variant, f"option{place}_{language}"),
            )
            for place in (1, 2)
        ]
    )


def name_of(stem: str) -> str:
    """Return the file name under which a stored picture goes out and comes in."""
    return f"{stem.rpartition('/')[2]}.webp" if stem else ""


def shown_spec(
    definition: SpecDefinition, values: "list[ProductSpec] | list[VariantSpec]"
) -> Cells:
    """Return the cells of one specification, by the rest of the column's name."""
    types, first = SpecDefinition.Type, values[0]
    if definition.type == types.TEXT:
        return {":zh": first.text_zh, ":en": first.text_en}
    if definition.type == types.NUMBER:
        return {"": cells.trimmed(first.number or Decimal(0))}
    if definition.type == types.BOOL:
        return {"": cells.shown_flag(bool(first.flag))}
    chosen = [value.choice for value in values if value.choice]
    chosen.sort(key=lambda choice: (choice.position, choice.pk))
    return {"": cells.joined(choice.value for choice in chosen)}


def _cells_of_specs(prefix: str, values: Any) -> Cells:
    by_definition: dict[int, list[Any]] = {}
    for value in values:
        by_definition.setdefault(value.definition_id, []).append(value)
    texts = {}
    for rows in by_definition.values():
        definition = rows[0].definition
        for rest, text in shown_spec(definition, rows).items():
            texts[f"{prefix}:{definition.key}{rest}"] = cells.unified(text)
    return texts


def _loaded(found: Any) -> Iterable[Product]:
    said = ("definition", "choice")
    variants = Variant.objects.in_order().prefetch_related(
        Prefetch("specs", VariantSpec.objects.select_related(*said).order_by("pk"))
    )
    products_found: Iterable[Product] = found.select_related(
        "category", "brand"
    ).prefetch_related(
        Prefetch("variants", variants),
        Prefetch("specs", ProductSpec.objects.select_related(*said).order_by("pk")),
        Prefetch("pictures", Picture.objects.in_order()),
    )
    return products_found
