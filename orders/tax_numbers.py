"""The tax numbers of Chinese companies: the unified social credit code (GB 32100)."""

import re

#: The standard leaves out I, O, S, V and Z.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
UNIFIED = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
#: From before 2015: the region's six digits and the organisation's nine characters.
OLDER = re.compile(r"[0-9]{6}[0-9A-Z]{9}")


def is_valid(number: str) -> bool:
    """Tell whether a company may have this number, by its shape and check character.

    `number` is in capitals, without spaces. The older ones of 15 characters have no
    check character.
    """
    if OLDER.fullmatch(number):
        return True
    if not UNIFIED.fullmatch(number):
        return False
    return check_character(number[:-1]) == number[-1]


def check_character(body: str) -> str:
    """Return the last character of a unified code: weights 3^n, modulo 31."""
    weighted = sum(
        ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(body)
    )
    return ALPHABET[-weighted % 31]
