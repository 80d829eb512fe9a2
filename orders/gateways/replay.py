"""Notices that come a second time, word for word."""

import hashlib
from datetime import datetime, timedelta

from django.utils import timezone

from orders.models import SeenNonce
from shop.retry import whole_deed

#: How far a notice's moment may be from ours: WeChat Pay's own five minutes.
WINDOW = timedelta(minutes=5)


def is_timely(seconds: str) -> bool:
    """Tell whether these seconds since 1970 are about now, by the machine's time."""
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 12):
        return False
    return abs(timezone.now().timestamp() - int(seconds)) <= WINDOW.total_seconds()


def is_replayed(gateway: str, nonce: str) -> bool:
    """Tell whether this nonce was seen before, and remember it.

    Only while the window could let it through; older ones are forgotten.
    """
    return not _remember(gateway, nonce, timezone.now())


@whole_deed
def _remember(gateway: str, nonce: str, now: datetime) -> bool:
    SeenNonce.objects.filter(gateway=gateway, seen_at__lt=now - 3 * WINDOW).delete()
    # Hashed: its letters' case counts, which a collation does not see.
    digest = hashlib.sha256(nonce.encode()).hexdigest()
    _row, is_new = SeenNonce.objects.get_or_create(
        gateway=gateway, nonce=digest, defaults={"seen_at": now}
    )
    return is_new
