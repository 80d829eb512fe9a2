"""Keeping what products can be filtered by: learnt with their words."""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from catalog.models import Facet, ProductFacets
from catalog.models.facets import packed
from catalog.search.document import Document, FacetValue

FEW = 500
NAMES = ("name_zh", "name_en")


# Thousands of products share a value.
@lru_cache(maxsize=20_000)
def digest_of(key: str, value: str) -> str:
    return sha256(f"{key}:{value}".encode()).hexdigest()


def learn(found: Iterable[Document]) -> None:
    """Write down the facets of products, and their sales, that are not written yet."""
    documents = list(found)
    values = {_digest(each): each for doc in documents for each in doc.facets}
    known = _known(values)
    new = [_row(digest, values[digest]) for digest in sorted(values.keys() - known)]
    # Somebody else may be learning the same value at this moment.
    Facet.objects.bulk_create(new, batch_size=FEW, ignore_conflicts=True)
    known |= _known([row.digest for row in new])
    _rename(known, values)
    _write([_right(document, known) for document in documents])


def unlike(found: Iterable[Document]) -> set[int]:
    """Return the products whose facets are not written down as they are."""
    documents = list(found)
    digests = {_digest(each) for doc in documents for each in doc.facets}
    known = _known(digests)
    stored = _stored([document.product_id for document in documents])
    wrong = set()
    for document in documents:
        row, right = stored.get(document.product_id), _right(document, known)
        is_known = all(_digest(each) in known for each in document.facets)
        if row is None or bytes(row.ids) != right.ids or not is_known:
            wrong.add(document.product_id)
    return wrong


def _digest(value: FacetValue) -> str:
    return digest_of(value.key, value.value)


def _row(digest: str, value: FacetValue) -> Facet:
    return Facet(digest=digest, **vars(value))


def _known(digests: Iterable[str]) -> dict[str, Facet]:
    wanted = sorted(digests)
    known: dict[str, Facet] = {}
    for start in range(0, len(wanted), FEW):
        rows = Facet.objects.filter(digest__in=wanted[start : start + FEW])
        known.update((row.digest, row) for row in rows)
    return known


def _rename(known: dict[str, Facet], values: dict[str, FacetValue]) -> None:
    changed = []
    for digest, row in known.items():
        names = [getattr(values[digest], name) for name in NAMES]
        if names != [getattr(row, name) for name in NAMES]:
            row.name_zh, row.name_en = names
            changed.append(row)
    Facet.objects.bulk_update(changed, NAMES, batch_size=FEW)


def _right(document: Document, known: dict[str, Facet]) -> ProductFacets:
    digests = map(_digest, document.facets)
    ids = packed(known[digest].pk for digest in digests if digest in known)
    return ProductFacets(pk=document.product_id, ids=ids, sales=document.sales)


def _write(rows: list[ProductFacets]) -> None:
    stored = _stored([row.pk for row in rows])
    new = [row for row in rows if row.pk not in stored]
    known = [(row, stored[row.pk]) for row in rows if row.pk in stored]
    changed = [
        row
        for row, before in known
        if (row.ids, row.sales) != (bytes(before.ids), before.sales)
    ]
    ProductFacets.objects.bulk_create(new, batch_size=FEW)
    ProductFacets.objects.bulk_update(changed, ["ids", "sales"], batch_size=FEW)


def _stored(ids: list[int]) -> dict[int, ProductFacets]:
    stored: dict[int, ProductFacets] = {}
    for start in range(0, len(ids), FEW):
        some = ProductFacets.objects.filter(pk__in=ids[start : start + FEW])
        stored.update((row.pk, row) for row in some)
    return stored
