"""Where a message waits for the next page: in a signed cookie of the browser's own.

Not in the session: there each message is written twice into the database, once of them
by a page that only shows something. A message too long for a cookie waits there still.
"""

from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class FlashCookie(CookieStorage):
    """Signed by the shop, for the shop's pages alone."""

    cookie_name = settings.MESSAGES_COOKIE_NAME


class FlashStorage(FallbackStorage):
    storage_classes: Any = (FlashCookie, SessionStorage)
