"""What shoppers search for, counted by day and word; nothing says who (row B12)."""

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Lock
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Max, Min, QuerySet, Sum
from django.utils import timezone

from catalog.models import SearchCount
from catalog.models.search import LONGEST_PHRASE
from catalog.search import words
from shop import clock
from shop.rows import fetch

logger = logging.getLogger(__name__)

#: More different words a day are not told apart any more: somebody makes them up.
MOST_WORDS_A_DAY = 5000
MOST_WAITING = 200
PAUSE = 5.0  # seconds between two writings of a process
PATIENCE = 100  # milliseconds that a page waits for a locked database
POPULAR_DAYS, REPORT_DAYS, KEPT_DAYS = 7, 30, 90
HOT_WORDS, HOT_SECONDS, HOT_KEY = 8, 600, "search-hot-words"
#: A phone, an order, a card, an address: nothing of that is written down.
PERSONAL = re.compile(r"@|(?:\d[\s-]*){7}")

_waiting: Counter[tuple[date, str]] = Counter()
_results: dict[tuple[date, str], int] = {}
_lock = Lock()
_written = 0.0


def count(query: str, results: int) -> None:
    """Count a search. Pages must not fail for it: it is written when that is easy."""
    global _written
    word = spelt(query)
    if not word:
        return
    with _lock:
        counted = (timezone.localdate(clock.now()), word)
        if counted in _waiting or len(_waiting) < MOST_WAITING:
            _waiting[counted] += 1
            _results[counted] = results
        if time.monotonic() - _written < PAUSE:
            return
        _written = time.monotonic()
    write()


def write() -> None:
    """Write down what waits; what cannot be written now waits on."""
    with _lock:
        rows, found = dict(_waiting), dict(_results)
        _waiting.clear()
        _results.clear()
    try:
        with _impatient(), transaction.atomic():
            for counted in sorted(rows):
                _add(counted, rows[counted], found[counted])
    except DatabaseError:
        logger.warning("searches not counted yet: the database is busy")
        with _lock:
            _waiting.update(rows)
            _results.update(found)


def spelt(query: str) -> str:
    """Return a query as it is counted, or "" for what is no word or is personal."""
    word = words.shown(words.folded(query.replace("\x00", " ")))
    if len(word) > LONGEST_PHRASE or not words.split(word) or PERSONAL.search(word):
        return ""
    return word


def popular(prefix: str, number: int) -> list[str]:
    """Return what was searched most in seven days, and found, beginning so."""
    key = words.key(words.folded(prefix))[: 5 * LONGEST_PHRASE]
    if not key:
        return []
    return _most_searched(number, key, words.after(key))


def hot_words() -> list[str]:
    """Return what was searched most in seven days, and found; asked now and then."""
    found: list[str] | None = cache.get(HOT_KEY)
    if found is None:
        found = _most_searched(HOT_WORDS)
        cache.set(HOT_KEY, found, HOT_SECONDS)
    return found


def without_results() -> QuerySet[SearchCount, Any]:
    """Return the words of thirty days that never found anything.

    The most wanted first, each as a dictionary: word_shown, searches, last_day.
    """
    rows = _of_days(REPORT_DAYS).values("key")
    rows = rows.annotate(
        word_shown=Min("word"), searches=Sum("count"), last_day=Max("day")
    )
    # The day that found the most found nothing.
    never = rows.annotate(most_found=Max("results")).filter(most_found=0)
    return never.order_by("-searches", "key")


def forget_old() -> None:
    """Delete what is older than is looked at."""
    today = timezone.localdate(clock.now())
    SearchCount.objects.filter(day__lt=today - timedelta(days=KEPT_DAYS)).delete()


def _of_days(days: int) -> QuerySet[SearchCount]:
    today = timezone.localdate(clock.now())
    return SearchCount.objects.filter(day__gt=today - timedelta(days=days))


def _most_searched(number: int, *between: str) -> list[str]:
    """Return the words that were searched most; with a range of keys, within that."""
    first_day = timezone.localdate(clock.now()) - timedelta(days=POPULAR_DAYS - 1)
    day, key, word, count, results = map(
        connection.ops.quote_name, ("day", "key", "word", "count", "results")
    )
    within = f"AND {key} >= %s AND {key} < %s" if between else ""
    found = fetch(
        f"SELECT MIN({word}) FROM {SearchCount._meta.db_table} "  # noqa: S608
        f"WHERE {day} >= %s AND {results} > 0 {within} "
        f"GROUP BY {key} ORDER BY SUM({count}) DESC, {key} LIMIT {number:d}",
        [f"{first_day:%F}", *between],
    )
    return [text for (text,) in found]


def _add(counted: tuple[date, str], number: int, results: int) -> None:
    day, word = counted
    key = words.key(word)
    row = SearchCount.objects.filter(day=day, key=key)
    if row.update(count=F("count") + number, results=results):
        return
    if SearchCount.objects.filter(day=day).count() < MOST_WORDS_A_DAY:
        new = SearchCount(day=day, key=key, word=word, count=number, results=results)
        SearchCount.objects.bulk_create([new], ignore_conflicts=True)


@contextmanager
def _impatient() -> Iterator[None]:
    """Wait for a lock no longer than a shopper would notice."""
    is_sqlite = connection.vendor == "sqlite"
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        else:
            cursor.execute("SET SESSION innodb_lock_wait_timeout = 1")
        try:
            yield
        finally:
            if is_sqlite:
                cursor.execute(f"PRAGMA busy_timeout = {usual}")
            else:
                cursor.execute("SET SESSION innodb_lock_wait_timeout = DEFAULT")
