"""System checks: a deployment that would go wrong says so before it opens."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from shop import sms


@register()
def sms_gateway_is_sound(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """SMS_URL names a gateway, whole, with words for every kind of message."""
    try:
        sms.refuse_unsound_url(settings.SMS_URL)
    except ImproperlyConfigured as error:
        return [Error(str(error), id="shop.E001")]
    if kinds := sms.kinds_without_template(settings.SMS_URL):
        return [
            Warning(
                f"SMS_URL names no template for: {', '.join(kinds)}. "
                "Text messages of these kinds fail.",
                hint="Add &template.<kind>=SMS_… for each.",
                id="shop.W001",
            )
        ]
    return []


@register()
def mail_password_is_encrypted(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """EMAIL_URL sends its password through TLS, or to this machine itself."""
    is_safe = (
        not settings.EMAIL_HOST_PASSWORD
        or settings.EMAIL_USE_TLS
        or settings.EMAIL_USE_SSL
        or settings.EMAIL_HOST in ("localhost", "127.0.0.1", "::1")
    )
    if is_safe:
        return []
    return [
        Error(
            "EMAIL_URL would send its password in the clear.",
            hint="Write smtp+tls://… (STARTTLS) or smtp+ssl://….",
            id="shop.E003",
        )
    ]


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
