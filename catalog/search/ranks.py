"""Sales in the ranks: brought up to date once a day, in batches."""

from django.db.models import F, Max

from catalog.models import Posting, Product, ProductFacets
from catalog.search.document import SPAN, sales_part
from catalog.search.keeping import note_changed
from shop.retry import whole_deed

BATCH = 200


def refresh() -> int:
    """Give products that sold since then their new place; return how many."""
    moved = 0
    last = 0
    while True:
        rows = list(
            Product.objects.filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", "sales_count")[:BATCH]
        )
        if not rows:
            note_changed(None if moved else [])
            return moved
        last = rows[-1][0]
        moved += _refresh({pk: sales_part(sales) for pk, sales in rows})


@whole_deed
def _refresh(sales: dict[int, int]) -> int:
    ranked = Posting.objects.filter(item__in=list(sales)).values_list("item_id")
    known = {item: rank % SPAN for item, rank in ranked.annotate(Max("rank"))}
    moved = [pk for pk, count in known.items() if count != sales[pk]]
    for pk in moved:
        place = F("rank") - F("rank") % SPAN
        Posting.objects.filter(item=pk).update(rank=place + sales[pk])
        ProductFacets.objects.filter(pk=pk).update(sales=sales[pk])
    return len(moved)
