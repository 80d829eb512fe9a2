"""What a product is found by: its words, and where they stand."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.models import Product, SpecDefinition, SpecValue
from catalog.search import words

#: Where a word stands decides first, then the sales (Posting.rank).
CODE, SHELF, NAME, REST = 4, 3, 2, 1
SPAN = 10**9
_QUANTITY = re.compile(r"(?:\d+(?:p\d+)?(?:gb|tb|g|kg|w|wh|hz|mah|mm|mp))+")


@dataclass(frozen=True)
class FacetValue:
    """A value to filter by (models.Facet)."""

    key: str
    value: str
    number: Decimal | None = None
    name_zh: str = ""
    name_en: str = ""


@dataclass
class Document:
    """The tokens of one product: token -> (class, as it is written)."""

    product_id: int
    sales: int
    tokens: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: What lists can be filtered by; `facets.learn` gives them their tokens.
    facets: set[FacetValue] = field(default_factory=set)
    #: Chinese words that staff gave a name of their own: they cut queries.
    names: set[str] = field(default_factory=set)

    def add(self, place: int, tokens: dict[str, str]) -> None:
        for token, text in tokens.items():
            known, written = self.tokens.get(token, (place, text))
            # Of "tablet" and "tablets", one token, the shorter is suggested.
            shorter = min(text, written, key=len)
            self.tokens[token] = (max(place, known), shorter)

    def ranks(self) -> dict[str, int]:
        """Return the rank that each token has."""
        return {t: place * SPAN + self.sales for t, (place, _) in self.tokens.items()}


def documents(product_ids: Iterable[int]) -> list[Document]:
    """Read these products, in six queries however many they are."""
    products = Product.objects.filter(pk__in=list(product_ids)).order_by("pk")
    products = products.select_related("category", "brand").prefetch_related(
        "variants__specs__choice",
        "variants__specs__definition",
        "specs__choice",
        "specs__definition",
    )
    return [_document(product) for product in products]


def sales_part(sales: int) -> int:
    return min(sales, SPAN - 1)


def _document(product: Product) -> Document:
    document = Document(product.pk, sales_part(product.sales_count))
    document.facets.update(_facets(product))
    for text in _shelf_words(product):
        document.add(SHELF, words.tokens_of(text) | words.sounds_of(text))
        document.names.update(c for c in words.split(text) if words.is_han(c))
    for name in (product.name_zh, product.name_en):
        document.add(NAME, words.sounds_of(name))
        for token, text in words.tokens_of(name).items():
            # "16GB" in a name is no better than the same among the specifications.
            document.add(REST if _QUANTITY.fullmatch(text) else NAME, {token: text})
    variants = list(product.variants.all())
    for code in [product.code, *(variant.code for variant in variants)]:
        document.add(NAME, words.tokens_of(code))
        whole = words.squashed(words.folded(code))[: words.LONGEST_RUN]
        document.add(CODE, {words.word(whole): whole})
    for text in _rest(product):
        document.add(REST, words.tokens_of(text))
    return document


def _facets(product: Product) -> Iterator[FacetValue]:
    for key, of in (("brand", product.brand), ("category", product.category)):
        yield FacetValue(key, str(of.pk), None, of.name_zh, of.name_en)
    said: list[SpecValue] = [*product.specs.all()]
    said += [own for each in product.variants.all() for own in each.specs.all()]
    for spec in said:
        if spec.definition.is_filterable:
            yield from facet_values(spec)


def facet_values(spec: SpecValue) -> Iterator[FacetValue]:
    """Yield what a specification's value is filtered by; nothing of an empty one."""
    key = spec.definition.key
    if spec.number is not None:
        yield FacetValue(key, f"{spec.number.normalize():f}", spec.number)
    elif spec.flag is not None:
        yield FacetValue(key, str(spec.flag).lower())
    elif spec.choice is not None:
        choice = spec.choice
        yield FacetValue(key, choice.value, None, choice.name_zh, choice.name_en)
    elif spec.text_zh or spec.text_en:
        value = spec.text_zh or spec.text_en
        yield FacetValue(key, value, None, spec.text_zh, spec.text_en)


def _shelf_words(product: Product) -> list[str]:
    brand, category = product.brand, product.category
    said = [brand.name_zh, brand.name_en, category.name_zh, category.name_en]
    for spec in product.specs.all():
        if spec.definition.key == "kind" and spec.choice:
            said += [spec.choice.name_zh, spec.choice.name_en]
    return said


def _rest(product: Product) -> Iterator[str]:
    yield from (product.summary_zh, product.summary_en)
    for spec in product.specs.all():
        yield from _spec_words(spec)
    for variant in product.variants.all():
        yield from (variant.option1_zh, variant.option1_en)
        yield from (variant.option2_zh, variant.option2_en)
        for own in variant.specs.all():
            yield from _spec_words(own)


def _spec_words(spec: SpecValue) -> Iterator[str]:
    definition = spec.definition
    if spec.flag is False:
        return
    if definition.is_filterable or spec.flag:
        yield from (definition.name_zh, definition.name_en)
    if spec.choice:
        yield from (spec.choice.name_zh, spec.choice.name_en)
    if spec.number is not None:
        yield from _number_words(spec.number, definition)
    yield from (spec.text_zh, spec.text_en)


def _number_words(number: Decimal, definition: SpecDefinition) -> Iterator[str]:
    # "16 GB" is one word for those who type 16gb; a terabyte has two names.
    shown = f"{number.normalize():f}"
    yield f"{shown} {definition.unit}"
    if definition.unit == "in":
        yield f"{shown} 英寸 {shown} inch"
    if definition.unit == "GB" and number >= 1024 and not number % 1024:
        yield f"{number / 1024:.0f} TB"
