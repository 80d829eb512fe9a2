"""What a query asks for: terms that a product must all have, each in one of its forms.

A query is cut into words by what the shop knows (`SearchToken`): one look-up for all
its possible tokens, and a second only for what is not there as it was typed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from catalog.search import cutting, syllables, synonyms, words
from catalog.search.terms import Form, Known, Term
from catalog.search.words import is_han, runs_of, split, squashed, token, word

#: No more conditions than this are looked up, however long the query.
MOST_CONDITIONS = 30
#: Words that say nothing by themselves.
NOISE = frozenset("for the a an and with of in to by 的 了 和 与 及 是".split())  # noqa: SIM905


@dataclass(frozen=True)
class Plan:
    """How to look for a query. Without terms and unknown words all products fit."""

    query: str
    terms: tuple[Term, ...] = ()
    #: Words that no product has.
    unknown: tuple[str, ...] = ()
    #: Words left out because nothing has all of them.
    dropped: tuple[str, ...] = ()

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(token for term in self.terms for token in term.tokens)

    def without(self, term: Term) -> "Plan":
        rest = tuple(each for each in self.terms if each is not term)
        return replace(
            self, terms=rest, dropped=(*self.dropped, words.shown(term.text))
        )


def understand(query: str, known: Known | None = None) -> Plan:
    """Work out what a query asks for. Never fails; what is not known is named."""
    chunks = split(query)
    chunks = [chunk for chunk in chunks if chunk not in NOISE] or chunks
    known = known or Known()
    also = synonyms.of(chunks)
    wanted = _first_tokens([*chunks, *(w for m in also.values() for w in m)])
    known.load(wanted | syllables.tokens_of(chunks))
    chunks = syllables.joined(chunks, known)
    terms: list[Term] = []
    unknown: list[str] = []
    for chunk in _with_neighbours(chunks, known, also):
        found = _terms(chunk, known, also)
        if found is None:
            unknown.append(chunk)
        else:
            terms += found
    if query.strip() and not chunks:
        unknown.append(query.strip())  # marks and emoji alone
    return Plan(query, _bounded(terms), unknown=tuple(unknown))


def _bounded(terms: list[Term]) -> tuple[Term, ...]:
    """Keep each term once, and no more than a database likes to be asked."""
    distinct = {frozenset(term.forms): term for term in terms}
    kept, conditions = [], 0
    for term in distinct.values():
        conditions += term.conditions
        if conditions <= MOST_CONDITIONS:
            kept.append(term)
    return tuple(kept)


def _first_tokens(chunks: Iterable[str]) -> set[str]:
    wanted: set[str] = set()
    chunks = list(chunks)
    for text in chunks:
        for chunk in split(text):
            if is_han(chunk):
                wanted.update(token("h", pair) for pair in words.pairs_of(chunk))
                wanted.update(token("h", character) for character in chunk)
                wanted.update(token("v", part) for part in cutting.parts(chunk))
            else:
                whole = squashed(chunk)
                wanted.update(word(run) for run in [whole, *runs_of(chunk)])
                # Perhaps it is how something sounds.
                wanted.update(token(kind, whole) for kind in ("p", "i"))
    for left, right in pairwise(chunks):
        if not is_han(left) and not is_han(right):
            wanted.add(word(squashed(left) + squashed(right)))
    return wanted


def _with_neighbours(
    chunks: list[str], known: Known, also: dict[str, list[str]]
) -> list[str]:
    """Join neighbours that are one model ("air 14"), or one word with a synonym."""
    joined: list[str] = []
    rest = list(chunks)
    while rest:
        chunk = rest.pop(0)
        if rest and f"{chunk} {rest[0]}" in also:
            joined.append(f"{chunk} {rest.pop(0)}")
        elif rest and _is_model(chunk, rest[0], known):
            joined.append(squashed(chunk) + squashed(rest.pop(0)))
        else:
            joined.append(chunk)
    return joined


def _is_model(left: str, right: str, known: Known) -> bool:
    if is_han(left) or is_han(right):
        return False
    has_digit = any(c.isdigit() for c in left + right)
    return has_digit and word(squashed(left) + squashed(right)) in known


def _terms(chunk: str, known: Known, also: dict[str, list[str]]) -> list[Term] | None:
    if is_han(chunk):
        return _of_han(chunk, known, also)
    own = _of_word(chunk, known)
    if chunk not in also:
        return own
    meant = [form for text in also[chunk] for form in _forms_of(text, known)]
    forms = [frozenset().union(*(t.forms[0] for t in own))] if own else []
    if own and len(own) == 1:
        forms = list(own[0].forms)
    return [known.term(chunk, [*forms, *meant])] if forms or meant else None


def _forms_of(text: str, known: Known) -> list[Form]:
    """Return the one form of a synonym's meaning: all tokens of all its words."""
    tokens: set[str] = set()
    for chunk in split(text):
        terms = _terms(chunk, known, {})
        if terms is None:
            return []
        tokens.update(*(term.forms[0] for term in terms))
    return [frozenset(tokens)] if tokens else []


