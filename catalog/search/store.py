"""Keeping the words of products: learnt one by one as they change, or all anew."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Count

from catalog.models import Posting, Product, StaleWords
from catalog.search import facets, vocabulary
from catalog.search.document import Document, documents
from catalog.search.keeping import note_changed
from shop import clock, rows
from shop.retry import whole_deed

#: So many products are learnt together: their tokens fit into memory.
BATCH = 1000
#: So many by a rebuild, some 200 MB. On SQLite nobody else writes meanwhile, so it
#: must stay well below the 20 seconds for which a writer waits.
LARGE_BATCH = 5000
#: SQLite takes so many values in one list.
FEW = 500
#: So many tokens are remembered by a rebuild, some 30 MB.
MOST_KNOWN = 200_000
#: From so many on, products teach each other's names (`vocabulary.learn`).
MANY = 50

#: Token, rank, item: the columns of a posting.
Row = tuple[str, int, int]

Progress = Callable[[int, int], None]


def index(product_ids: Iterable[int]) -> None:
    """Learn the words of these products anew, within the deed that changed them.

    Only what differs is written. Stock, price and shelf times are no words: a sale
    writes nothing here.
    """
    ids = sorted(set(product_ids))
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        with transaction.atomic():
            fresh = _index(some, set())
            note_changed(some)
            if len(some) >= MANY:
                vocabulary.learn(some)
                vocabulary.add_up(Counter(token for token, _rank, _item in fresh))


def index_in_bulk(product_ids: Sequence[int], known: set[str]) -> None:
    """Learn one batch of very many; `vocabulary.refresh` must follow the last.

    Counts and names are left to that, and `note_changed`. `known` begins empty and goes
    from batch to batch: the tokens that are written down, and not asked for again.
    """
    _index(product_ids, known)


def index_later(product_ids: Iterable[int]) -> None:
    """Learn a few products at once, and leave many to the clock (`run_due`)."""
    ids = list(product_ids)
    if len(ids) <= FEW:
        index(ids)
        return
    now = clock.now()
    stale = [StaleWords(product_id=pk, since=now) for pk in ids]
    StaleWords.objects.bulk_create(stale, batch_size=BATCH, ignore_conflicts=True)


def index_stale(product_ids: Sequence[int]) -> None:
    """Learn products whose words wait for it."""

    @whole_deed
    def learn() -> None:
        index(product_ids)
        StaleWords.objects.filter(pk__in=product_ids).delete()

    learn()


def remove(product_ids: Iterable[int]) -> None:
    """Forget these products."""
    ids = list(product_ids)
    Posting.objects.filter(item__in=ids).delete()
    note_changed(ids)


def rebuild(progress: Progress = lambda done, total: None) -> int:
    """Learn all products anew; return how many there are.

    What is right already is read and no more, so it may run beside an open shop. What
    is not is written in one deed for thousands of products, sorted: each such deed
    touches most pages of the index, however few products it is for.
    """
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    known: set[str] = set()
    with rows.room_for_many():
        for start in range(0, len(ids), LARGE_BATCH):
            some = ids[start : start + LARGE_BATCH]
            if wrong := _wrong(some, known):
                _index_stale_in_bulk(wrong, known)
            progress(start + len(some), len(ids))
    _forget_all_but(set(ids))
    vocabulary.refresh(clock.now())
    note_changed(None)
    return len(ids)


def differences(product_ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """Return (product, stored words, right words) of those that are not up to date.

    How much was sold may lag behind (`ranks.refresh`), where a word stands may not.
    """
    ids = list(product_ids)
    stored = _stored(ids)
    wrong = []
    found = documents(ids)
    unlike = facets.unlike(found)
    for document in found:
        right = document.places
        ranks = stored[document.product_id]
        known = {token: vocabulary.place_of(rank) for token, rank in ranks.items()}
        if not known:
            wrong.append((document.product_id, "missing", f"{len(right)} words"))
        elif known != right:
            number = len(set(known.items()) ^ set(right.items()))
            said = f"{len(known)} words, {number} unlike"
            wrong.append((document.product_id, said, f"{len(right)} words"))
        elif document.product_id in unlike:
            wrong.append((document.product_id, "other facets", "its facets"))
    return wrong


@whole_deed
def _index_stale_in_bulk(product_ids: Sequence[int], known: set[str]) -> None:
    _index(product_ids, known)
    StaleWords.objects.filter(pk__in=product_ids).delete()


def _wrong(ids: Sequence[int], known: set[str]) -> list[int]:
    """Return the products whose words must be written; those without any too."""
    stored = _stored(ids)
    there = documents(pk for pk in ids if pk in stored)
    unlike = facets.unlike(there)
    _write_tokens(there, known)
    right = {
        document.product_id
        for document in there
        if document.ranks() == stored[document.product_id]
    } - unlike
    return [pk for pk in ids if pk not in right]


def _index(ids: Sequence[int], known: set[str]) -> list[Row]:
    found = documents(ids)
    with transaction.atomic():
        facets.learn(found)
        _write_tokens(found, known)
        stored = _stored(ids)
        fresh: list[Row] = []
        for document in found:
            fresh += _replace(document, stored[document.product_id])
        # In the order of the primary key: neighbours land on the same page.
        fresh.sort()
        rows.insert(Posting, ("token", "rank", "item_id"), fresh)
    return fresh


def _replace(document: Document, stored: dict[str, int]) -> list[Row]:
    ranks = document.ranks()
    gone = [t for t, rank in stored.items() if ranks.get(t) != rank]
    of_product = Posting.objects.filter(item=document.product_id)
    for start in range(0, len(gone), FEW):
        of_product.filter(token__in=gone[start : start + FEW]).delete()
    product_id = document.product_id
    if not stored:
        return [(token, rank, product_id) for token, rank in ranks.items()]
    changed = ranks.items() - stored.items()
    return [(token, rank, product_id) for token, rank in changed]


def _stored(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return the rank of each token that these products have, if any."""
    stored: dict[int, dict[str, int]] = defaultdict(dict)
    for start in range(0, len(ids), FEW):
        some = Posting.objects.filter(item__in=ids[start : start + FEW])
        for item, token, rank in some.values_list("item_id", "token", "rank"):
            stored[item][token] = rank
    return stored


def _write_tokens(found: list[Document], known: set[str]) -> None:
    tokens = set().union(*(document.places for document in found)) - known
    written: dict[str, str] = {}
    for document in found:
        for texts in document.texts:
            for token in tokens & texts.keys():
                # Of "tablet" and "tablets", one token, the shorter is suggested.
                text = texts[token]
                written[token] = min(text, written.get(token, text), key=len)
    names = {name for document in found for name in document.names}
    vocabulary.add(written, names)
    if len(known) > MOST_KNOWN:
        known.clear()
    transaction.on_commit(partial(known.update, written))


def _forget_all_but(ids: set[int]) -> None:
    # Deleted past the admin, which never deletes a product.
    items = Posting.objects.values("item_id").annotate(n=Count("token"))
    gone = [row["item_id"] for row in items.order_by() if row["item_id"] not in ids]
    for start in range(0, len(gone), FEW):
        remove(gone[start : start + FEW])
