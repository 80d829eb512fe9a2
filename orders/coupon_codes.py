"""Codes of coupons: one canonical spelling, and new ones that nobody guesses."""

import secrets
import unicodedata

#: Without 0 and O, 1, I and L, which people mistake for each other.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_LETTERS = 10
LONGEST = 40


def clean(typed: str) -> str:
    """Return the stored spelling of a code: ASCII, upper-case, without spaces.

    Empty when it can be no code at all.
    """
    text = "".join(unicodedata.normalize("NFKC", typed).split()).upper()
    is_code = text.isascii() and text.replace("-", "").isalnum()
    return text if is_code and len(text) <= LONGEST else ""


def new_code(prefix: str) -> str:
    """Return a one-time code: the coupon's own, a hyphen, ten random letters."""
    random = "".join(secrets.choice(LETTERS) for _n in range(RANDOM_LETTERS))
    return f"{prefix}-{random}"
