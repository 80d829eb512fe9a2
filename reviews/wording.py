"""Finding sensitive words, however they are spelled (row G9).

A text is folded: full width becomes half, capitals small, and what is neither letter
nor digit falls out, so that spaces or dots between characters hide nothing. A word of
letters must stand by itself: "ass" is not found in "glass", but in "a.s.s".
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from reviews.models import SensitiveWord

#: So much of the words found is kept beside a text, in characters.
LONGEST_NOTE = 200
SEPARATOR = ", "
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it is a hit."""

    text: str
    is_hit: bool


class Folded:
    """A text as it is searched."""

    def __init__(self, text: str) -> None:
        folded: list[str] = []
        self.places: list[int] = []
        for place, character in enumerate(text):
            for each in key_of(character):
                folded.append(each)
                self.places.append(place)
        self.text = "".join(folded)

    def spans(self, key: str) -> Iterable[tuple[int, int]]:
        """Yield where a word stands in the text before it was folded."""
        start = self.text.find(key)
        while start >= 0:
            last = start + len(key) - 1
            if not (self._is_joined(start - 1) or self._is_joined(last)):
                yield self.places[start], self.places[last] + 1
            start = self.text.find(key, start + 1)

    def _is_joined(self, left: int) -> bool:
        """Tell whether two letters, here and next, belong to one word."""
        if left < 0 or left + 1 >= len(self.text):
            return False
        pair = self.text[left : left + 2]
        # A letter beside a figure begins something else: "vx" is found in "vx123".
        are_alike = pair[0].isalpha() == pair[1].isalpha() and not HAN.search(pair)
        return are_alike and self.places[left + 1] - self.places[left] <= 1


def key_of(word: str) -> str:
    """Return a word as it is looked for; "" when nothing of it can be found."""
    wide = unicodedata.normalize("NFKC", word).casefold()
    return "".join(c for c in unicodedata.normalize("NFKC", wide) if c.isalnum())


def hits_in(text: str) -> list[str]:
    """Return the words of staff's list that stand in a text."""
    return found_in(text, SensitiveWord.objects.order_by("pk"))


def found_in(text: str, words: Iterable[SensitiveWord]) -> list[str]:
    """Return which of these words stand in a text."""
    folded = Folded(text)
    return [each.word for each in words if next(iter(folded.spans(each.key)), None)]


def noted(words: Iterable[str], before: str = "") -> str:
    """Write down what was found in a text, after what had been found before."""
    known = before.split(SEPARATOR) if before else []
    return SEPARATOR.join(dict.fromkeys([*known, *words]))[:LONGEST_NOTE]


def marked(text: str, words: Iterable[str]) -> list[Piece]:
    """Cut a text into what is a hit and what is not, for those who read the queue."""
    folded = Folded(text)
    inside = {
        place
        for word in words
        if key_of(word)
        for start, end in folded.spans(key_of(word))
        for place in range(start, end)
    }
    pieces: list[Piece] = []
    for place, character in enumerate(text):
        is_hit = place in inside
        if pieces and pieces[-1].is_hit == is_hit:
            pieces[-1] = Piece(pieces[-1].text + character, is_hit)
        else:
            pieces.append(Piece(character, is_hit))
    return pieces
