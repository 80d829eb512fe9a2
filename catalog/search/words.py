"""How words are spelt for searching, both in what is sold and in what is asked."""

import re
import unicodedata

LONGEST_QUERY = 100
MOST_WORDS = 10


def folded(text: str) -> str:
    """Spell a text for comparing: NFKC (full-width to half-width), lower-case."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def split(query: str) -> list[str]:
    """Cut a query into its folded words; too long a query is cut off.

    Between Chinese and Latin letters a space may be missing: "华为phone" is two words.
    """
    text = folded(query[:LONGEST_QUERY].replace("\x00", " "))
    words = re.findall(r"[\u3400-\u9fff]+|[^\s\u3400-\u9fff]+", text)
    return list(dict.fromkeys(words))[:MOST_WORDS]
