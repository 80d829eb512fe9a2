"""`load_demo --products N`: a catalogue as large as wished, for load tests."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from catalog import search, services
from catalog.models import Product, StockEntry, Variant
from shop import clock, demo, money

BATCH = 1000
PREFIX = "FILL-"


@demo.step(_("More products, for load tests"))
def fill_catalogue(wishes: demo.Wishes) -> None:
    """Add plain products of one variant until there are as many as wished."""
    there = Product.objects.count()
    if wishes.products <= there:
        return
    models = list(Product.objects.exclude(code__startswith=PREFIX).order_by("pk"))
    first = Product.objects.filter(code__startswith=PREFIX).count()
    last = first + wishes.products - there
    for start in range(first, last, BATCH):
        numbers = range(start, min(start + BATCH, last))
        _write([_invented(number, models, wishes) for number in numbers])
        wishes.progress(there + numbers.stop - first, wishes.products)


@dataclass(frozen=True)
class _Invented:
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
        category_id=model.category_id,
        brand_id=model.brand_id,
        name_zh=f"{model.name_zh} {number}",
        name_en=f"{model.name_en} {number}",
        summary_zh=model.summary_zh,
        summary_en=model.summary_en,
        status=Product.Status.ON_SHELF,
        on_shelf_at=model.on_shelf_at,
        price=price,
        list_price=price,
        stock=stock,
        is_sold_out=stock == 0,
        sales_count=sales,
        opening_sales_count=sales,
    )
    variant = Variant(code=f"{code}-1", price=price, list_price=price, stock=stock)
    return _Invented(product, variant)


@transaction.atomic
def _write(invented: list[_Invented]) -> None:
    Product.objects.bulk_create([each.product for each in invented])
    # MySQL does not tell the keys of rows written together.
    written = Product.objects.in_bulk(
        [each.product.code for each in invented], field_name="code"
    )
    for each in invented:
        each.variant.product = written[each.product.code]
    Variant.objects.bulk_create([each.variant for each in invented])
    variants = Variant.objects.in_bulk(
        [each.variant.code for each in invented], field_name="code"
    )
    own_variant = Variant.objects.filter(product=OuterRef("pk")).values("pk")
    Product.objects.filter(pk__in=[product.pk for product in written.values()]).update(
        card_variant=Subquery(own_variant[:1])
    )
    StockEntry.objects.bulk_create(
        StockEntry(
            variant=variant,
            kind=StockEntry.Kind.OPENING,
            change=variant.stock,
            stock_after=variant.stock,
            created_at=clock.now(),
        )
        for variant in variants.values()
        if variant.stock
    )
    search.index([product.pk for product in written.values()])
    services.note_change()