def _of_word(chunk: str, known: Known) -> list[Term] | None:
    whole = squashed(chunk)[: words.LONGEST_RUN]
    if word(whole) in known:
        return [known.term(chunk, [[word(whole)]])]
    runs = runs_of(chunk)
    if len(runs) > 1:
        forms = known.load_beginning(word(whole)) if len(whole) > 3 else []
        if forms:
            return [known.term(chunk, ([form] for form in forms))]
        parts = [_of_word(run, known) for run in runs]
        found = [term for part in parts if part for term in part]
        return found if all(parts) else None
    if len(whole) > 1:
        forms = _beginnings(whole, known)
        if forms:
            return [known.term(chunk, ([form] for form in forms))]
    return _pieces(whole, known)


def _beginnings(whole: str, known: Known) -> list[str]:
    sounds = [token("p", whole), token("i", whole)]
    known.load(sounds)
    exact = [each for each in sounds if each in known]
    forms = exact + known.load_beginning(token("w", whole))
    if not forms and whole.isalpha():
        forms = known.load_beginning(sounds[0]) or known.load_beginning(sounds[1])
    return forms


def _pieces(whole: str, known: Known) -> list[Term] | None:
    """Cut what was typed without spaces: "auroraair14", "jiguangshouji"."""
    parts = cutting.parts(whole)
    known.load(each for part in parts for each in (word(part), token("p", part)))
    pieces = cutting.cut(
        whole, lambda part: word(part) in known or token("p", part) in known
    )
    if pieces is None:
        return None
    return [
        known.term(piece, [[t] for t in (word(piece), token("p", piece)) if t in known])
        for piece in pieces
    ]


def _of_han(run: str, known: Known, also: dict[str, list[str]]) -> list[Term] | None:
    if len(run) == 1:
        return _of_one(run, known)
    terms: list[Term] = []
    for start, piece, is_word in cutting.cut_han(
        run, lambda part: token("v", part) in known or part in also
    ):
        if is_word:
            forms = [[token("h", pair) for pair in words.pairs_of(piece)]]
            forms = [form for form in forms if all(t in known for t in form)]
            forms += [list(f) for m in also.get(piece, []) for f in _forms_of(m, known)]
        else:
            forms = _gap(run, start, piece, known)
        if not forms:
            return None
        terms += [known.term(piece, forms)] if forms[0] else []
    return terms


def _gap(run: str, start: int, piece: str, known: Known) -> list[list[str]]:
    """Return the pairs that must be there for Chinese that is no known word.

    Inside it, a pair that nobody has is a border between words. A character that is in
    none is joined to its neighbour outside. [[]] asks for nothing, [] is not known.
    """
    demanded: list[str] = []
    for place in range(start, start + len(piece)):
        inner = range(max(start, place - 1), min(place, start + len(piece) - 2) + 1)
        outer = range(max(0, place - 1), min(place, len(run) - 2) + 1)
        pairs = _known_pairs(run, inner, known) or _known_pairs(run, outer, known)[:1]
        alone = token("h", run[place])
        if not pairs and len(piece) == 1 and alone in known:
            pairs = [alone]
        if not pairs and run[place] not in NOISE:
            return []
        demanded += pairs
    return [list(dict.fromkeys(demanded))]


def _known_pairs(run: str, places: Iterable[int], known: Known) -> list[str]:
    pairs = [token("h", run[place : place + 2]) for place in places]
    return [pair for pair in pairs if pair in known]


def _of_one(character: str, known: Known) -> list[Term] | None:
    forms = known.load_beginning(token("h", character))
    return [known.term(character, ([form] for form in forms))] if forms else None
