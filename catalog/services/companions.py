"""What is bought together, counted by the floor that knows the orders (row H3)."""

from collections.abc import Callable, Iterable, Mapping
from itertools import permutations

from django.db import connection, transaction

from catalog.models import PairCount
from catalog.services.changes import note_change

#: Pairs grow with the square, and a cart of many products says little of any two: only
#: so many of its first products count, which is 380 rows at the most.
MOST_PRODUCTS = 20
BATCH = 500

#: The keys of a product and of what was bought with it.
Pair = tuple[int, int]


def pairs_of(product_ids: Iterable[int]) -> list[Pair]:
    """Return the pairs that an order of these products counts for, sorted.

    The keys come in the order of the order's items; one may be among them twice.
    """
    first = list(dict.fromkeys(product_ids))[:MOST_PRODUCTS]
    return list(permutations(sorted(first), 2))


def count_together(*, product_ids: Iterable[int]) -> None:
    """Count that these products were bought in one order.

    Called inside the transaction that makes the order a paid one. One statement adds
    to all pairs, in their order, so that two payments at once do not deadlock; Django's
    own upsert can set a column anew, but not add to what is there.
    """
    pairs = pairs_of(product_ids)
    if not pairs:
        return
    columns = ("product_id", "other_id", "count")
    table, product, other, count = map(
        connection.ops.quote_name, (PairCount._meta.db_table, *columns)
    )
    conflict = f"ON CONFLICT ({product}, {other}) DO UPDATE SET"
    if connection.vendor == "mysql":
        conflict = "ON DUPLICATE KEY UPDATE"
    rows = ", ".join(["(%s, %s, 1)"] * len(pairs))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({product}, {other}, {count}) VALUES {rows} "  # noqa: S608, no word of a stranger
            f"{conflict} {count} = {table}.{count} + 1",
            [key for pair in pairs for key in pair],
        )
    note_change()


@transaction.atomic
def recount_together(
    *, product_ids: Iterable[int], counted: Callable[[list[int]], Mapping[Pair, int]]
) -> int:
    """Write the pairs of these products anew; return how many had been wrong.

    `counted` says how often they were bought with others. It is asked once their rows
    are locked: who pays meanwhile comes after us, and counts on top.
    """
    ids = list(product_ids)
    rows = PairCount.objects.select_for_update().filter(product__in=ids)
    stored = {(row.product_id, row.other_id): row for row in rows.order_by("pk")}
    expected = counted(ids)
    gone = [row.pk for pair, row in stored.items() if pair not in expected]
    wrong = [
        PairCount(product_id=product, other_id=other, count=count)
        for (product, other), count in sorted(expected.items())
        if (product, other) not in stored or stored[product, other].count != count
    ]
    for start in range(0, len(gone), BATCH):
        PairCount.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    _write_counts(wrong)
    if gone or wrong:
        note_change()
    return len(gone) + len(wrong)


def _write_counts(counts: list[PairCount]) -> None:
    # MySQL takes any unique key for the conflict, and may not be told which.
    names_the_key = connection.features.supports_update_conflicts_with_target
    PairCount.objects.bulk_create(
        counts,
        batch_size=BATCH,
        update_conflicts=True,
        update_fields=["count"],
        unique_fields=["product", "other"] if names_the_key else None,
    )
