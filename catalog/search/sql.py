"""The SQL of a search, written by hand.

Django would build the same in ten times the time that the database takes for it. Only
names of tables and aliases are put together here; every value is a parameter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from catalog.models import Posting, Product
from catalog.search.plan import Plan
from catalog.search.terms import Form, Term

#: So many hits can be opened: 100 pages of 24. So many candidates may be sorted.
COUNTED = 2400
#: Up to here the places of all words count, beyond only those of the rarest.
SCORED = 500

POSTING, PRODUCT = Posting._meta.db_table, Product._meta.db_table


@dataclass(frozen=True)
class Sql:
    """A piece of SQL with its parameters."""

    text: str
    params: tuple[Any, ...] = ()

    def __and__(self, other: "Sql") -> "Sql":
        return Sql(f"{self.text} AND {other.text}", self.params + other.params)


def rarest_first(plan: Plan) -> list[Term]:
    return sorted(plan.conditions, key=lambda term: (term.frequency, term.text))


def is_one_of(column: str, tokens: Iterable[str]) -> Sql:
    values = tuple(sorted(tokens))
    if len(values) == 1:
        return Sql(f"{column} = %s", values)
    return Sql(f"{column} IN ({', '.join(['%s'] * len(values))})", values)


def has(term: Term, item: str) -> Sql:
    """Ask whether an item has a term, in any of its forms."""
    if term.is_told_by_drivers:
        return _posted(item, term.tokens)
    return _has_form(term.forms, item)


def has_rest(term: Term, item: str) -> Sql | None:
    """Ask what is not told by the term's drivers yet."""
    if term.is_told_by_drivers:
        return None
    if len(term.forms) == 1:
        return _has_form((term.forms[0] - {term.drivers[0]},), item)
    return _has_form(term.forms, item)


def _has_form(all_forms: Iterable[Form], item: str) -> Sql:
    forms = []
    for form in all_forms:
        first, *others = (_posted(item, [token]) for token in sorted(form))
        for other in others:
            first &= other
        forms.append(first)
    text = " OR ".join(f"({form.text})" for form in forms)
    return Sql(f"({text})", sum((form.params for form in forms), ()))


def _is_there(rows: str, params: tuple[Any, ...]) -> Sql:
    # MariaDB would turn EXISTS into a join, begin it with all products, and sort.
    return Sql(f"({rows} LIMIT 1) IS NOT NULL", params)


def _posted(item: str, tokens: Iterable[str]) -> Sql:
    asked = is_one_of("t.token", tokens)
    rows = f"SELECT 1 FROM {POSTING} t WHERE t.item_id = {item} AND {asked.text}"  # noqa: S608
    return _is_there(rows, asked.params)


class Fits(Func):
    """A condition for `filter`: a product has all terms of a plan.

    With `is_led` the rarest term names the products; else each of them is asked.
    """

    def __init__(self, plan: Plan, *, is_led: bool) -> None:
        super().__init__(F("pk"), output_field=BooleanField())
        self.plan, self.is_led = plan, is_led

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """Write the condition about the product's key."""
        item, _params = compiler.compile(self.source_expressions[0])
        rarest, *others = rarest_first(self.plan)
        rest = [has(term, item) for term in others]
        if self.is_led:
            first, more = _led(rarest, item), has_rest(rarest, item)
            rest += [more] if more else []
        else:
            first = has(rarest, item)
        for each in rest:
            first &= each
        return f"({first.text})", first.params


def _led(term: Term, item: str) -> Sql:
    asked = is_one_of("d.token", term.drivers)
    rows = f"SELECT d.item_id FROM {POSTING} d WHERE {asked.text}"  # noqa: S608
    return Sql(f"{item} IN ({rows})", asked.params)


