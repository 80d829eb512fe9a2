"""Products of one category side by side, row by row (row B11)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Product, ProductSpec, SpecValue, Variant, VariantSpec
from catalog.models.products import ProductQuerySet
from catalog.picks import MOST, address_of
from catalog.services import settle_products
from catalog.spec_table import by_definition, spec_words
from catalog.templatetags.catalog import words

#: So many products one can add are offered by name.
MOST_OFFERED = 24


@dataclass(frozen=True)
class Row:
    """One thing to compare, with what each product says of it; "" is nothing.

    A product whose variants differ says all that they say.
    """

    name: str
    values: list[str]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


@dataclass(frozen=True)
class Column:
    """One product, and the address without it."""

    product: Product
    has_several_prices: bool
    without: str


@dataclass(frozen=True)
class Comparison:
    columns: list[Column]
    #: Of any category: the brand, and what is promised (row C6).
    facts: list[Row]
    #: The specifications.
    rows: list[Row]
    #: What was asked for and is not shown, in sentences.
    left_out: list[str]
    shows_all: bool
    all_address: str
    differences_address: str
    #: What can be added: best sellers of the category that are not there yet.
    offers: list[Product]

    @property
    def shown_facts(self) -> list[Row]:
        return [row for row in self.facts if self.shows_all or row.differs]

    @property
    def shown_rows(self) -> list[Row]:
        return [row for row in self.rows if self.shows_all or row.differs]

    @property
    def has_room(self) -> bool:
        return len(self.columns) < MOST

    @property
    def has_choice(self) -> bool:
        """Whether leaving out what is the same would leave anything out."""
        return len(self.columns) > 1 and not all(row.differs for row in self.rows)


def compare(
    ids: list[int], *, asked: int, only_differences: bool, now: datetime
) -> Comparison:
    """Compare products: up to four that are public, of the category of the first.

    `asked` is how many were asked for, also by what is no number at all.
    """
    public = Product.objects.public(now).select_related("category", "brand")
    found = public.in_bulk(ids)
    there = [found[pk] for pk in ids if pk in found]
    alike = [p for p in there if p.category_id == there[0].category_id]
    products = alike[:MOST]
    settle_products(products)
    shows_all = not only_differences or len(products) < 2
    shown = [product.pk for product in products]
    variants = _variants_of(shown)
    said = {} if shows_all else {"only": "differences"}
    return Comparison(
        columns=[_column(p, variants[p.pk], shown, said) for p in products],
        facts=_facts(products),
        rows=list(_rows(shown, variants)),
        left_out=list(_left_out(asked - len(there), there, alike)),
        shows_all=shows_all,
        all_address=address_of(shown),
        differences_address=address_of(shown, only="differences"),
        offers=_offers(public, products),
    )


def _offers(public: ProductQuerySet, products: list[Product]) -> list[Product]:
    if not 0 < len(products) < MOST:
        return []
    alike = public.filter(category=products[0].category_id).in_stock()
    others = alike.exclude(pk__in=[product.pk for product in products])
    names = others.select_related(None).only("name_zh", "name_en")
    return list(names.best_sellers_first()[:MOST_OFFERED])


def _variants_of(product_ids: list[int]) -> dict[int, list[Variant]]:
    values = VariantSpec.objects.select_related("definition", "choice").order_by("pk")
    variants = Variant.objects.filter(product__in=product_ids).in_order()
    by_product: dict[int, list[Variant]] = {pk: [] for pk in product_ids}
    for variant in variants.prefetch_related(Prefetch("specs", values)):
        by_product[variant.product_id].append(variant)
    return by_product


def _column(
    product: Product, variants: list[Variant], shown: list[int], said: dict[str, str]
) -> Column:
    return Column(
        product=product,
        has_several_prices=len({variant.price for variant in variants}) > 1,
        without=address_of([pk for pk in shown if pk != product.pk], **said),
    )


def _facts(products: list[Product]) -> list[Row]:
    return [
        Row(_("Brand"), [words(product.brand, "name") for product in products]),
        Row(_("Returns"), [_returns(product) for product in products]),
        Row(_("Warranty"), [_warranty(product) for product in products]),
        Row(_("Sending"), [_sending(product) for product in products]),
    ]


def _returns(product: Product) -> str:
    if product.has_seven_day_return:
        return _("Seven days to return it without a reason")
    return _("Returns only if faulty")


def _warranty(product: Product) -> str:
    number = product.warranty_months
    said = ngettext("%(number)s-month warranty", "%(number)s-month warranty", number)
    return said % {"number": number} if number else ""


def _sending(product: Product) -> str:
    number = product.ships_within_hours
    said = ngettext(
        "Ships within %(number)s hour", "Ships within %(number)s hours", number
    )
    return said % {"number": number}


def _rows(shown: list[int], variants: dict[int, list[Variant]]) -> Iterator[Row]:
    said = ProductSpec.objects.filter(product__in=shown)
    of_product: dict[int, list[SpecValue]] = {pk: [] for pk in shown}
    for value in said.select_related("definition", "choice").order_by("pk"):
        of_product[value.product_id].append(value)
    columns = [_values(of_product[pk], variants[pk]) for pk in shown]
    definitions = {
        row[0].definition for column in columns for row in column.values() if row
    }
    for definition in sorted(definitions, key=lambda d: (d.position, d.pk)):
        values = [spec_words(column.get(definition.pk, [])) for column in columns]
        yield Row(words(definition, "name"), values)


def _values(
    of_product: Iterable[SpecValue], variants: Iterable[Variant]
) -> dict[int, list[SpecValue]]:
    """Return what is said, by definition; what the variants say before the product."""
    of_variants = [value for variant in variants for value in variant.specs.all()]
    said = by_definition(of_product) | by_definition(of_variants)
    return {key: _once(row) for key, row in said.items()}


def _once(row: Iterable[SpecValue]) -> list[SpecValue]:
    return list({spec_words([value]): value for value in row}.values())


def _left_out(
    missing: int, there: list[Product], alike: list[Product]
) -> Iterator[str]:
    if missing:
        text = ngettext(
            "%(number)d product is left out: it is not for sale any more.",
            "%(number)d products are left out: they are not for sale any more.",
            missing,
        )
        yield text % {"number": missing}
    others = len(there) - len(alike)
    if others:
        text = ngettext(
            "%(number)d product is left out: it is of another category.",
            "%(number)d products are left out: they are of another category.",
            others,
        )
        yield text % {"number": others}
    if len(alike) > MOST:
        yield _("Four products fit side by side; the others are left out.")
