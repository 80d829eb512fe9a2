"""Pinyin typed syllable by syllable, as an input method leaves it: "shou ji"."""

import re
from itertools import takewhile

from catalog.search.terms import Known
from catalog.search.words import MOST_SYLLABLES, runs_of, squashed, token

#: Loose: what counts is that all of them together sound like something we sell. Of the
#: last one perhaps only the beginning is there.
_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:[aeiouv]{1,3}(?:ng?|r)?)?", re.ASCII
)


def is_said(chunk: str) -> bool:
    """Tell whether a word may be pinyin, its syllables apart: "shou", "shou'ji"."""
    runs = runs_of(chunk)  # none in Chinese
    return bool(runs) and all(_SYLLABLE.fullmatch(run) for run in runs)


def tokens_of(chunks: list[str]) -> set[str]:
    """Return the tokens to know before `joined` is asked."""
    return {
        token("p", _together(said[:size]))
        for first in range(len(chunks))
        for said in [_said(chunks[first:])]
        for size in _sizes(said)
    }


def joined(chunks: list[str], known: Known) -> list[str]:
    """Join the syllables that are the sound of one word; the others stay as typed.

    What such a word begins with ("wu xian" of 无线耳机) is looked up once a query.
    """
    found: list[str] = []
    rest = list(chunks)
    is_looked_up = False
    while rest:
        said = _said(rest)
        size = _size_known(said, known)
        if not size and _sizes(said) and not is_looked_up:
            is_looked_up = True
            goes_on = known.load_beginning(token("p", _together(said)))
            size = len(said) if goes_on else 0
        found.append(_together(rest[:size]) if size else rest[0])
        del rest[: max(1, size)]
    return found


def _size_known(said: list[str], known: Known) -> int:
    """Return how many of the first words are the sound of one that is known, or 0."""
    for size in _sizes(said):
        if token("p", _together(said[:size])) in known:
            return size
    return 0


def _said(chunks: list[str]) -> list[str]:
    return list(takewhile(is_said, chunks))[:MOST_SYLLABLES]


def _sizes(said: list[str]) -> list[int]:
    """Return how many may belong together, the most first; one word is left alone."""
    least = 1 if said and len(runs_of(said[0])) > 1 else 2
    return list(range(len(said), least - 1, -1))


def _together(said: list[str]) -> str:
    return "".join(squashed(chunk) for chunk in said)
