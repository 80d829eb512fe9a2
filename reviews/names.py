"""How the author of a review is called in public.

Never a phone, not even with its middle hidden: these pages are for everybody.
"""

from django.utils.translation import gettext


def public_name(nickname: str, *, is_anonymous: bool, is_closed: bool) -> str:
    """Return how everybody reads the author's name, in the page's language."""
    if is_closed:
        return gettext("Closed account")
    if is_anonymous:
        return masked(nickname) or gettext("Anonymous")
    return nickname or gettext("Buyer")


def masked(nickname: str) -> str:
    """Return `z***n` for `zhangsan`; "" when that would give the name away.

    Of two characters, first and last are the whole name.
    """
    if len(nickname) < 3:
        return ""
    return f"{nickname[0]}***{nickname[-1]}"
