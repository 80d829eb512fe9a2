"""What a product is found by: its words, and where they stand."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.db.models import QuerySet

from catalog.models import Product, ProductSpec, Variant, VariantSpec
from catalog.search import words

#: Where a word stands decides first, then the sales (Posting.rank).
CODE, SHELF, NAME, REST = 4, 3, 2, 1
SPAN = 10**9
_QUANTITY = re.compile(r"(?:\d+(?:p\d+)?(?:gb|tb|g|kg|w|wh|hz|mah|mm|mp))+")

#: A text's tokens, each with how it is written. Shared: nobody may change it.
Tokens = Mapping[str, str]


class Said(NamedTuple):
    """What one specification says, with its definition and its choice."""

    key: str
    name_zh: str
    name_en: str
    unit: str
    is_filterable: bool
    number: Decimal | None
    text_zh: str
    text_en: str
    flag: bool | None
    choice: str | None
    choice_zh: str | None
    choice_en: str | None


_COLUMNS = (
    "definition__key",
    "definition__name_zh",
    "definition__name_en",
    "definition__unit",
    "definition__is_filterable",
    "number",
    "text_zh",
    "text_en",
    "flag",
    "choice__value",
    "choice__name_zh",
    "choice__name_en",
)


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
    """The words of one product."""

    product_id: int
    sales: int
    #: Token -> the best class of the places where it stands.
    places: dict[str, int] = field(default_factory=dict)
    #: All that was added: how the tokens are written.
    texts: list[Tokens] = field(default_factory=list)
    #: What lists can be filtered by; `facets.learn` gives them their tokens.
    facets: set[FacetValue] = field(default_factory=set)
    #: Chinese words that staff gave a name of their own: they cut queries.
    names: set[str] = field(default_factory=set)

    def add(self, place: int, tokens: Tokens) -> None:
        """Add tokens of a class that is no worse than those before."""
        self.places.update(dict.fromkeys(tokens, place))
        self.texts.append(tokens)

    def ranks(self) -> dict[str, int]:
        """Return the rank that each token has."""
        sales = self.sales
        return {token: place * SPAN + sales for token, place in self.places.items()}


def documents(product_ids: Iterable[int]) -> list[Document]:
    """Read these products, in four queries however many they are."""
    ids = list(product_ids)
    products = Product.objects.filter(pk__in=ids).order_by("pk")
    variants: dict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product__in=ids).order_by("pk"):
        variants[variant.product_id].append(variant)
    of_product = _said(ProductSpec.objects.filter(product__in=ids), "product_id")
    of_variant = _said(
        VariantSpec.objects.filter(variant__product__in=ids), "variant__product_id"
    )
    return [
        _document(product, variants[pk], [*of_product[pk], *of_variant[pk]])
        for product in products.select_related("category", "brand")
        for pk in (product.pk,)
    ]


def _said(
    specs: QuerySet[ProductSpec] | QuerySet[VariantSpec], owner: str
) -> dict[int, list[Said]]:
    # As plain rows: objects of ten specifications a product take longer than the rest.
    said: dict[int, list[Said]] = defaultdict(list)
    for row in specs.order_by("pk").values_list(owner, *_COLUMNS):
        said[row[0]].append(Said._make(row[1:]))
    return said


def sales_part(sales: int) -> int:
    return min(sales, SPAN - 1)


def _document(product: Product, variants: list[Variant], specs: list[Said]) -> Document:
    document = Document(product.pk, sales_part(product.sales_count))
    document.facets.update(_facets(product, specs))
    for text in _rest(product, variants):
        document.add(REST, _words(text))
    for said in specs:
        document.add(REST, _spec_words(said))
    names = words.tokens_of(product.name_zh) | words.tokens_of(product.name_en)
    # "16GB" in a name is no better than the same among the specifications.
    quantities = {t: text for t, text in names.items() if _QUANTITY.fullmatch(text)}
    document.add(REST, quantities)
    document.add(NAME, {t: text for t, text in names.items() if t not in quantities})
    for name in (product.name_zh, product.name_en):
        document.add(NAME, words.sounds_of(name))
    codes = [product.code, *(variant.code for variant in variants)]
    for code in codes:
        document.add(NAME, words.tokens_of(code))
    for text in _shelf_words(product, specs):
        document.add(SHELF, _words_and_sounds(text))
        document.names |= _names(text)
    for code in codes:
        whole = words.squashed(words.folded(code))[: words.LONGEST_RUN]
        document.add(CODE, {words.word(whole): whole})
    return document


def _facets(product: Product, specs: list[Said]) -> Iterator[FacetValue]:
    for key, of in (("brand", product.brand), ("category", product.category)):
        yield FacetValue(key, of.slug, None, of.name_zh, of.name_en)
    for said in specs:
        value = _facet_value(said)
        if value is not None:
            yield value


@lru_cache(maxsize=10_000)
def _facet_value(said: Said) -> FacetValue | None:
    """Return what a specification's value is filtered by; nothing of an empty one."""
    if not said.is_filterable:
        return None
    if said.number is not None:
        return FacetValue(said.key, f"{said.number.normalize():f}", said.number)
    if said.flag is not None:
        return FacetValue(said.key, str(said.flag).lower())
    if said.choice is not None:
        names = (said.choice_zh or "", said.choice_en or "")
        return FacetValue(said.key, said.choice, None, *names)
    if value := said.text_zh or said.text_en:
        return FacetValue(said.key, value, None, said.text_zh, said.text_en)
    return None


