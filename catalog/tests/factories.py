"""Products to test with: dull defaults, `changes` for what the test is about."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from catalog import search, services
from catalog.models import (
    Brand,
    Category,
    LimitedPrice,
    Product,
    ProductSpec,
    SpecDefinition,
    StockEntry,
    Variant,
)
from shop import clock

_numbers = count(1)
HOUR = timedelta(hours=1)


def make_brand(**changes: Any) -> Brand:
    number = next(_numbers)
    fields = {"slug": f"brand-{number}", "name_zh": "品牌", "name_en": "Brand"}
    return Brand.objects.create(**fields | changes)


def make_product(
    *, stock: int = 10, price: str = "100.00", list_price: str = "", **changes: Any
) -> Product:
    """Write a product on the shelf, with one variant; `category` may be a number."""
    number = next(_numbers)
    category = changes.pop("category", 1)
    if isinstance(category, int):
        category = Category.objects.get(pk=category)
    fields = {
        "code": f"P-{number}",
        "category": category,
        "brand": changes.pop("brand", None) or make_brand(),
        "name_zh": f"商品 {number}",
        "name_en": f"Product {number}",
        "status": Product.Status.ON_SHELF,
        "on_shelf_at": clock.now(),
    }
    product = Product.objects.create(**fields | changes)
    make_variant(product=product, stock=stock, price=price, list_price=list_price)
    product.refresh_from_db()
    return product


def make_variant(
    *,
    product: Product,
    stock: int = 10,
    price: str = "100.00",
    list_price: str = "",
    **changes: Any,
) -> Variant:
    number = next(_numbers)
    fields = {
        "product": product,
        "code": f"V-{number}",
        "option1_zh": f"款式 {number}",
        "option1_en": f"Style {number}",
        "price": Decimal(price),
        "regular_price": Decimal(price),
        "list_price": Decimal(list_price or price),
    }
    variant = Variant.objects.create(**fields | changes)
    services.begin_history(variants=[variant], moment=clock.now())
    services.set_stock(
        variant=variant, stock=stock, by_id=None, kind=StockEntry.Kind.OPENING
    )
    services.product_changed(product_ids=[product.pk])
    return variant


def make_spec(*, product: Product, key: str, **columns: Any) -> ProductSpec:
    """Say something of a product; the definition is made when it is missing."""
    type_ = SpecDefinition.Type.NUMBER if "number" in columns else "text"
    definition, _created = SpecDefinition.objects.get_or_create(
        category=product.category,
        key=key,
        defaults={
            "name_zh": key,
            "name_en": key,
            "type": type_,
            "is_filterable": True,
        },
    )
    spec = ProductSpec.objects.create(product=product, definition=definition, **columns)
    search.index([product.pk])
    return spec


def make_limited_price(variant: Variant, **changes: Any) -> LimitedPrice:
    """Set a price of 80.00 for an hour from now on; changes are columns."""
    now = clock.now()
    fields = {"price": Decimal(80), "starts_at": now, "ends_at": now + HOUR}
    limited = LimitedPrice(variant=variant, **fields | changes)
    services.set_limited_price(limited=limited)
    return limited
