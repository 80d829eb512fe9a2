"""The catalogue of a shop to try (row J2): 120 products from catalog/fixtures/."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import pictures, services
from catalog.models import (
    Brand,
    Picture,
    Product,
    ProductSpec,
    SpecChoice,
    SpecDefinition,
    StockEntry,
    Variant,
    VariantSpec,
)
from shop import clock, demo

FIXTURES = Path(__file__).parent.parent / "fixtures"
LANGUAGES = ("zh", "en")
#: Products that are sent free of charge, however little they cost.
FREE_FREIGHT = {"TID-B10", "TUR-BUDS"}


def _read(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


@demo.step(_("Specifications"))
@transaction.atomic
def load_specs(wishes: demo.Wishes) -> None:
    """What can be said of each category's products."""
    for category_id, rows in _read("specs.json").items():
        for position, row in enumerate(rows):
            _load_definition(int(category_id), position, row)


def _load_definition(category_id: int, position: int, row: dict[str, Any]) -> None:
    definition, created = SpecDefinition.objects.get_or_create(
        category_id=category_id,
        key=row["key"],
        defaults={
            "name_zh": row["name_zh"],
            "name_en": row["name_en"],
            "unit": row["unit"],
            "type": row["type"],
            "is_many": row["many"],
            "is_filterable": row["filterable"],
            "position": position,
        },
    )
    if created:
        SpecChoice.objects.bulk_create(
            SpecChoice(
                definition=definition,
                value=choice["value"],
                name_zh=choice["zh"],
                name_en=choice["en"],
                position=place,
            )
            for place, choice in enumerate(row.get("choices", []))
        )


@demo.step(_("Products and their pictures"))
def load_products(wishes: demo.Wishes) -> None:
    """Brands, products, variants, pictures, stock. A product that is there stays."""
    catalogue = _read("catalogue.json")
    for row in catalogue["brands"]:
        Brand.objects.get_or_create(
            slug=row["slug"],
            defaults={f"name_{x}": row[f"name_{x}"] for x in LANGUAGES},
        )
    there = set(Product.objects.values_list("code", flat=True))
    rows = [row for row in catalogue["products"] if row["code"] not in there]
    # Files first: what is written to disk cannot be rolled back, but stored again.
    stems = _store_pictures(rows, wishes)
    with transaction.atomic():
        loader = _Loader(stems)
        ids = [loader.load(row).pk for row in rows]
        services.product_changed(product_ids=ids)


def _store_pictures(rows: list[dict[str, Any]], wishes: demo.Wishes) -> dict[str, str]:
    names = list(dict.fromkeys(name for row in rows for name in row["pictures"]))
    stems = {}
    # Encoding is most of the work, and Pillow does it outside Python's lock.
    with ThreadPoolExecutor() as pool:
        for name, stem in zip(names, pool.map(_store_picture, names), strict=True):
            stems[name] = stem
            wishes.progress(len(stems), len(names))
    return stems


def _store_picture(name: str) -> str:
    with (FIXTURES / "pictures" / name).open("rb") as file:
        return pictures.store(File(file))


class _Loader:
    """Writes products with all that hangs on them."""

    def __init__(self, stems: dict[str, str]) -> None:
        self.stems = stems
        self.brands = {brand.slug: brand for brand in Brand.objects.all()}
        self.definitions: dict[tuple[int, str], SpecDefinition] = {
            (definition.category_id, definition.key): definition
            for definition in SpecDefinition.objects.prefetch_related("choices")
        }

    def load(self, row: dict[str, Any]) -> Product:
        product = Product.objects.create(
            code=row["code"],
            category_id=row["category"],
            brand=self.brands[row["brand"]],
            status=Product.Status.ON_SHELF,
            on_shelf_at=_morning(row["launched"]),
            has_free_freight=row["code"] in FREE_FREIGHT,
            has_seven_day_return=row["seven_day_return"],
            warranty_months=row["warranty_months"],
            ships_within_hours=row["ships_within_hours"],
            sales_count=row["sales_total"],
            sales_30d=row["sales_30d"],
            opening_sales_count=row["sales_total"],
            opening_sales_30d=row["sales_30d"],
            opening_counted_at=clock.now(),
            **_texts(row),
            **_option_columns(row["variants"][0]["options"], "name", "option{}_name"),
        )
        shown = self._load_pictures(product, row["pictures"])
        ProductSpec.objects.bulk_create(
            ProductSpec(product=product, **columns)
            for columns in self._spec_columns(product.category_id, row["specs"])
        )
        for position, variant in enumerate(row["variants"]):
            self._load_variant(product, position, variant, shown)
        return product

    def _load_pictures(self, product: Product, names: list[str]) -> dict[str, Picture]:
        return {
            name: Picture.objects.create(
                product=product,
                stem=self.stems[name],
                alt_zh=f"{product.name_zh}，图 {position + 1}",
                alt_en=f"{product.name_en}, picture {position + 1}",
                position=position,
            )
            for position, name in enumerate(names)
        }

    def _load_variant(
        self,
        product: Product,
        position: int,
        row: dict[str, Any],
        shown: dict[str, Picture],
    ) -> None:
        variant = Variant.objects.create(
            product=product,
            code=row["code"],
            price=Decimal(row["price"]),
            regular_price=Decimal(row["price"]),
            list_price=Decimal(row["list_price"]),
            stock=row["stock"],
            picture=shown.get(row["picture"]),
            position=position,
            **_option_columns(row["options"], "value", "option{}"),
        )
        services.begin_history(variants=[variant], moment=product.on_shelf_at)
        _write_opening_stock(variant)
        specs = [{"key": key, "value": value} for key, value in row["specs"].items()]
        VariantSpec.objects.bulk_create(
            VariantSpec(variant=variant, **columns)
            for columns in self._spec_columns(product.category_id, specs)
        )

    def _spec_columns(
        self, category_id: int, pairs: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        columns = []
        for pair in pairs:
            definition = self.definitions[category_id, pair["key"]]
            value = pair["value"]
            for each in value if isinstance(value, list) else [value]:
                columns.append({"definition": definition, **_typed(definition, each)})
        return columns


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {
        f"{field}_{language}": row[f"{field}_{language}"]
        for field in ("name", "summary", "description")
        for language in LANGUAGES
    }


def _write_opening_stock(variant: Variant) -> None:
    if variant.stock:
        StockEntry.objects.create(
            variant=variant,
            kind=StockEntry.Kind.OPENING,
            change=variant.stock,
            stock_after=variant.stock,
            created_at=clock.now(),
        )


def _option_columns(
    options: list[dict[str, str]], key: str, column: str
) -> dict[str, str]:
    return {
        f"{column.format(place)}_{language}": option[f"{key}_{language}"]
        for place, option in enumerate(options, start=1)
        for language in LANGUAGES
    }


def _morning(day: str) -> datetime:
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), time(8)))


def _typed(definition: SpecDefinition, value: Any) -> dict[str, Any]:
    types = SpecDefinition.Type
    if definition.type == types.NUMBER:
        return {"number": Decimal(str(value))}
    if definition.type == types.BOOL:
        return {"flag": value}
    if definition.type == types.CHOICE:
        choices = {choice.value: choice for choice in definition.choices.all()}
        return {"choice": choices[value]}
    return {"text_zh": value["zh"], "text_en": value["en"]}
