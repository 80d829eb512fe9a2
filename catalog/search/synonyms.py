"""What staff say shoppers mean (row M7). Read for each search: the next one knows."""

from collections import defaultdict
from itertools import pairwise

from django.db.models import Q

from catalog.models import Synonym
from catalog.search import cutting
from catalog.search.words import folded, is_han, key, split

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
    rows = Synonym.objects.filter(
        Q(word_key__in=wanted) | Q(is_two_way=True, meaning_key__in=wanted)
    ).order_by("pk")
    meanings: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.word_key in wanted:
            meanings[wanted[row.word_key]].append(folded(row.meaning))
        if row.is_two_way and row.meaning_key in wanted:
            meanings[wanted[row.meaning_key]].append(folded(row.word))
    return {text: found[:MOST_MEANINGS] for text, found in meanings.items()}


def _words(chunks: list[str]) -> list[str]:
    found: list[str] = []
    for chunk in chunks:
        found += cutting.parts(chunk) if is_han(chunk) else [chunk]
        found += [chunk]
    found += [f"{a} {b}" for a, b in pairwise(chunks)]
    return list(dict.fromkeys(found))
