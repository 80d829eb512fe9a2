"""A request read anew in the transaction that changes it."""

from orders.models import AfterSale, Order


def lock(request_id: int) -> tuple[AfterSale, Order]:
    """Return a request and its order, which is locked: first of all, as everywhere."""
    order_id = AfterSale.objects.values_list("item__order", flat=True).get(
        pk=request_id
    )
    order = Order.objects.select_for_update().get(pk=order_id)
    request = AfterSale.objects.select_related("item__product").get(pk=request_id)
    request.item.order = order
    return request, order
