"""Sales, and what was bought together, counted anew (rows H2, H3)."""

from collections import Counter
from datetime import timedelta
from itertools import groupby

from django.db.models import Q, Sum

from catalog import services as catalog
from catalog.models import Product
from orders.models import OrderItem
from orders.states import ItemStatus
from shop import clock, rebuild
from shop.retry import whole_deed

MONTH = timedelta(days=30)
CHUNK = 500


@rebuild.register("sales")
def rebuild_sales() -> int:
    """Count every product's received units anew; return how many products there are."""
    lately = Q(received_at__gt=clock.now() - MONTH)
    received = OrderItem.objects.filter(status=ItemStatus.RECEIVED)
    units = {
        pk: (total, recent or 0)
        for pk, total, recent in received.values_list("product")
        .annotate(total=Sum("quantity"), recent=Sum("quantity", filter=lately))
        .order_by("product")
    }
    products = list(
        Product.objects.only("opening_sales_count", "opening_sales_30d").order_by("pk")
    )
    for product in products:
        total, recent = units.get(product.pk, (0, 0))
        product.sales_count = product.opening_sales_count + total
        product.sales_30d = product.opening_sales_30d + recent
    Product.objects.bulk_update(products, ["sales_count", "sales_30d"], batch_size=500)
    return len(products)


@rebuild.register("together")
def rebuild_together() -> int:
    """Count anew what was bought together; return how many pairs had been wrong."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
    return sum(_recount_together(chunk) for chunk in chunks)


def bought_together(product_ids: list[int]) -> Counter[catalog.Pair]:
    """Count the pairs of these products in all orders that were ever paid.

    A refund takes nothing away: they were chosen together all the same.
    """
    wanted = set(product_ids)
    orders = OrderItem.objects.filter(product__in=wanted).values("order")
    items = OrderItem.objects.filter(order__in=orders, order__paid_at__isnull=False)
    rows = items.order_by("order", "pk").values_list("order", "product")
    counted: Counter[catalog.Pair] = Counter()
    for _order, group in groupby(rows.iterator(), key=lambda row: row[0]):
        pairs = catalog.pairs_of(product for _order, product in group)
        counted.update(pair for pair in pairs if pair[0] in wanted)
    return counted


@whole_deed
def _recount_together(product_ids: list[int]) -> int:
    return catalog.recount_together(product_ids=product_ids, counted=bought_together)
