"""What is set on a list, in words, each a link that takes it away again."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from catalog.facets import range_of
from catalog.links import Links, Option
from catalog.models import SpecDefinition
from catalog.spec_table import unit_words
from catalog.templatetags.catalog import trimmed, words_of
from catalog.wishes import Wish
from shop.money import ZERO, shown


def chips_for(
    links: Links,
    wish: Wish,
    options: Mapping[str, list[Option]],
    definitions: Mapping[str, SpecDefinition],
) -> list[Option]:
    """Return what is set, each to take away again; `options` has those of filters."""
    names = {each.href: each.label for group in options.values() for each in group}
    chips = []
    for key, slugs in (("category", wish.categories), ("brand", wish.brands)):
        # A category's own page has its category from its path.
        for slug in (each for each in slugs if links.has(key, each)):
            href = links.toggle(key, slug)
            # What nothing has any more, or never had, must be taken away, too.
            chips.append(Option(names.get(href, slug), href, is_chosen=True))
    if wish.in_stock:
        chips.append(Option(_("In stock"), links.without("in_stock"), is_chosen=True))
    chips += _price_chip(links, wish)
    for key, values in wish.specs.items():
        for value in values:
            href = links.toggle("spec", f"{key}:{value}")
            said = _said(definitions.get(key), key, value, names.get(href))
            chips.append(Option(said, href, is_chosen=True))
    return chips


def _said(
    definition: SpecDefinition | None, key: str, value: str, label: str | Promise | None
) -> str:
    """Write `ram_gb:16..32` as "Memory 16 – 32 GB"."""
    if definition is None:
        return f"{key} {value}"
    name = words_of(definition, "name")
    between = range_of(value)
    if between is None:
        return f"{name} {label or value}"
    low, high = (None if end is None else trimmed(end) for end in between)
    if low and high:
        return f"{name} {low} – {high} {unit_words(definition)}".strip()
    said = _("from %(price)s") if low else _("up to %(price)s")
    number = f"{low or high} {unit_words(definition)}".strip()
    return f"{name} {said % {'price': number}}"


def _price_chip(links: Links, wish: Wish) -> list[Option]:
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
