"""What the tests of requests look at: items, stock, history."""

from catalog.models import Variant
from catalog.tests.factories import make_product
from orders.tests.factories import make_order


def items_of(order):
    return list(order.items.order_by("pk"))


def stock_of(item):
    return Variant.objects.values_list("stock", flat=True).get(pk=item.variant_id)


def kinds_of(order):
    return list(order.events.order_by("at", "pk").values_list("kind", flat=True))


def fresh(row):
    row.refresh_from_db()
    return row


def received(alice, quantity=1, **changes):
    order = make_order(alice, make_product(**changes), quantity, status="completed")
    return order, order.items.get()
