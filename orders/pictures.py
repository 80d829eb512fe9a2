"""Pictures of products that orders show, whatever becomes of the product (row F4)."""

from collections.abc import Collection

from catalog import pictures
from orders.models import OrderItem

#: So many go into one statement.
BATCH = 500


@pictures.claim
def shown_by_orders(stems: Collection[str]) -> set[str]:
    """Return those of some stems that an order shows beside what was bought."""
    asked, shown = sorted(stems), set[str]()
    for start in range(0, len(asked), BATCH):
        items = OrderItem.objects.filter(picture_stem__in=asked[start : start + BATCH])
        shown.update(items.order_by().values_list("picture_stem", flat=True).distinct())
    return shown
