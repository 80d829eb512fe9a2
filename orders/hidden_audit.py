"""What must always be true of what buyers put out of sight (row F14)."""

from collections.abc import Iterator
from functools import partial

from django.db.models import Exists, OuterRef

from orders.models import AfterSale, Order
from orders.services import hiding
from shop import audit


@audit.check
def what_is_dealt_with_is_in_sight() -> Iterator[audit.Finding]:
    """No order with an open request is hidden from its buyer."""
    asked = AfterSale.objects.open().filter(item__order=OuterRef("pk"))
    hidden = Order.objects.hidden().filter(Exists(asked)).order_by("pk")
    for pk in hidden.values_list("pk", flat=True):
        mend = partial(hiding.restore, order_id=pk)
        yield audit.Finding("hidden", "orders.Order", pk, "hidden", "in sight", mend)
