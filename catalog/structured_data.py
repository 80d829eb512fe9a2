"""A product in the words of schema.org, for search engines (row K4)."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog.product_page import ProductPage
from catalog.templatetags.catalog import words_of

#: No text can end the element that it stands in.
ESCAPED = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def product_data(page: ProductPage, request: HttpRequest) -> SafeString:
    """Return the chosen variant as JSON-LD that may stand in a page."""
    written = json.dumps(_product(page, request), ensure_ascii=False)
    return SafeString(written.translate(ESCAPED))


def _product(page: ProductPage, request: HttpRequest) -> dict[str, Any]:
    product, variant = page.product, page.variant
    absolute = request.build_absolute_uri
    data = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": words_of(product, "name"),
        "description": words_of(product, "summary"),
        "sku": variant.code,
        "brand": {"@type": "Brand", "name": words_of(product.brand, "name")},
        "image": [absolute(each.stored.large) for each in page.pictures],
        "offers": {
            "@type": "Offer",
            "url": absolute(f"{product.get_absolute_url()}?variant={variant.pk}"),
            "price": str(variant.price),
            "priceCurrency": "CNY",
            "availability": _availability(variant.stock),
        },
    }
    if product.rating_count:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(product.rating_average),
            "reviewCount": product.rating_count,
        }
    return data


def _availability(stock: int) -> str:
    return f"https://schema.org/{'InStock' if stock else 'OutOfStock'}"
