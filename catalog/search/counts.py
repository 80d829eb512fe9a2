"""Counting the facets of whole categories, for lists that nothing narrows."""

from collections import Counter, defaultdict
from datetime import datetime

from catalog.models import FacetCount, Product, SearchState
from catalog.models.facets import unpacked
from shop.retry import whole_deed

CHUNK = 500
#: The category of all products.
ALL = 0

Counts = dict[tuple[int, int], int]


def refresh(moment: datetime) -> bool:
    """Count all facets of public products anew, as of a moment; tell if any differs."""
    differs = _write(_counted(moment))
    SearchState.objects.filter(pk=1).update(counted_at=moment)
    return differs


def _counted(moment: datetime) -> Counts:
    by_category: dict[int, Counter[int]] = defaultdict(Counter)
    public = Product.objects.public(moment).filter(facets__isnull=False).order_by("pk")
    rows = public.values_list("category_id", "facets__ids")
    for category_id, ids in rows.iterator(chunk_size=CHUNK):
        by_category[category_id].update(unpacked(bytes(ids)))
    for counter in list(by_category.values()):
        by_category[ALL].update(counter)
    return {
        (category_id, facet_id): number
        for category_id, counter in by_category.items()
        for facet_id, number in counter.items()
    }


@whole_deed
def _write(counts: Counts) -> bool:
    stored = {
        (row.category_id, row.facet_id): row
        for row in FacetCount.objects.order_by("pk").iterator(chunk_size=CHUNK)
    }
    gone = [row.pk for key, row in stored.items() if key not in counts]
    for start in range(0, len(gone), CHUNK):
        FacetCount.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
    changed = []
    for key, row in stored.items():
        if counts.get(key, row.number) != row.number:
            row.number = counts[key]
            changed.append(row)
    FacetCount.objects.bulk_update(changed, ["number"], batch_size=300)
    new = [
        FacetCount(category_id=category_id, facet_id=facet_id, number=number)
        for (category_id, facet_id), number in sorted(counts.items())
        if (category_id, facet_id) not in stored
    ]
    FacetCount.objects.bulk_create(new, batch_size=300, ignore_conflicts=True)
    return bool(gone or changed or new)
