"""What must always be true of what orders count on products (rows H2, H3, J3)."""

from collections.abc import Iterator

from catalog.models import PairCount, Product
from orders.models import SalesCount
from orders.rebuild import bought_together, rebuild_sales, rebuild_together
from orders.services import sales
from shop import audit

CHUNK = 500


@audit.check
def sales_are_what_was_received() -> Iterator[audit.Finding]:
    """A product's sales are its opening balance and all units received since."""
    since = SalesCount.begins_at()
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        received = sales.received_by(chunk, since)
        for product in Product.objects.filter(pk__in=chunk).order_by("pk"):
            counted = received.get(product.pk, sales.Sales())
            for stored, expected in (
                (product.sales_count, product.opening_sales_count + counted.ever),
                (product.sales_30d, product.opening_sales_30d + counted.lately),
            ):
                if stored != expected:
                    yield audit.Finding(
                        "sales",
                        "catalog.Product",
                        product.pk,
                        stored,
                        expected,
                        fix=rebuild_sales,
                    )


@audit.check
def pairs_are_what_was_bought_together() -> Iterator[audit.Finding]:
    """Two products' count is the number of paid orders with both (row H3)."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        rows = PairCount.objects.filter(product__in=chunk)
        stored = {(row.product_id, row.other_id): row.count for row in rows}
        expected = bought_together(chunk)
        for pair in sorted(stored.keys() | expected.keys()):
            if stored.get(pair, 0) != expected[pair]:
                name = " + ".join(map(str, pair))
                yield audit.Finding(
                    "together",
                    "catalog.PairCount",
                    name,
                    stored.get(pair, 0),
                    expected[pair],
                    fix=rebuild_together,
                )