# Kept, because many products share a brand, a category and most specifications. A
# name or a code is its product's own, and would only push the shared ones out.
@lru_cache(maxsize=10_000)
def _words(text: str) -> Tokens:
    return words.tokens_of(text)


@lru_cache(maxsize=1000)
def _words_and_sounds(text: str) -> Tokens:
    return words.tokens_of(text) | words.sounds_of(text)


@lru_cache(maxsize=1000)
def _names(text: str) -> frozenset[str]:
    return frozenset(chunk for chunk in words.split(text) if words.is_han(chunk))


@lru_cache(maxsize=10_000)
def _spec_words(said: Said) -> Tokens:
    tokens: dict[str, str] = {}
    for text in _spec_texts(said):
        for token, written in words.tokens_of(text).items():
            # Of "tablet" and "tablets", one token, the shorter is suggested.
            tokens[token] = min(written, tokens.get(token, written), key=len)
    return tokens


def _shelf_words(product: Product, specs: list[Said]) -> list[str]:
    brand, category = product.brand, product.category
    texts = [brand.name_zh, brand.name_en, category.name_zh, category.name_en]
    for said in specs:
        if said.key == "kind" and said.choice_zh is not None:
            texts += [said.choice_zh, said.choice_en or ""]
    return texts


def _rest(product: Product, variants: list[Variant]) -> Iterator[str]:
    yield from (product.summary_zh, product.summary_en)
    for variant in variants:
        yield from (variant.option1_zh, variant.option1_en)
        yield from (variant.option2_zh, variant.option2_en)


def _spec_texts(said: Said) -> Iterator[str]:
    if said.flag is False:
        return
    if said.is_filterable or said.flag:
        yield from (said.name_zh, said.name_en)
    if said.choice_zh is not None:
        yield from (said.choice_zh, said.choice_en or "")
    if said.number is not None:
        yield from _number_texts(said.number, said.unit)
    yield from (said.text_zh, said.text_en)


def _number_texts(number: Decimal, unit: str) -> Iterator[str]:
    # "16 GB" is one word for those who type 16gb; a terabyte has two names.
    shown = f"{number.normalize():f}"
    yield f"{shown} {unit}"
    if unit == "in":
        yield f"{shown} 英寸 {shown} inch"
    if unit == "GB" and number >= 1024 and not number % 1024:
        yield f"{number / 1024:.0f} TB"
