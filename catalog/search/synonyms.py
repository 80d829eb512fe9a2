"""What staff say shoppers mean (row M7). Read for each search: the next one knows."""

from collections import defaultdict
from itertools import pairwise

from catalog.models import Synonym
from catalog.search import cutting
from catalog.search.words import folded, is_han, key, split
from shop.rows import fetch, marks

#: More meanings of one word than this are not tried.
MOST_MEANINGS = 5


def spelt(text: str) -> str:
    """Spell a word of a synonym the way queries are cut."""
    return " ".join(split(text))


def key_of(text: str) -> str:
    return key(spelt(text))


def of(chunks: list[str]) -> dict[str, list[str]]:
    """Return what words of a query also mean: word -> meanings."""
    wanted = {key(text): text for text in _words(chunks)}
    if not wanted:
        return {}
    some = marks(wanted)
    said = fetch(
        "SELECT word, meaning, is_two_way, word_key, meaning_key "  # noqa: S608
        f"FROM {Synonym._meta.db_table} WHERE word_key IN ({some}) "
        f"OR (is_two_way AND meaning_key IN ({some})) ORDER BY id",
        [*wanted, *wanted],
    )
    meanings: dict[str, list[str]] = defaultdict(list)
    for word, meaning, is_two_way, word_key, meaning_key in said:
        if word_key in wanted:
            meanings[wanted[word_key]].append(folded(meaning))
        if is_two_way and meaning_key in wanted:
            meanings[wanted[meaning_key]].append(folded(word))
    return {text: found[:MOST_MEANINGS] for text, found in meanings.items()}


def _words(chunks: list[str]) -> list[str]:
    found: list[str] = []
    for chunk in chunks:
        found += cutting.parts(chunk) if is_han(chunk) else [chunk]
        found += [chunk]
    found += [f"{a} {b}" for a, b in pairwise(chunks)]
    return list(dict.fromkeys(found))