class Candidates:
    """The postings of a plan's rarest term whose products have all the others.

    They lie in the order of results, so that reading them stops after a page.
    """

    def __init__(
        self, products: QuerySet[Product], plan: Plan, driver: Term | None = None
    ) -> None:
        self.connection = connections[products.db]
        self.plan = plan
        self.rarest = driver or _driver(plan)
        others = [term for term in rarest_first(plan) if term is not self.rarest]
        asked = [has(term, "d.item_id") for term in others]
        rest = has_rest(self.rarest, "d.item_id")
        asked += [rest] if rest else []
        self.products = products
        self.asked = asked

    @property
    def is_bounded(self) -> bool:
        """Whether there are few enough to sort them all."""
        return self.rarest.frequency <= COUNTED

    def is_any(self) -> bool:
        """Tell whether there is one."""
        try:
            rows = self._rows_of(self.rarest.drivers, None)
        except EmptyResultSet:
            return False
        return bool(self._fetch(f"SELECT 1 {rows.text} LIMIT 1", rows.params))

    def some(self, number: int) -> list[int]:
        """Return some products, in the order in which they lie: nothing is sorted."""
        try:
            rows = self._rows_of(self.rarest.drivers, None)
        except EmptyResultSet:
            return []
        each = "d.item_id" if self._is_single else "DISTINCT d.item_id"
        text = f"SELECT {each} {rows.text} LIMIT {number:d}"
        return [row[0] for row in self._fetch(text, rows.params)]

    def best(self, number: int, *, sold_out: bool | None = None) -> list[int]:
        """Return the first products in the order of rank.

        Of both kinds, those in stock come first.
        """
        if number <= 0:
            return []
        try:
            rows = self._in_order(number, sold_out)
        except EmptyResultSet:
            return []
        if sold_out is None:
            rows = _in_stock_first(rows)
        text = f"{rows.text} LIMIT {number:d}"
        return [row[0] for row in self._fetch(text, rows.params)]

    def _in_order(self, number: int, sold_out: bool | None) -> Sql:
        if self._is_scored:
            return self._by_all_words(sold_out)
        if self._is_single:
            return self._by_rank(self.rarest.drivers[0], sold_out)
        return self._by_best_form(number, sold_out)

    @property
    def _is_scored(self) -> bool:
        # The postings of a filter do not know how well the words fit.
        if self.rarest not in self.plan.terms:
            return True
        return self.rarest.frequency <= SCORED and len(self.plan.terms) > 1

    def _by_rank(self, token: str, sold_out: bool | None) -> Sql:
        rows = self._rows_of([token], sold_out)
        order = "ORDER BY d.rank DESC, d.item_id DESC"
        return Sql(
            f"SELECT d.item_id, d.rank AS score {rows.text} {order}", rows.params
        )

    def _by_best_form(self, most: int, sold_out: bool | None) -> Sql:
        # The best of all are among the best of each form, which lie in order.
        parts, params = [], ()
        for number, token in enumerate(self.rarest.drivers):
            rows = self._by_rank(token, sold_out)
            form = rows.text if sold_out is None else f"{rows.text} LIMIT {most:d}"
            parts.append(f"SELECT item_id, score AS place FROM ({form}) f{number}")  # noqa: S608
            params += rows.params
        union = " UNION ALL ".join(parts)
        text = (
            f"SELECT u.item_id, MAX(u.place) AS score FROM ({union}) u "  # noqa: S608
            "GROUP BY u.item_id ORDER BY score DESC, u.item_id DESC"
        )
        return Sql(text, params)

    def _by_all_words(self, sold_out: bool | None) -> Sql:
        rows = self._rows_of(self.rarest.drivers, sold_out)
        score, every = self._score()
        text = (
            f"SELECT e.item_id, {score.text} AS score FROM {POSTING} e "  # noqa: S608
            f"WHERE e.item_id IN (SELECT d.item_id {rows.text}) AND {every.text} "
            "GROUP BY e.item_id ORDER BY score DESC, e.item_id DESC"
        )
        return Sql(text, score.params + rows.params + every.params)

    @property
    def _is_single(self) -> bool:
        return len(self.rarest.drivers) == 1

    def _score(self) -> tuple[Sql, Sql]:
        # Of a word's forms the best place counts, or many forms would win.
        asked = [is_one_of("e.token", term.tokens) for term in self.plan.terms]
        text = " + ".join(
            f"MAX(CASE WHEN {each.text} THEN e.rank ELSE 0 END)" for each in asked
        )
        params = sum((each.params for each in asked), ())
        tokens = frozenset().union(*(term.tokens for term in self.plan.terms))
        return Sql(text, params), is_one_of("e.token", tokens)

    def _rows_of(self, tokens: Iterable[str], sold_out: bool | None) -> Sql:
        where = is_one_of("d.token", tokens)
        for condition in self.asked:
            where &= condition
        products = self.products
        if sold_out is not None:
            products = products.filter(is_sold_out=sold_out)
        where &= _of_driver(products)
        return Sql(f"FROM {POSTING} d WHERE {where.text}", where.params)

    def _fetch(self, text: str, params: tuple[Any, ...]) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(text, params)
            return list(cursor.fetchall())


def _in_stock_first(rows: Sql) -> Sql:
    # For few rows: it sorts them all.
    gone = f"SELECT s.is_sold_out FROM {PRODUCT} s WHERE s.id = x.item_id"  # noqa: S608
    text = (
        f"SELECT x.item_id FROM ({rows.text}) x "  # noqa: S608
        f"ORDER BY ({gone}), x.score DESC, x.item_id DESC"
    )
    return Sql(text, rows.params)


def _driver(plan: Plan) -> Term:
    """Choose what names the candidates: the rarest term.

    Among very many only words will do, whose postings lie in the order of rank.
    """
    rarest = rarest_first(plan)[0]
    if rarest.frequency <= COUNTED or not plan.terms:
        return rarest
    return min(plan.terms, key=lambda term: (term.frequency, term.text))


def _of_driver(products: QuerySet[Product]) -> Sql:
    """Ask whether the product of posting "d" is one of these.

    Raises EmptyResultSet when none can be.
    """
    item = RawSQL("d.item_id", [])
    rows = products.order_by().filter(pk=item).values("pk")
    text, params = rows.query.get_compiler(products.db).as_sql()
    return _is_there(text, tuple(params))
