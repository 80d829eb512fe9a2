"""What stands around a list: its sorts, filters and chips, each a link to follow."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from catalog.listing import SORTS, Wish
from catalog.models import Brand, Category, SpecChoice, SpecDefinition
from catalog.templatetags.catalog import words_of
from shop.money import ZERO, shown


@dataclass(frozen=True)
class Option:
    """A choice of a filter: `href` takes it, or gives it back when it is chosen."""

    label: str | Promise
    href: str
    value: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class Filters:
    """All that a list offers, and the chips of what is chosen."""

    sorts: list[Option]
    kinds: list[Option]
    brands: list[Option]
    chips: list[Option]
    without_filters: str
    #: What the price form must carry along, beside its own two fields.
    kept: list[tuple[str, str]]


def filters_for(request: HttpRequest, wish: Wish, category: Category | None) -> Filters:
    """Build the filters of a list of one category, or (None) of all."""
    links = _Links(request.GET)
    kinds = _kinds(links, wish, category) if category else []
    brands = [
        links.toggle("brand", brand.slug, words_of(brand, "name"))
        for brand in Brand.objects.order_by("pk")
    ]
    prices = _price_chip(links, wish)
    chosen = [option for option in [*kinds, *brands] if option.is_chosen]
    if wish.in_stock:
        chosen.append(Option(_("In stock"), links.without("in_stock"), is_chosen=True))
    return Filters(
        sorts=_sorts(links, wish),
        kinds=kinds,
        brands=brands,
        chips=[*chosen, *prices, *_other_spec_chips(links, wish, kinds)],
        without_filters=links.only("q", "category", "sort"),
        kept=links.kept("min_price", "max_price", "in_stock", "page"),
    )


class _Links:
    """Addresses that differ from the present one in one parameter, on page 1."""

    def __init__(self, parameters: QueryDict) -> None:
        self.parameters = parameters.copy()
        self.parameters.pop("page", None)

    def toggle(self, name: str, value: str, label: str) -> Option:
        values = self.parameters.getlist(name)
        is_chosen = value in values
        rest = [v for v in values if v != value]
        href = self._with(name, rest if is_chosen else [*values, value])
        return Option(label, href, value, is_chosen)

    def choose(self, name: str, value: str) -> str:
        return self._with(name, [value])

    def without(self, *names: str) -> str:
        changed = self.parameters.copy()
        for name in names:
            changed.pop(name, None)
        return f"?{changed.urlencode()}"

    def only(self, *names: str) -> str:
        return self.without(*(set(self.parameters) - set(names)))

    def kept(self, *but: str) -> list[tuple[str, str]]:
        return [
            (name, value)
            for name, values in self.parameters.lists()
            if name not in but
            for value in values
        ]

    def _with(self, name: str, values: list[str]) -> str:
        changed = self.parameters.copy()
        changed.setlist(name, values)
        return f"?{changed.urlencode()}"


def _sorts(links: _Links, wish: Wish) -> list[Option]:
    return [
        Option(label, links.choose("sort", name), name, name == wish.sort)
        for name, (label, _order) in SORTS.items()
        # Without words nothing matches better than anything else.
        if name != "relevance" or wish.query
    ]


def _kinds(links: _Links, wish: Wish, category: Category) -> list[Option]:
    choices = SpecChoice.objects.filter(
        definition__category=category, definition__key="kind"
    ).order_by("position", "pk")
    return [
        links.toggle("spec", f"kind:{choice.value}", words_of(choice, "name"))
        for choice in choices
    ]


def _price_chip(links: _Links, wish: Wish) -> list[Option]:
    if wish.min_price is None and wish.max_price is None:
        return []
    href = links.without("min_price", "max_price")
    return [Option(_price_words(wish), href, is_chosen=True)]


def _price_words(wish: Wish) -> str:
    if wish.max_price is None:
        return _("from %(price)s") % {"price": shown(wish.min_price or ZERO)}
    if wish.min_price is None:
        return _("up to %(price)s") % {"price": shown(wish.max_price)}
    return f"{shown(wish.min_price)} – {shown(wish.max_price)}"


def _other_spec_chips(links: _Links, wish: Wish, kinds: list[Option]) -> list[Option]:
    shown_already = {option.value for option in kinds}
    definitions = _definitions(wish.specs)
    chips = []
    for key, values in wish.specs.items():
        for value in values:
            pair = f"{key}:{value}"
            if pair not in shown_already:
                label = _spec_label(definitions.get(key), key, value)
                chips.append(links.toggle("spec", pair, label))
    return chips


def _definitions(specs: dict[str, list[str]]) -> dict[str, SpecDefinition]:
    if not specs:
        return {}
    wanted = SpecDefinition.objects.filter(key__in=specs).prefetch_related("choices")
    return {definition.key: definition for definition in wanted}


def _spec_label(definition: SpecDefinition | None, key: str, value: str) -> str:
    """Write `ram_gb:16..32` as "Memory 16 – 32 GB"."""
    if definition is None:
        return f"{key} {value}"
    names = {each.value: words_of(each, "name") for each in definition.choices.all()}
    low, is_range, high = value.partition("..")
    said = f"{low} – {high}".strip() if is_range else names.get(value, value)
    return f"{words_of(definition, 'name')} {said} {definition.unit}".strip()
