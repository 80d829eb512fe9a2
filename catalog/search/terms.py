"""The terms of a query, and the tokens that are known so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from catalog.models import SearchToken
from catalog.search import words
from shop.rows import fetch, marks

TABLE = SearchToken._meta.db_table
#: So many words that begin as typed are tried, the most frequent ones.
MOST_FORMS = 30
#: So many pieces of a word are demanded.
MOST_PIECES = 4

Form = frozenset[str]


@dataclass(frozen=True)
class Term:
    """A word of the query; a product has it in any of the forms, token by token."""

    text: str
    forms: tuple[Form, ...]
    #: The rarest token of each form; whoever has the term has one of these.
    drivers: tuple[str, ...]
    frequency: int

    @property
    def is_told_by_drivers(self) -> bool:
        return all(len(form) == 1 for form in self.forms)

    @property
    def conditions(self) -> int:
        """How many questions it is to the database."""
        if self.is_told_by_drivers:
            return 1
        return sum(len(form) for form in self.forms)

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(t for form in self.forms for t in form)


@dataclass
class Known:
    """The tokens asked for so far, with their frequencies; unknown ones are not in."""

    asked: set[str] = field(default_factory=set)
    frequency: dict[str, int] = field(default_factory=dict)

    def load(self, tokens: Iterable[str]) -> None:
        new = sorted(set(tokens) - self.asked)
        if not new:
            return
        self.asked.update(new)
        known = fetch(
            f"SELECT token, frequency FROM {TABLE} WHERE frequency > 0 "  # noqa: S608
            f"AND token IN ({marks(new)})",
            new,
        )
        self.frequency.update(dict(known))

    def load_beginning(self, prefix: str) -> list[str]:
        found = fetch(
            f"SELECT token, frequency FROM {TABLE} WHERE frequency > 0 "  # noqa: S608
            "AND token >= %s AND token < %s "
            f"ORDER BY frequency DESC, token LIMIT {MOST_FORMS}",
            [prefix, words.after(prefix)],
        )
        self.frequency.update(dict(found))
        return [token for token, _frequency in found]

    def __contains__(self, token: str) -> bool:
        return token in self.frequency

    def term(self, text: str, forms: Iterable[Iterable[str]]) -> Term:
        sets = tuple(dict.fromkeys(self._rarest(form) for form in forms))
        rarest = {min((self.frequency.get(t, 1), t) for t in form) for form in sets}
        drivers = tuple(sorted(token for _number, token in rarest))
        return Term(text, sets, drivers, sum(number for number, _token in rarest))

    def _rarest(self, form: Iterable[str]) -> Form:
        # Of a long word its rarest pieces tell it from all others.
        by_frequency = sorted(set(form), key=lambda t: (self.frequency.get(t, 1), t))
        return frozenset(by_frequency[:MOST_PIECES])
