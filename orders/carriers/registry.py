"""Who is asked where parcels are: TRACKING_URL says so."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from orders.carriers.base import Tracker
from orders.carriers.kuaidi100 import Kuaidi100
from orders.carriers.nobody import Nobody
from orders.carriers.sandbox import Sandbox

#: The beginning of TRACKING_URL -> what asks by it.
TRACKERS: dict[str, Callable[[str], Tracker]] = {
    "nobody": Nobody,
    "sandbox": Sandbox,
    "kuaidi100": Kuaidi100,
}


def tracker() -> Tracker:
    """Return whom this shop asks."""
    url: str = settings.TRACKING_URL
    return TRACKERS[_scheme(url)](url)


def refuse_unsound_url(url: str) -> None:
    """Raise ImproperlyConfigured if TRACKING_URL names no tracker, or half of one.

    The sentence repeats nothing of the address, which holds a key.
    """
    if _scheme(url) not in TRACKERS:
        known = ", ".join(f"{name}://" for name in TRACKERS)
        raise ImproperlyConfigured(f"TRACKING_URL begins with none of: {known}")
    TRACKERS[_scheme(url)](url)


def _scheme(url: str) -> str:
    return url.partition("://")[0]
