"""Facets among the words: each is a token, so that filters are found like words.

The token of a facet is "f" and its key. Its postings lie in the order of sales, and a
list that is filtered by several begins with the rarest of them.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from hashlib import sha256

from catalog.models import Facet, ProductFacets
from catalog.models.facets import packed
from catalog.search.document import REST, Document, FacetValue
from catalog.search.terms import Known, Term

FEW = 500
NAMES = ("name_zh", "name_en")


def token_of(facet_id: int) -> str:
    return f"f{facet_id}"


# Thousands of products share a value.
@lru_cache(maxsize=20_000)
def digest_of(key: str, value: str) -> str:
    return sha256(f"{key}:{value}".encode()).hexdigest()


def facet_terms(chosen: Mapping[str, Collection[int]], known: Known) -> dict[str, Term]:
    """Return what a product must have of each filter: one of its facets, by name."""
    wanted = {key: sorted(map(token_of, ids)) for key, ids in chosen.items() if ids}
    known.load(token for tokens in wanted.values() for token in tokens)
    return {
        key: known.term(key, [[token] for token in tokens])
        for key, tokens in wanted.items()
    }


def learn(found: Iterable[Document]) -> None:
    """Give the documents their facets' tokens, and write down what is new of them."""
    documents = list(found)
    values = {_digest(each): each for doc in documents for each in doc.facets}
    known = _known(values)
    new = [_row(digest, values[digest]) for digest in sorted(values.keys() - known)]
    # Somebody else may be learning the same value at this moment.
    Facet.objects.bulk_create(new, batch_size=FEW, ignore_conflicts=True)
    known |= _known([row.digest for row in new])
    _rename(known, values)
    _write(documents, _give_tokens(documents, known))


def recall(found: Iterable[Document]) -> set[int]:
    """Give the documents the tokens of facets that are known; write nothing.

    Return the products whose facets are not all written down.
    """
    documents = list(found)
    digests = {_digest(each) for doc in documents for each in doc.facets}
    known = _known(digests)
    rows = _give_tokens(documents, known)
    stored = _stored(list(rows))
    unlike = {pk for pk, row in rows.items() if stored.get(pk) != row}
    if digests <= known.keys():
        return unlike
    return unlike | {
        document.product_id
        for document in documents
        if any(_digest(each) not in known for each in document.facets)
    }


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


def _give_tokens(
    documents: list[Document], known: dict[str, Facet]
) -> dict[int, bytes]:
    rows = {}
    for document in documents:
        digests = map(_digest, document.facets)
        ids = [known[digest].pk for digest in digests if digest in known]
        document.add(REST, {token_of(pk): token_of(pk) for pk in ids})
        rows[document.product_id] = packed(ids)
    return rows


def _write(documents: list[Document], rows: dict[int, bytes]) -> None:
    ids = [document.product_id for document in documents]
    stored = _stored(ids)
    new = [ProductFacets(pk=pk, ids=rows[pk]) for pk in ids if pk not in stored]
    changed = [
        ProductFacets(pk=pk, ids=rows[pk])
        for pk in ids
        if pk in stored and stored[pk] != rows[pk]
    ]
    ProductFacets.objects.bulk_create(new, batch_size=FEW)
    ProductFacets.objects.bulk_update(changed, ["ids"], batch_size=FEW)


def _stored(ids: list[int]) -> dict[int, bytes]:
    stored: dict[int, bytes] = {}
    for start in range(0, len(ids), FEW):
        some = ProductFacets.objects.filter(pk__in=ids[start : start + FEW])
        stored.update((pk, bytes(said)) for pk, said in some.values_list("pk", "ids"))
    return stored
