"""The version of what the shop's pages show, and what is known as long as it holds.

A page is kept under the version that was read before it was made. A late COMMIT of a
lower id leaves the highest id as it is, but there is one row more (decisions/0013).
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Min, QuerySet, Value
from django.http import HttpRequest

from catalog import services
from catalog.departments import Departments
from catalog.models import (
    Banner,
    CatalogChange,
    HomeBlock,
    Product,
    SpecDefinition,
    Variant,
)
from shop import clock
from shop.kept_pages import VERSION

T = TypeVar("T")

MEMORY = "remembered"
#: Things that are remembered under one version; none of them is large.
MOST_REMEMBERED = 500
#: So many of the newest ids are counted; older ones no transaction still writes.
WINDOW = 1000


@dataclass(frozen=True)
class Version:
    """The version of the catalogue, and the moment just before it was read."""

    newest: int
    number: int
    as_of: datetime

    def __str__(self) -> str:
        return f"{self.newest}.{self.number}"


@dataclass(frozen=True)
class Known:
    """What this process found out under one version."""

    version: Version
    next_change_at: datetime | None
    #: Whether some unpaid order held units longer than it may.
    has_overdue: bool
    #: What was asked for since, by name.
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def holds_for(self, version: Version) -> bool:
        # As of its own moment, no later one: what changes in between would be missed.
        begin, end = self.version.as_of, self.next_change_at
        is_in_time = begin <= version.as_of and (end is None or version.as_of < end)
        return str(self.version) == str(version) and is_in_time


_known: Known | None = None


def version_of(request: HttpRequest) -> Version:
    """Return the version of the catalogue; one request sees one version.

    Call it before reading anything that is to be kept under it.
    """
    version: Version | None = getattr(request, VERSION, None)
    if version is None:
        version = read()
        setattr(request, VERSION, version)
    return version


def version_to_keep(request: HttpRequest) -> str:
    """Return under which version a process may remember what it read, or ""."""
    return str(version_of(request)) if settings.KEEP_PAGES else ""


def read() -> Version:
    """Ask for the version of the catalogue: one small query."""
    as_of = clock.now()
    table = CatalogChange._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT MAX(id), COUNT(*) FROM {table} "  # noqa: S608 -- a name of ours
            f"WHERE id > (SELECT MAX(id) FROM {table}) - %s",
            [WINDOW],
        )
        newest, number = cursor.fetchone()
    return Version(newest or 0, number, as_of)


def remembered(request: HttpRequest, name: Hashable, find: Callable[[], T]) -> T:
    """Return what `find` finds, asked once a version; the same for all visitors.

    Once a request where no page is kept. None is no name: it is found each time.
    """
    if name is None:
        return find()
    memory = _memory_of(request)
    if name in memory:
        kept: T = memory[name]
        return kept
    found = find()
    if len(memory) < MOST_REMEMBERED:
        memory[name] = found
    return found


def _memory_of(request: HttpRequest) -> dict[Hashable, Any]:
    if settings.KEEP_PAGES:
        return _known_of(version_of(request)).memory
    memory: dict[Hashable, Any] = getattr(request, MEMORY, {})
    setattr(request, MEMORY, memory)
    return memory


def departments_of(request: HttpRequest) -> Departments:
    """Return the categories that every page leads to."""
    return remembered(request, "departments", Departments.visible)


def definitions_of(request: HttpRequest) -> tuple[SpecDefinition, ...]:
    """Return the specifications of all categories, in order."""
    return remembered(
        request, "definitions", lambda: tuple(SpecDefinition.objects.in_order())
    )


def free_overdue(request: HttpRequest) -> None:
    """Free what overdue orders hold, before a list reads what is in stock (row E2)."""
    if settings.KEEP_PAGES and not _known_of(version_of(request)).has_overdue:
        return
    if services.free_overdue():
        # What is read from now on must know it.
        setattr(request, VERSION, read())


def good_until(request: HttpRequest, *others: datetime | None) -> datetime | None:
    """Return when a page changes by itself at the earliest, also by these moments."""
    if not settings.KEEP_PAGES:
        return None
    moments = (_known_of(version_of(request)).next_change_at, *others)
    return min((each for each in moments if each is not None), default=None)


def next_change_at(now: datetime) -> datetime | None:
    """Return the next moment after `now` at which something on a page changes by time.

    Scheduled products come on the shelf, prices change, held units become free, banners
    and blocks of the home page begin and end. One query, as each is the first of an
    index or of a few rows.
    """
    # With both values of the first column, its index has the few that are to come.
    to_come = Product.objects.filter(
        is_sold_out__in=[False, True], status=Product.Status.ON_SHELF
    )
    moments = [
        _first_after(now, to_come, "on_shelf_at"),
        _first_after(now, Variant.objects.all(), "price_due_at"),
        _first_after(now, Variant.objects.all(), "held_until"),
        *(
            _first_after(now, model._default_manager.all(), column)
            for model in (Banner, HomeBlock)
            for column in ("starts_at", "ends_at")
        ),
    ]
    found = moments[0].union(*moments[1:], all=True)
    return min((at for at in found if at is not None), default=None)


def _first_after(
    now: datetime, rows: QuerySet[Any], column: str
) -> QuerySet[Any, datetime | None]:
    later = rows.filter(**{f"{column}__gt": now}).order_by()
    first = later.values(nothing=Value(1)).annotate(at=Min(column))
    moments: QuerySet[Any, datetime | None] = first.values_list("at", flat=True)
    return moments


def _known_of(version: Version) -> Known:
    global _known
    known = _known
    if known is None or not known.holds_for(version):
        now = version.as_of
        known = Known(
            version,
            next_change_at(now),
            Variant.objects.filter(held_until__lte=now).exists(),
        )
        _known = known
    return known
