"""What a product's page in the admin says about its prices, to read (row C4)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.models import LimitedPrice, PricePeriod, Product
from shop import clock

#: So many rows of the history stand on the page; the rest has its own.
MOST_PERIODS = 30
TEMPLATE = "admin/catalog/product/_prices.html"


class PriceHistoryMixin:
    """Two fields of a product's page; both are read only."""

    @staticmethod
    def price_fields(request: HttpRequest) -> list[str]:
        """Return those fields that are of use to whoever asks."""
        may_add = request.user.has_perm("catalog.add_limitedprice")
        return ["set_limited_price", "price_history"] if may_add else ["price_history"]

    @admin.display(description=_("set a limited-time price"))
    def set_limited_price(self, product: Product) -> SafeString:
        """Lead to the form, with the variant filled in."""
        form = reverse("admin:catalog_limitedprice_add")
        codes = product.variants.in_order().values_list("code", flat=True)
        rows = ((form, code, code) for code in codes)
        return format_html_join(" · ", '<a href="{}?code={}">{}</a>', rows)

    @admin.display(description=_("price history"))
    def price_history(self, product: Product) -> SafeString:
        """Show limited-time prices to come or running, and what was charged lately."""
        return render_to_string(TEMPLATE, _prices_of(product))


def _prices_of(product: Product) -> dict[str, Any]:
    limited = LimitedPrice.objects.filter(variant__product=product)
    to_end = limited.filter(ends_at__gt=clock.now()).in_order()
    periods = PricePeriod.objects.filter(variant__product=product).in_order().reverse()
    return {
        "limited": to_end.select_related("variant"),
        "periods": periods.select_related("variant")[:MOST_PERIODS],
    }
