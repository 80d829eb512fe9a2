"""What monitors ask: does the process answer, and is all that it needs there?"""

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop import clock, due


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; no database is asked."""
    now = timezone.localtime(clock.now()).isoformat()
    return JsonResponse({"ok": True, "now": now})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether database, cache, migrations and the clock are fine, else 503."""
    broken = [name for name, is_fine in CHECKS.items() if not _holds(is_fine)]
    status = 503 if broken else 200
    return JsonResponse({"ok": not broken, "broken": broken}, status=status)


def _holds(is_fine: Callable[[], bool]) -> bool:
    try:
        return is_fine()
    except Exception:  # noqa: BLE001, whatever breaks is broken
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _cache() -> bool:
    probe = get_random_string(8)
    cache.set("shop.readyz", probe, 10)
    # Another worker may have written in between; only nothing at all is a fault.
    return cache.get("shop.readyz") is not None


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "cache": _cache,
    "migrations": _migrations,
    "clock": due.is_fine,
}
