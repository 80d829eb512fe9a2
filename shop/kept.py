"""Text that is rendered once and kept, with gaps for what differs each time.

While a text is being rendered, whatever differs writes a mark in its place. The marks
are then cut out, and each time the text is used its gaps are filled anew. A mark has a
random number in it, so that nothing that somebody typed can be taken for one.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.safestring import SafeString, mark_safe

Gap = TypeVar("Gap")


@dataclass(frozen=True)
class KeptText(Generic[Gap]):
    """Pieces of text with a gap between each two; a gap is what fills it."""

    pieces: tuple[str, ...]
    gaps: tuple[Gap, ...]

    def filled(self, fill: Callable[[Gap], str]) -> SafeString:
        """Return the whole text, with what `fill` gives for each gap."""
        text = [self.pieces[0]]
        for gap, piece in zip(self.gaps, self.pieces[1:], strict=True):
            text += (fill(gap), piece)
        return mark_safe("".join(text))  # noqa: S308 -- rendered by templates


class Recorder(Generic[Gap]):
    """Marks the gaps of one text while it is rendered, and cuts it there afterwards."""

    def __init__(self) -> None:
        self._secret = secrets.token_hex(8)
        self._gaps: list[Gap] = []

    def mark(self, gap: Gap) -> SafeString:
        """Return what stands in the text for this gap."""
        self._gaps.append(gap)
        number = len(self._gaps) - 1
        return mark_safe(f"\0{self._secret}:{number}\0")  # noqa: S308 -- our own

    def cut(self, text: str) -> KeptText[Gap]:
        """Return the rendered text with gaps where the marks stand."""
        first, *rest = text.split(f"\0{self._secret}:")
        marked = [part.partition("\0") for part in rest]
        gaps = tuple(self._gaps[int(number)] for number, _end, _text in marked)
        return KeptText((first, *(text for _number, _end, text in marked)), gaps)
