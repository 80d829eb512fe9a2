"""Which language a text is written in."""

import re

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]")


def language_of(text: str) -> str:
    """Return "zh" when there is anything Chinese in it, else "en" or "".

    Chinese reviews are full of model names in Latin letters; English ones have no Han.
    """
    if HAN.search(text):
        return "zh"
    return "en" if LATIN.search(text) else ""
