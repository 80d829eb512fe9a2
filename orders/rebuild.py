"""Sales, and what was bought together, counted anew (rows H2, H3)."""

from collections import Counter
from itertools import groupby

from catalog import services as catalog
from catalog.models import Product
from orders.models import OrderItem
from orders.services import sales
from shop import rebuild
from shop.retry import whole_deed

CHUNK = 500


@rebuild.register("sales")
def rebuild_sales() -> int:
    """Count every product's received units anew; return how many products there are."""
    return sales.recount_all()


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
