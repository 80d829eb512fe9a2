"""How many are left: asked each time that a kept page of a product is shown.

So an order need not end the page. What else there is to see changes when a variant is
sold out, or is there again: `catalog.services.stock` notes that.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog.models import Variant
from shop import clock, due, kept_pages
from shop.holes import Drawn
from shop.kept_pages import FOUND


@dataclass(frozen=True)
class ShownStock:
    """Units that can be sold now, by the keys of variants and of products."""

    of_variants: dict[int, int]
    of_products: dict[int, int]


def stock_for(request: HttpRequest, product_ids: Collection[int]) -> ShownStock:
    """Return the stock of these products; one request asks for it once."""
    stock: ShownStock | None = getattr(request, FOUND, None)
    if stock is None:
        stock = _settled(product_ids)
        setattr(request, FOUND, stock)
    return stock


def units_left(
    request: HttpRequest,
    *,
    among: Collection[int],
    variant: int = 0,
    product: int = 0,
    limit: int = 0,
) -> int:
    """Return what is left of a variant or product, `limit` at most; 0 is no limit.

    `among` are all products of the page, whose stock is asked for together.
    """
    stock = stock_for(request, among)
    left = stock.of_variants.get(variant) or stock.of_products.get(product) or 0
    return min(left, limit) if limit else left


def attribute(request: HttpRequest, *, name: str, **which: Any) -> str:
    """Write an HTML attribute with the number that is left of it."""
    return f'{name}="{units_left(request, **which)}"'


def gap(**wish: Any) -> SafeString | None:
    """Leave a gap for such an attribute; None: no page is being kept."""
    return kept_pages.mark(Drawn(attribute, wish))


def remember(
    request: HttpRequest, variants: Iterable[Variant], of_products: dict[int, int]
) -> None:
    """Note the stock of a product's variants, and of others, that was just read."""
    of_variants = {variant.pk: variant.stock for variant in variants}
    setattr(request, FOUND, ShownStock(of_variants, of_products))


def _settled(product_ids: Collection[int]) -> ShownStock:
    """Read it, once overdue orders have let go of their units (row E2)."""
    now = clock.now()
    rows = Variant.objects.filter(product__in=product_ids).values_list(
        "product", "pk", "stock", "held_until"
    )
    found = list(rows)
    held = [pk for _product, pk, _stock, until in found if until and until <= now]
    if held:
        due.settle("variants", held)
        found = list(rows.all())
    of_variants, of_products = {}, dict.fromkeys(product_ids, 0)
    for product_id, pk, stock, _until in found:
        of_variants[pk] = stock
        of_products[product_id] += stock
    return ShownStock(of_variants, of_products)
