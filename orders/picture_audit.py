"""What must always be true of the pictures that orders show (row F4)."""

from collections.abc import Iterator

from django.db.models import Min

from catalog import pictures
from orders.models import OrderItem
from shop import audit

CHUNK = 500


@audit.check
def pictures_of_items_are_there() -> Iterator[audit.Finding]:
    """All widths of what an order shows lie on disk; its first item is named."""
    shown = OrderItem.objects.exclude(picture_stem="").values("picture_stem")
    firsts = shown.annotate(first=Min("pk")).order_by("first")
    rows = firsts.values_list("first", "picture_stem")
    for pk, stem in rows.iterator(chunk_size=CHUNK):
        if not pictures.is_stored(stem):
            yield audit.Finding("files", "orders.OrderItem", pk, "missing", stem)
