"""Cutting text without spaces into words that are known."""

from collections.abc import Callable, Iterator

LONGEST_WORD = 16
LONGEST_HAN = 8
SHORTEST = 2

IsKnown = Callable[[str], bool]


def parts(text: str) -> list[str]:
    """Return what may be a word in there, each once."""
    found = (
        text[start : start + size]
        for start in range(len(text))
        for size in range(SHORTEST, min(LONGEST_WORD, len(text) - start) + 1)
    )
    return list(dict.fromkeys(found))


def cut(text: str, is_known: IsKnown) -> list[str] | None:
    """Cut all of it into the fewest known words; None when it cannot be."""
    best: list[list[str] | None] = [[]] + [None] * len(text)
    for end in range(SHORTEST, len(text) + 1):
        for start in range(max(0, end - LONGEST_WORD), end - SHORTEST + 1):
            before = best[start]
            if before is None or not is_known(text[start:end]):
                continue
            present = best[end]
            if present is None or len(before) + 1 < len(present):
                best[end] = [*before, text[start:end]]
    return best[-1]


def cut_han(run: str, is_known: IsKnown) -> Iterator[tuple[int, str, bool]]:
    """Cut Chinese so that known words cover the most, and are the fewest.

    Yields (where, what, whether it is a known word) from the left.
    """
    # cost: characters outside words first, then pieces.
    best: list[tuple[int, int, int, bool]] = [(0, 0, 0, False)]
    for end in range(1, len(run) + 1):
        outside, pieces, _start, _known = best[end - 1]
        choices = [(outside + 1, pieces + 1, end - 1, False)]
        for size in range(SHORTEST, min(LONGEST_HAN, end) + 1):
            if is_known(run[end - size : end]):
                outside, pieces, _start, _known = best[end - size]
                choices.append((outside, pieces + 1, end - size, True))
        best.append(min(choices))
    yield from _merged(run, best)


def _merged(
    run: str, best: list[tuple[int, int, int, bool]]
) -> Iterator[tuple[int, str, bool]]:
    pieces: list[tuple[int, int, bool]] = []
    end = len(run)
    while end:
        _outside, _pieces, start, known = best[end]
        if pieces and not known and not pieces[-1][2]:
            pieces[-1] = (start, pieces[-1][1], False)
        else:
            pieces.append((start, end, known))
        end = start
    for start, end, known in reversed(pieces):
        yield start, run[start:end], known
