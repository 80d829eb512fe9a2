"""Completing what is being typed, in words and in pinyin (row B9)."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyroaring import BitMap

from catalog.models import Product, SearchToken
from catalog.search import log, words
from catalog.search.engine import best_first, found
from catalog.search.plan import understand
from catalog.search.snapshot import Snapshot
from catalog.search.syllables import is_said
from catalog.search.words import is_han, split, squashed, token
from shop.rows import fetch, marks

TOKENS, PRODUCTS = SearchToken._meta.db_table, Product._meta.db_table
#: From so many characters on; one says too little.
SHORTEST = 2
MOST_POPULAR, MOST_WORDS = 3, 4
#: Tokens looked at to find those words.
MOST_TOKENS = 40


@dataclass(frozen=True)
class Suggestion:
    """Words to search for, or the name of a product to go to."""

    text: str
    product_id: int | None = None


def suggest(
    snapshot: Snapshot, on_shelf: BitMap, prefix: str, language: str, limit: int
) -> list[Suggestion]:
    """Return what shoppers may mean who have typed so much, each text once.

    First what others searched, then words the shop knows, then products by rank.
    """
    chunks = split(prefix)
    if sum(len(chunk) for chunk in chunks) < SHORTEST:
        return []
    offered = [Suggestion(word) for word in log.popular(prefix, MOST_POPULAR)]
    # An input method parts the syllables that are being typed.
    if len(chunks) == 1 or all(map(is_said, chunks)):
        offered += [Suggestion(word) for word in _known_words("".join(chunks))]
    offered += _names(snapshot, on_shelf, prefix, language, limit)
    distinct: dict[str, Suggestion] = {}
    for suggestion in offered:
        distinct.setdefault(words.folded(suggestion.text), suggestion)
    return list(distinct.values())[:limit]


def _known_words(chunk: str) -> list[str]:
    if is_han(chunk):
        texts = _texts(_beginning(token("v", chunk)), "token")
        return sorted(texts, key=lambda text: (len(text), text))[:MOST_WORDS]
    typed = squashed(chunk)
    sound = token("i", typed)
    begins = [*_beginning(token("w", typed)), *_beginning(token("p", typed))]
    texts = _texts([*begins, sound, sound + "0"], "frequency DESC, token")
    known = _known(text for text in texts if is_han(text))
    # A sound may begin in the middle of a word: 戏本 is none.
    return [t for t in texts if (t in known if is_han(t) else t.isalpha())][:MOST_WORDS]


def _known(texts: Iterable[str]) -> set[str]:
    tokens = [token("v", text) for text in texts]
    if not tokens:
        return set()
    statement = f"SELECT text FROM {TOKENS} WHERE token IN ({marks(tokens)})"  # noqa: S608
    return {text for (text,) in fetch(statement, tokens)}


def _texts(ranges: list[str], order: str) -> list[str]:
    """Return how the tokens in ranges are written: from each first up to a second."""
    within = " OR ".join(["(token >= %s AND token < %s)"] * (len(ranges) // 2))
    statement = (
        f"SELECT text FROM {TOKENS} WHERE {within} "  # noqa: S608
        f"ORDER BY {order} LIMIT {MOST_TOKENS}"
    )
    return [text for (text,) in fetch(statement, ranges)]


def _beginning(prefix: str) -> list[str]:
    return [prefix, words.after(prefix)]


def _names(
    snapshot: Snapshot, on_shelf: BitMap, prefix: str, language: str, limit: int
) -> list[Suggestion]:
    plan = understand(prefix)
    if not plan.terms:
        return []
    in_stock = found(snapshot, plan, on_shelf) - snapshot.states.sold_out
    ids = best_first(snapshot, plan, in_stock, limit)
    if not ids:
        return []
    statement = (
        f"SELECT id, name_zh, name_en FROM {PRODUCTS} WHERE id IN ({marks(ids)})"  # noqa: S608
    )
    called = fetch(statement, ids)
    names = {pk: (en or zh) if language == "en" else zh for pk, zh, en in called}
    return [Suggestion(names[pk], pk) for pk in ids if pk in names]
