"""Sales counted anew (row H2)."""

from datetime import timedelta

from django.db.models import Q, Sum

from catalog import services as catalog
from catalog.models import Product
from orders.models import OrderItem
from orders.states import ItemStatus
from shop import clock, rebuild

MONTH = timedelta(days=30)


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
    catalog.note_change()
    return len(products)
