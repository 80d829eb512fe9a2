"""`load_demo --products N`: a catalogue as large as wished, for load tests."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model, OuterRef, Prefetch, Subquery
from django.utils.translation import gettext_lazy as _

from catalog import search
from catalog.models import (
    Picture,
    Product,
    ProductSpec,
    StockEntry,
    Variant,
    VariantSpec,
)
from catalog.models.specs import SpecValue
from catalog.search import vocabulary
from catalog.services import begin_history, note_change
from shop import clock, demo, money, rows

#: As many as fit into 1 GB: each batch touches most pages of the search's index.
BATCH = 10_000
PREFIX = "FILL-"
#: What a product has of the one that it is made after.
COPIED = (
    *("category_id", "brand_id", "on_shelf_at", "main_picture"),
    *("summary_zh", "summary_en", "description_zh", "description_en"),
)
#: What a specification says, besides whose it is.
SAID = ("definition_id", "number", "text_zh", "text_en", "flag", "choice_id")


@demo.step(_("More products, for load tests"))
def fill_catalogue(wishes: demo.Wishes) -> None:
    """Add products of one variant, made after the demo's, until there are enough."""
    there = Product.objects.count()
    if wishes.products <= there:
        return
    models = _models()
    first = Product.objects.filter(code__startswith=PREFIX).count()
    last = first + wishes.products - there
    known: set[str] = set()
    with rows.room_for_many():
        for start in range(first, last, BATCH):
            numbers = range(start, min(start + BATCH, last))
            _write([_invented(number, models, wishes) for number in numbers], known)
            wishes.progress(there + numbers.stop - first, wishes.products)
    vocabulary.refresh(clock.now())
    search.note_changed(None)
    note_change()


def _models() -> list[Product]:
    """Return the demo's own products, with what a card and a filter asks of them."""
    specs = [
        Prefetch(path, manager.filter(definition__is_filterable=True))
        for path, manager in (
            ("specs", ProductSpec.objects),
            ("variants__specs", VariantSpec.objects),
        )
    ]
    products = Product.objects.exclude(code__startswith=PREFIX).order_by("pk")
    return list(products.prefetch_related("pictures", "variants", *specs))


@dataclass(frozen=True)
class _Invented:
    model: Product
    product: Product
    variant: Variant


def _invented(number: int, models: list[Product], wishes: demo.Wishes) -> _Invented:
    """Make up a product like one of the demo's, with its own price and stock."""
    model = models[number % len(models)]
    random = wishes.random
    percent = Decimal(random.randint(60, 160)) / 100
    price = max(Decimal("1.00"), money.rounded(model.price * percent))
    stock = random.choice([0, 3, 20, 100, 250])
    sales = int(random.paretovariate(1.1) * 5)
    code = f"{PREFIX}{number:07d}"
    product = Product(
        code=code,
        name_zh=f"{model.name_zh} {number}",
        name_en=f"{model.name_en} {number}",
        status=Product.Status.ON_SHELF,
        price=price,
        stock=stock,
        is_sold_out=stock == 0,
        sales_count=sales,
        opening_sales_count=sales,
        **{column: getattr(model, column) for column in COPIED},
    )
    prices = dict.fromkeys(("price", "regular_price", "list_price"), price)
    variant = Variant(code=f"{code}-1", stock=stock, **prices)
    return _Invented(model, product, variant)


@transaction.atomic
def _write(invented: list[_Invented], known: set[str]) -> None:
    Product.objects.bulk_create([each.product for each in invented])
    # MySQL does not tell the keys of rows written together.
    keys = _keys(Product, [each.product.code for each in invented])
    for each in invented:
        each.product.pk = each.variant.product_id = keys[each.product.code]
    Variant.objects.bulk_create([each.variant for each in invented])
    variants = _keys(Variant, [each.variant.code for each in invented])
    for each in invented:
        each.variant.pk = variants[each.variant.code]
    own_variant = Variant.objects.filter(product=OuterRef("pk")).values("pk")
    Product.objects.filter(pk__in=list(keys.values())).update(
        card_variant=Subquery(own_variant[:1])
    )
    Picture.objects.bulk_create(_pictures(invented))
    rows.insert(ProductSpec, ("product_id", *SAID), _product_specs(invented))
    rows.insert(VariantSpec, ("variant_id", *SAID), _variant_specs(invented))
    StockEntry.objects.bulk_create(_stock_entries(invented))
    begin_history(variants=[each.variant for each in invented], moment=clock.now())
    search.index_in_bulk(sorted(keys.values()), known)


def _keys(model: type[Model], codes: list[str]) -> Mapping[str, int]:
    written = model._default_manager.filter(code__in=codes)
    return dict(written.values_list("code", "pk"))


def _pictures(invented: list[_Invented]) -> Iterator[Picture]:
    for each in invented:
        # The files are the model's: a picture is known by its content.
        for picture in each.model.pictures.all():
            if picture.stem == each.product.main_picture:
                yield Picture(
                    product=each.product,
                    stem=picture.stem,
                    alt_zh=picture.alt_zh,
                    alt_en=picture.alt_en,
                )


def _product_specs(invented: list[_Invented]) -> list[tuple[Any, ...]]:
    return [
        (each.product.pk, *said)
        for each in invented
        for said in _said(each.model.specs.all())
    ]


def _variant_specs(invented: list[_Invented]) -> list[tuple[Any, ...]]:
    return [
        (each.variant.pk, *said)
        for each in invented
        for model in each.model.variants.all()[:1]
        for said in _said(model.specs.all())
    ]


def _said(specs: Iterable[SpecValue]) -> Iterator[tuple[Any, ...]]:
    for spec in specs:
        yield tuple(getattr(spec, column) for column in SAID)


def _stock_entries(invented: list[_Invented]) -> Iterator[StockEntry]:
    for each in invented:
        if each.variant.stock:
            yield StockEntry(
                variant=each.variant,
                kind=StockEntry.Kind.OPENING,
                change=each.variant.stock,
                stock_after=each.variant.stock,
                created_at=clock.now(),
            )
