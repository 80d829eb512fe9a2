"""System checks: a deployment that would go wrong says so before it opens."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from shop import sms


@register()
def sms_gateway_is_known(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """SMS_URL names a gateway that exists."""
    scheme = urlsplit(settings.SMS_URL).scheme
    if scheme in sms.GATEWAYS:
        return []
    known = ", ".join(f"{name}://" for name in sms.GATEWAYS)
    return [Error(f"SMS_URL begins with none of: {known}", id="shop.E001")]


@register(Tags.database)
def database_speaks_utf8mb4(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """A MySQL database holds every Chinese character and emoji, in one collation."""
    wrong: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "mysql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT @@character_set_database, @@collation_database")
            charset, collation = cursor.fetchone()
        if (charset, collation) != ("utf8mb4", "utf8mb4_unicode_520_ci"):
            wrong.append(
                Error(
                    f"The database is {charset} / {collation}.",
                    hint="ALTER DATABASE name CHARACTER SET utf8mb4 "
                    "COLLATE utf8mb4_unicode_520_ci",
                    id="shop.E002",
                )
            )
    return wrong
