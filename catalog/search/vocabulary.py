"""The words that the shop knows: the tokens there are, and where names can be cut."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Count, Exists, OuterRef

from catalog.models import Posting, Product, SearchState, SearchToken
from catalog.search import words
from catalog.search.document import SPAN
from shop.retry import whole_deed

FEW = 500
#: Words that names are made of have two to four characters.
SHORTEST, LONGEST = 2, 4


def add(written: dict[str, str], names: Iterable[str]) -> None:
    """Write down tokens that are not known yet, and names that cut a query."""
    wanted = dict(written)
    for name in names:
        if len(name) >= SHORTEST:
            wanted[words.token("v", name)] = name
    tokens = sorted(wanted)
    for start in range(0, len(tokens), FEW):
        some = tokens[start : start + FEW]
        rows = SearchToken.objects.filter(pk__in=some)
        known = dict(rows.values_list("pk", "frequency"))
        # Asked first, because a refused row would be locked on MariaDB.
        new = [each for each in some if each not in known]
        SearchToken.objects.bulk_create(
            [SearchToken(token=t, text=wanted[t][: words.LONGEST_RUN]) for t in new],
            ignore_conflicts=True,
        )
        again = [each for each, frequency in known.items() if not frequency]
        SearchToken.objects.filter(pk__in=again).update(frequency=1)


def add_up(more: Mapping[str, int]) -> None:
    """Count the products that have come under these tokens."""
    for start in range(0, len(more), FEW):
        some = sorted(more)[start : start + FEW]
        rows = SearchToken.objects.filter(pk__in=some).order_by("pk")
        changed = [row for row in rows if more[row.token] > 1]
        for row in changed:
            row.frequency += more[row.token]
        SearchToken.objects.bulk_update(changed, ["frequency"])


def learn(product_ids: Iterable[int] | None = None) -> None:
    """Learn from products' names where a word ends: 轻薄笔记本 is 轻薄 and 笔记本.

    What begins or ends the Chinese of different names, with different neighbours, is a
    word of its own: 记本 always follows 笔, so it is none.
    """
    products = Product.objects.order_by()
    if product_ids is not None:
        products = products.filter(pk__in=list(product_ids))
    neighbours: dict[str, set[str]] = defaultdict(set)
    for name in products.values_list("name_zh", flat=True).distinct().iterator():
        for run in filter(words.is_han, words.split(name)):
            for size in range(SHORTEST, min(LONGEST, len(run)) + 1):
                neighbours[run[:size]].add(f">{run[size : size + 1]}")
                neighbours[run[-size:]].add(f"<{run[-size - 1 : -size]}")
    add({}, (each for each, around in neighbours.items() if _is_free(around)))


def _is_free(around: set[str]) -> bool:
    begins = sum(1 for each in around if each.startswith(">"))
    return begins > 1 or len(around) - begins > 1


def place_of(rank: int) -> int:
    """Return the class that a rank begins with."""
    return rank // SPAN


def refresh(moment: datetime) -> None:
    """Learn all names, and count how many products have each token, as of a moment."""
    learn()
    counted = Posting.objects.order_by("token").values_list("token")
    rows: list[SearchToken] = []
    for token, number in counted.annotate(Count("item")).iterator(chunk_size=FEW):
        rows.append(SearchToken(token=token, frequency=number))
        if len(rows) == FEW:
            _count(rows)
            rows = []
    _count(rows)
    _mark_unused()
    SearchState.objects.update_or_create(pk=1, defaults={"refreshed_at": moment})


def _mark_unused() -> None:
    # Not deleted: somebody may just be learning a product that has it.
    posted = Posting.objects.filter(token=OuterRef("pk"))
    unused = SearchToken.objects.filter(~Exists(posted), frequency__gt=0)
    unused.exclude(pk__gte="v", pk__lt="w").update(frequency=0)


@whole_deed
def _count(rows: list[SearchToken]) -> None:
    stored = dict(
        SearchToken.objects.filter(pk__in=[row.token for row in rows]).values_list(
            "pk", "frequency"
        )
    )
    changed = [
        row for row in rows if stored.get(row.token, row.frequency) != row.frequency
    ]
    SearchToken.objects.bulk_update(changed, ["frequency"])
