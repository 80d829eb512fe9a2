"""Reading what a snapshot knows: all of it once, then what has changed since."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from pyroaring import BitMap

from catalog.models import Facet, Posting, Product, ProductChange, ProductFacets
from catalog.models.facets import unpacked
from catalog.search.document import FacetValue
from catalog.search.snapshot import (
    NOTHING,
    PLACES,
    BestSellers,
    Facets,
    Snapshot,
    States,
    by_key,
    replaced,
)
from catalog.search.vocabulary import place_of
from shop import clock
from shop.rows import fetch

#: So many of the newest changes are looked at: a late COMMIT may have a low key.
WINDOW = 1000
#: Of more products at once everything is read anew; so many facets are asked for.
MOST_CHANGED = 500
#: More postings than this are not remembered, some 10 MB: then words are read anew.
MOST_POSTINGS = 5_000_000

Words = dict[tuple[str, int], BitMap]


def read() -> Snapshot:
    """Read everything but the words."""
    # The changes first: what comes in between is read once more, and not missed.
    seen = frozenset(_changes())
    snapshot = Snapshot(seen=seen)
    # Where it stands before its sales: what comes in between is not on the shelf yet.
    states = _states(snapshot.states, None)
    facets, best_sellers = _facets_and_sales(snapshot, None)
    return replace(snapshot, states=states, facets=facets, best_sellers=best_sellers)


def brought_up_to_date(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot that knows what has changed since."""
    changes = _changes()
    if _has_gap(snapshot.seen, changes):
        return read()
    products = {changes[pk] for pk in changes.keys() - snapshot.seen}
    if None in products or len(products) > MOST_CHANGED:
        return read()
    snapshot = replace(snapshot, seen=frozenset(changes))
    if not products:
        return snapshot
    changed = BitMap(pk for pk in products if pk)
    states = _states(snapshot.states, changed)
    facets, best_sellers = _facets_and_sales(snapshot, changed)
    return replace(
        snapshot,
        states=states,
        facets=facets,
        best_sellers=best_sellers,
        words=_words(snapshot.words.copy(), changed),
    )


def words_of(snapshot: Snapshot, tokens: Iterable[str]) -> Words:
    """Return the products that have some words, by word and place.

    A word is read when it is asked for first, and kept up to date from then on.
    """
    keys = [(token, place) for token in set(tokens) for place in PLACES]
    # Other threads may add to them, and clear them, meanwhile.
    known = snapshot.words
    found = {key: each for key in keys if (each := known.get(key)) is not None}
    missing = [key for key in keys if key not in found]
    if missing:
        new = _read_words(missing)
        if sum(map(len, list(known.values()))) > MOST_POSTINGS:
            known.clear()
        known.update(new)
        found |= new
    return found


def _changes() -> dict[int, int | None]:
    """Return the newest changes: key -> product."""
    table = ProductChange._meta.db_table
    newest = f"(SELECT MAX(id) FROM {table})"  # noqa: S608 -- a name of ours
    statement = f"SELECT id, product_id FROM {table} WHERE id > {newest} - %s"  # noqa: S608
    return dict(fetch(statement, [WINDOW]))


def _has_gap(seen: frozenset[int], changes: Mapping[int, object]) -> bool:
    """Tell whether changes may have been missed, or the database is another one."""
    newest_seen, newest = max(seen, default=0), max(changes, default=0)
    return newest - WINDOW > newest_seen or newest < newest_seen


def _states(before: States, changed: BitMap | None) -> States:
    """Read where products stand; with `changed` those alone."""
    products = Product.objects.order_by()
    if changed is not None:
        products = products.filter(pk__in=list(changed))
    on_shelf = products.filter(status=Product.Status.ON_SHELF)
    columns = ("pk", "category_id", "price", "is_sold_out")
    by_category: dict[int, array[int]] = defaultdict(lambda: array("I"))
    sold_out, prices = array("I"), {}
    priced = on_shelf.filter(price__gt=0).values_list(*columns)
    for pk, category_id, price, is_sold_out in _raw(priced):
        by_category[category_id].append(pk)
        prices[pk] = round(price * 100)
        if is_sold_out:
            sold_out.append(pk)
    gone = changed or NOTHING
    # With both values of the first column, its index has the few that are to come.
    later = on_shelf.filter(is_sold_out__in=[False, True], on_shelf_at__gt=clock.now())
    to_come = {pk: at for pk, at in before.to_come.items() if pk not in gone}
    return States(
        by_category=replaced(before.by_category, gone, by_category),
        to_come=to_come | dict(later.values_list("pk", "on_shelf_at")),
        sold_out=(before.sold_out - gone) | BitMap(sold_out),
        prices=by_key(before.prices, prices),
    )


def _facets_and_sales(
    before: Snapshot, changed: BitMap | None
) -> tuple[Facets, BestSellers]:
    """Read what products can be filtered by, and their sales."""
    rows = ProductFacets.objects.order_by()
    if changed is not None:
        rows = rows.filter(pk__in=list(changed))
    # Many products have the very same facets.
    alike: dict[bytes, array[int]] = defaultdict(lambda: array("I"))
    sales: dict[int, int] = {}
    for pk, ids, sold in _raw(rows.values_list("pk", "ids", "sales")):
        alike[bytes(ids)].append(pk)
        sales[pk] = sold
    products: dict[int, array[int]] = defaultdict(lambda: array("I"))
    for ids, those in alike.items():
        for facet_id in unpacked(ids):
            products[facet_id].extend(those)
    facets = Facets(
        {**before.facets.values, **_values(None if changed is None else products)},
        replaced(before.facets.products, changed or NOTHING, products),
    )
    if changed is None:
        return facets, BestSellers.of(sales)
    return facets, before.best_sellers.moved(sales)


def _values(facet_ids: Iterable[int] | None) -> dict[int, FacetValue]:
    rows = Facet.objects.order_by("pk")
    if facet_ids is not None:
        rows = rows.filter(pk__in=list(facet_ids))
    columns = ("key", "value", "number", "name_zh", "name_en")
    return {pk: FacetValue(*said) for pk, *said in rows.values_list("pk", *columns)}


def _read_words(keys: list[tuple[str, int]]) -> Words:
    found = {key: array("I") for key in keys}
    tokens = sorted({token for token, _place in keys})
    rows = Posting.objects.filter(token__in=tokens).order_by()
    for token, rank, item in _raw(rows.values_list("token", "rank", "item_id")):
        if (key := (token, place_of(rank))) in found:
            found[key].append(item)
    return {key: BitMap(items) for key, items in found.items()}


def _words(words: Words, changed: BitMap) -> Words:
    """Bring the words up to date that are known already."""
    rows = Posting.objects.filter(item__in=list(changed)).order_by()
    now: dict[tuple[str, int], list[int]] = defaultdict(list)
    for token, rank, item in _raw(rows.values_list("token", "rank", "item_id")):
        key = token, place_of(rank)
        if key in words:
            now[key].append(item)
    return dict(replaced(words, changed, now))


def _raw(rows: QuerySet[Any, Any]) -> Iterator[Any]:
    """Yield rows as the driver gives them: converting a hundred thousand is dear."""
    statement, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        yield from cursor
