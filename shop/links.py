"""Addresses in messages, which nobody's request says the host of."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

_signer = signing.Signer(salt="shop.links.off", sep=".")


def absolute(path: str) -> str:
    """Return the whole address of a path of the shop (SHOP_URL)."""
    return f"{settings.SHOP_URL}{path}"


def off_address(account_id: int, topic: str) -> str:
    """Return the address that switches a topic off, in the language that is active.

    It is signed, so that it works for whoever has the message, signed in or not, and
    for nobody else's account.
    """
    token = _signer.sign(f"{account_id}.{topic}")
    return absolute(reverse("accounts:message-off", args=[token]))


def read_off(token: str) -> tuple[int, str]:
    """Return account and topic of such an address. Raises BadSignature."""
    account_id, _dot, topic = _signer.unsign(token).partition(".")
    return int(account_id), topic
