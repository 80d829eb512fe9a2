"""Text that must not be read in a stolen table: encrypted under the SECRET_KEY."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def hide(text: str) -> str:
    """Encrypt `text` for the database."""
    return _box().encrypt(text.encode()).decode()


def reveal(stored: str) -> str:
    """Decrypt what `hide` made; empty when there is nothing, or the key is gone."""
    if not stored:
        return ""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken:
        return ""


def _box() -> MultiFernet:
    # The newest key encrypts; the older ones still open what they closed.
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    digest = hashlib.blake2b(key.encode(), digest_size=32, person=b"shop.secret_tex")
    return base64.urlsafe_b64encode(digest.digest())
