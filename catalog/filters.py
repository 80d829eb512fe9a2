"""What stands around a list: its sorts and filters, each a link to follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest
from django.utils.translation import gettext as _

from catalog.chips import chips_for
from catalog.links import Links, Option
from catalog.listing import Listing
from catalog.models import Category, SpecDefinition
from catalog.numbers import Numbers, Value
from catalog.ranges import Range, price_range, spec_range
from catalog.spec_table import unit_words
from catalog.templatetags.catalog import trimmed, words_of
from catalog.versions import definitions_of
from catalog.wishes import SORTS, Wish
from shop.money import ZERO

#: So many values of a filter are open; the others are behind a button.
MOST_OPEN = 8
#: A specification with more different numbers than this is narrowed by a range alone.
MOST_NUMBERS = 12
#: Of more values the most frequent are offered; the search finds the others.
MOST_SHOWN = 24


@dataclass(frozen=True)
class Group:
    """One filter with its values."""

    key: str
    name: str
    options: list[Option]
    range: Range | None = None

    @property
    def first(self) -> list[Option]:
        return self.options[:MOST_OPEN]

    @property
    def more(self) -> list[Option]:
        return self.options[MOST_OPEN:]

    @property
    def shows_more(self) -> bool:
        """Whether one of those is chosen, which must not hide behind a button."""
        return any(option.is_chosen for option in self.more)

    @property
    def is_set(self) -> bool:
        is_ranged = self.range is not None and bool(self.range.low or self.range.high)
        return is_ranged or any(option.is_chosen for option in self.options)


@dataclass(frozen=True)
class Filters:
    """All that a list offers, and the chips of what is chosen."""

    sorts: list[Option]
    groups: list[Group]
    price: Range
    in_stock: str
    chips: list[Option]
    without_filters: str
    #: Where the list's other pages are; the number of the page follows.
    page_address: str
    #: What the form of ranges must carry along, beside its own fields.
    kept: list[tuple[str, str]]


def filters_for(request: HttpRequest, found: Listing, numbers: Numbers) -> Filters:
    """Build the filters of a list, with the numbers of products beside them."""
    wish, links = found.wish, Links(request.GET)
    definitions = _definitions(
        definitions_of(request), wish, _category_id(found, numbers)
    )
    groups = [_brand_group(links, numbers)]
    if found.question.category is None:
        groups.insert(0, _category_group(links, numbers, found.question.visible))
    groups += [
        _spec_group(links, wish, numbers, each)
        for each in definitions.values()
        if each.is_filterable
    ]
    groups = [group for group in groups if group.options or group.range]
    return Filters(
        sorts=_sorts(links, wish),
        groups=groups,
        price=price_range(wish, numbers),
        in_stock=str(numbers.in_stock),
        chips=chips_for(
            links, wish, {group.key: group.options for group in groups}, definitions
        ),
        without_filters=links.only("q", "sort"),
        page_address=links.page_address,
        kept=links.kept(
            ("min_price", "max_price", "in_stock"),
            without_ranges_of=[group.key for group in groups if group.range],
        ),
    )


def _sorts(links: Links, wish: Wish) -> list[Option]:
    return [
        Option(label, links.choose("sort", name), is_chosen=name == wish.sort)
        for name, (label, _order) in SORTS.items()
        # Without words nothing matches better than anything else.
        if name != "relevance" or wish.query
    ]


def _category_id(found: Listing, numbers: Numbers) -> int | None:
    """Return the one category that all hits belong to; its filters are offered."""
    if found.question.category:
        return found.question.category.pk
    there = list(numbers.hits_by_category)
    chosen = found.wish.categories
    return there[0] if len(there) == 1 and len(chosen) <= 1 else None


def _definitions(
    every: Iterable[SpecDefinition], wish: Wish, category_id: int | None
) -> dict[str, SpecDefinition]:
    """Return the specifications to filter by, and those that are, in their order.

    Of a key that several categories have, the one of this category.
    """
    wanted = [
        each
        for each in every
        if (each.category_id == category_id and each.is_filterable)
        or each.key in wish.specs
    ]
    own = {each.key for each in wanted if each.category_id == category_id}
    found: dict[str, SpecDefinition] = {}
    for each in wanted:
        if each.category_id == category_id or each.key not in own:
            found.setdefault(each.key, each)
    return found


def _category_group(links: Links, numbers: Numbers, visible: list[Category]) -> Group:
    counted = numbers.by_category
    options = [
        _option(links, "category", of.slug, words_of(of, "name"), str(counted[of.pk]))
        for of in visible
        if of.pk in counted
    ]
    return Group("category", _("Category"), options)


def _brand_group(links: Links, numbers: Numbers) -> Group:
    # A stable sort: a chosen one must not be missing among many.
    values = sorted(
        numbers.of("brand"),
        key=lambda each: not links.has("brand", each.value),
    )
    options = [
        _option(links, "brand", each.value, words_of(each, "name"), each.shown_count)
        for each in values[:MOST_SHOWN]
    ]
    return Group("brand", _("Brand"), options)


def _spec_group(
    links: Links, wish: Wish, numbers: Numbers, definition: SpecDefinition
) -> Group:
    key, values = definition.key, numbers.of(definition.key)
    name = words_of(definition, "name")
    # Of another category the same key may be text.
    is_number = any(each.number is not None for each in values)
    if definition.type != SpecDefinition.Type.NUMBER or not is_number:
        options = _spec_options(links, definition, values[:MOST_SHOWN])
        return Group(key, name, _chosen_first(options))
    offered = sorted(values, key=_by_number)
    if len(values) > MOST_NUMBERS:
        offered = [each for each in offered if links.has("spec", f"{key}:{each.value}")]
    options = _spec_options(links, definition, offered)
    return Group(key, name, options, spec_range(wish, definition, values))


def _by_number(value: Value) -> tuple[bool, Decimal]:
    return value.number is None, value.number or ZERO


def _spec_options(
    links: Links, definition: SpecDefinition, values: list[Value]
) -> list[Option]:
    key, unit = definition.key, unit_words(definition)
    return [
        _option(
            links,
            "spec",
            f"{key}:{each.value}",
            _label(definition, each, unit),
            each.shown_count,
        )
        for each in values
    ]


def _option(links: Links, name: str, said: str, label: str, number: str) -> Option:
    is_chosen = links.has(name, said)
    return Option(label, links.toggle(name, said), is_chosen, number)


def _chosen_first(options: list[Option]) -> list[Option]:
    # A stable sort: what is chosen must not hide behind a button.
    return sorted(options, key=lambda option: not option.is_chosen)


def _label(definition: SpecDefinition, value: Value, unit: str) -> str:
    if value.number is not None:
        return f"{trimmed(value.number)} {unit}".strip()
    if definition.type == SpecDefinition.Type.BOOL:
        return _("Yes") if value.value == "true" else _("No")
    # Of another category the same value may be called otherwise.
    own = (each for each in definition.choices.all() if each.value == value.value)
    return words_of(next(own, value), "name") or value.value
