"""Measure searches in a filled shop: time, and what the database reads.

    DATABASE_URL=... .venv/bin/python manage.py load_demo --products 100000
    DATABASE_URL=... .venv/bin/python script/measure_search.py [--explain]

For each search it prints the median of some runs, the number of queries, and the rows
that MariaDB read (its Handler_read counters) or the steps that SQLite's machine took.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from catalog import listing, search, wishes  # noqa: E402
from catalog.models import Category, Posting, Product  # noqa: E402
from shop import clock  # noqa: E402

#: Nothing changes meanwhile, so that each search finds what the one before left.
VERSION = "measured"
RUNS = 15
STEP = 100
#: What for, the words, the sort, the page.
SEARCHES = [
    ("common word", "手机", "relevance", 1),
    ("common word", "手机", "relevance", 100),
    ("common word by price", "手机", "price", 1),
    ("common word by price", "手机", "price", 100),
    ("common words", "极光手机", "relevance", 1),
    ("common words", "极光手机", "relevance", 100),
    ("rare word", "折叠屏", "relevance", 1),
    ("rare word", "折叠屏", "relevance", 100),
    ("three words", "16g 内存 笔记本", "relevance", 1),
    ("pinyin", "shouji", "relevance", 1),
    ("one product", "FILL-0050000", "relevance", 1),
    ("misspelt", "lapotp", "relevance", 1),
]


def main() -> None:
    now = clock.now()
    products, postings = Product.objects.count(), Posting.objects.count()
    print(f"{connection.vendor}: {products} products, {postings} postings")
    for what, query, sort, page in SEARCHES:
        report(f"{what}, page {page}", partial(find, query, sort, page))
    snapshot = search.snapshot(VERSION)
    on_shelf = snapshot.states.public(departments(), now)
    for typed in ("ji", "lap", "shou"):
        suggest = partial(search.suggest, snapshot, on_shelf, typed, "zh", 10)
        report(f"type-ahead {typed}", suggest)


def departments() -> list[int]:
    return list(Category.objects.visible().values_list("pk", flat=True))


def find(query: str, sort: str, page: int) -> listing.Listing:
    wish = wishes.read(QueryDict(f"q={query}&sort={sort}&page={page}"))
    visible = Category.objects.visible().in_order()
    question = listing.Question(wish, now=clock.now(), visible=visible, as_of=VERSION)
    return listing.find(question, question.hits())


def report(name: str, call: Callable[[], object]) -> None:
    call()
    times = []
    for _run in range(RUNS):
        started = time.perf_counter()
        found = call()
        times.append(time.perf_counter() - started)
    with CaptureQueriesContext(connection) as captured:
        read = rows_read(call)
    total = found.total if isinstance(found, listing.Listing) else len(found)  # type: ignore[arg-type]
    milliseconds = statistics.median(times) * 1000
    queries = [q for q in captured.captured_queries if q["sql"].startswith("SELECT")]
    print(f"{name:32} {total:5} {milliseconds:7.1f} ms {len(queries):3} queries {read}")
    if "--explain" in sys.argv:
        for query in queries:
            explain(query["sql"])


def rows_read(call: Callable[[], object]) -> str:
    if connection.vendor != "sqlite":
        before = handler_reads()
        call()
        return f"{handler_reads() - before} rows read"
    steps = [0]

    def count() -> int:
        steps[0] += STEP
        return 0

    connection.connection.set_progress_handler(count, STEP)
    call()
    connection.connection.set_progress_handler(None, 0)
    return f"{steps[0]} steps"


def handler_reads() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(value) for _name, value in cursor.fetchall())


def explain(sql: str) -> None:
    prefix = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{prefix} {sql}")
        for row in cursor.fetchall():
            print("      ", *(column for column in row if column is not None))


if __name__ == "__main__":
    main()
