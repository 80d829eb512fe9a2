"""The version of what the shop's pages show, and what is known as long as it holds.

A page is kept under the version that was read before it was made. A late COMMIT of a
lower id leaves the highest id as it is, but there is one row more (decisions/0013). Of
what is sold the stock's ledger tells, which has a row for each sale.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Min, Model
from django.http import HttpRequest

from catalog import services
from catalog.departments import Departments
from catalog.models import CatalogChange, SpecDefinition, StockEntry, Variant
from catalog.next_change import first_after, next_change_at
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
    """The version of the catalogue, and the moment just before it was read.

    `changes` says what staff, reviews and receipts have changed, and what is sold out;
    `stock` each single unit that was sold.
    """

    changes: str
    stock: str
    as_of: datetime

    def __str__(self) -> str:
        return f"{self.changes}-{self.stock}"

    def reaches(self, later: "Version", end: datetime | None) -> bool:
        """Tell whether what was found out as of this moment is true at a later one."""
        return self.as_of <= later.as_of and (end is None or later.as_of < end)


@dataclass(frozen=True)
class Known:
    """What this process found out under one version, whatever was sold since."""

    version: Version
    next_change_at: datetime | None
    #: Whether some price was to change before, and nobody has seen to it yet.
    has_due_prices: bool
    #: What was asked for since, by name. Nothing in it has a number of what is left.
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def holds_for(self, version: Version) -> bool:
        is_same = self.version.changes == version.changes
        return is_same and self.version.reaches(version, self.next_change_at)


@dataclass(frozen=True)
class KnownHolds:
    """When unpaid orders let go of their units; each order is another version."""

    version: Version
    next_release_at: datetime | None
    #: Whether some unpaid order held units longer than it may.
    has_overdue: bool

    def holds_for(self, version: Version) -> bool:
        is_same = str(self.version) == str(version)
        return is_same and self.version.reaches(version, self.next_release_at)


_known: Known | None = None
_known_holds: KnownHolds | None = None


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
    return version_of(request).changes if settings.KEEP_PAGES else ""


def read() -> Version:
    """Ask for the version of the catalogue: one small query."""
    as_of = clock.now()
    of_changes, of_stock = _newest_of(CatalogChange), _newest_of(StockEntry)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({of_changes}) c, ({of_stock}) s")  # noqa: S608
        newest, number, newest_sale, sales = cursor.fetchone()
    return Version(f"{newest}.{number}", f"{newest_sale}.{sales}", as_of)


def _newest_of(model: type[Model]) -> str:
    """Ask for the highest id and the number of rows beside it."""
    table = model._meta.db_table
    return (
        f"SELECT MAX(id), COUNT(*) FROM {table} "  # noqa: S608 -- names of ours
        f"WHERE id > (SELECT MAX(id) FROM {table}) - {WINDOW}"
    )


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
    """Return the specifications of all categories, in order, with their choices."""
    return remembered(request, "definitions", _definitions)


def _definitions() -> tuple[SpecDefinition, ...]:
    return tuple(SpecDefinition.objects.in_order().prefetch_related("choices"))


def settle_due(request: HttpRequest) -> None:
    """Do what is due before a list reads stock and prices (rows E2, H6).

    Units that overdue orders hold are free, prices have changed by themselves.
    """
    free_overdue(request)
    if settings.KEEP_PAGES and not _known_of(version_of(request)).has_due_prices:
        return
    if services.settle_due_prices():
        setattr(request, VERSION, read())


def free_overdue(request: HttpRequest) -> None:
    """Free what overdue orders hold, before a page reads what is in stock (row E2)."""
    if settings.KEEP_PAGES and not _holds_of(version_of(request)).has_overdue:
        return
    if services.free_overdue():
        # What is read from now on must know it.
        setattr(request, VERSION, read())


def good_until(request: HttpRequest) -> datetime | None:
    """Return when a list changes by itself at the earliest."""
    if not settings.KEEP_PAGES:
        return None
    version = version_of(request)
    return _earliest(
        _known_of(version).next_change_at, _holds_of(version).next_release_at
    )


def product_good_until(
    request: HttpRequest, holds: Iterable[datetime | None]
) -> datetime | None:
    """Return the same of a product's page, whose variants are held until then."""
    if not settings.KEEP_PAGES:
        return None
    return _earliest(_known_of(version_of(request)).next_change_at, *holds)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((each for each in moments if each is not None), default=None)


def forget() -> None:
    """Forget what this process found out, for tests."""
    global _known, _known_holds
    _known = _known_holds = None


def _known_of(version: Version) -> Known:
    global _known
    known = _known
    if known is None or not known.holds_for(version):
        now = version.as_of
        late = Variant.objects.filter(price_due_at__lte=now)
        known = Known(version, next_change_at(now), late.exists())
        _known = known
    return known


def _holds_of(version: Version) -> KnownHolds:
    global _known_holds
    holds = _known_holds
    if holds is None or not holds.holds_for(version):
        holds = _known_holds = _read_holds(version)
    return holds


def _read_holds(version: Version) -> KnownHolds:
    now = version.as_of
    earliest = Variant.objects.aggregate(at=Min("held_until"))["at"]
    if earliest is None or earliest > now:
        return KnownHolds(version, earliest, has_overdue=False)
    later = first_after(now, Variant.objects.all(), "held_until")
    return KnownHolds(version, next(iter(later), None), has_overdue=True)
