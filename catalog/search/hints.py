"""Did you mean: words that are spelt, or sound, almost like what was typed."""

from pyroaring import BitMap

from catalog.models import SearchToken
from catalog.search import cutting, words
from catalog.search.engine import found
from catalog.search.plan import Plan, understand
from catalog.search.snapshot import Snapshot
from catalog.search.words import is_han, split, squashed, token

#: So many words that begin alike are compared, the most frequent ones.
MOST_COMPARED = 2000
SHORTEST = 3


def hint_for(snapshot: Snapshot, on_shelf: BitMap, plan: Plan) -> str:
    """Return another spelling under which some of these products are found, or ""."""
    chunks = split(plan.query)
    wrong = [set(plan.unknown)] if plan.unknown else [{chunk} for chunk in chunks]
    for some in wrong:
        mended = [_mended(chunk) if chunk in some else chunk for chunk in chunks]
        if all(mended) and mended != chunks:
            hint = " ".join(mended)
            if found(snapshot, understand(hint), on_shelf):
                return words.shown(hint)
    return ""


def distance(first: str, second: str) -> int:
    """Count the letters to change, add, leave out or swap with their neighbour."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        above, before, row = before, row, [i]
        for j, b in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _mended(chunk: str) -> str:
    if is_han(chunk):
        return _sounding_alike(chunk) or _one_character_off(chunk)
    return _spelt_alike(squashed(chunk))


def _spelt_alike(typed: str) -> str:
    if len(typed) < SHORTEST:
        return ""
    allowed = 1 if len(typed) <= 4 else 2
    best: tuple[int, int, str] | None = None
    for text, frequency in _beginning_alike(typed):
        if abs(len(text) - len(typed)) <= allowed:
            apart = distance(typed, text)
            # Of words equally near, the one that more products have.
            if apart <= allowed and (best is None or (apart, -frequency, text) < best):
                best = (apart, -frequency, text)
    return best[2] if best else ""


def _beginning_alike(typed: str) -> list[tuple[str, int]]:
    first = token("w", typed[0])
    rows = SearchToken.objects.filter(pk__gte=first, pk__lt=words.after(first))
    most = rows.order_by("-frequency", "pk").values_list("text", "frequency")
    return list(most[:MOST_COMPARED])


def _sounding_alike(typed: str) -> str:
    """Find the known words that this Chinese, mistyped, sounds like: 笔计本, 笔记本."""
    said = words.syllables_of(typed)
    spans = {
        (start, start + size): token("p", "".join(said[start : start + size]))
        for start in range(len(typed))
        for size in range(2, min(words.MOST_SYLLABLES, len(typed) - start) + 1)
    }
    rows = SearchToken.objects.filter(pk__in=set(spans.values()))
    texts = dict(rows.values_list("pk", "text"))
    alike = {
        typed[start:end]: texts[sound]
        for (start, end), sound in spans.items()
        if sound in texts and len(texts[sound]) == end - start
    }
    pieces = cutting.cut(typed, alike.__contains__)
    return "".join(alike[piece] for piece in pieces) if pieces else ""


def _one_character_off(typed: str) -> str:
    """Find a known word of the same length that shares all characters but one."""
    if len(typed) > cutting.LONGEST_HAN:
        return ""
    first = token("v", typed[0])
    rows = SearchToken.objects.filter(pk__gte=first, pk__lt=words.after(first))
    near = [
        text
        for text in rows.order_by("pk").values_list("text", flat=True)[:MOST_COMPARED]
        if len(text) == len(typed) and distance(text, typed) == 1
    ]
    return near[0] if near else ""
