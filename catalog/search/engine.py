"""The simplest engine that finds: every word somewhere in the product's text."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from catalog.models import Product, SearchText, Variant
from catalog.search.words import folded, split

#: Hits are counted exactly up to here: 100 pages of 24.
COUNTED = 2400
BATCH = 500


@dataclass(frozen=True)
class Hits:
    """The ids of one page of hits, and how many there are in all.

    Beyond COUNTED `total` stands still and `is_exact` is False.
    """

    ids: list[int]
    total: int
    is_exact: bool


def index(product_ids: Iterable[int]) -> None:
    """Learn the words of these products anew."""
    rows = _rows(product_ids)
    with transaction.atomic():
        remove([row.product_id for row in rows])
        SearchText.objects.bulk_create(rows)


def differences(product_ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """Return (product, stored words, right words) of those that are not up to date."""
    rows = _rows(product_ids)
    stored = SearchText.objects.in_bulk([row.product_id for row in rows])
    wrong = []
    for row in rows:
        known = stored.get(row.product_id)
        if known is None:
            wrong.append((row.product_id, "missing", row.name))
        elif (known.name, known.text) != (row.name, row.text):
            wrong.append((row.product_id, known.name, row.name))
    return wrong


def remove(product_ids: Iterable[int]) -> None:
    """Forget these products."""
    SearchText.objects.filter(pk__in=list(product_ids)).delete()


def rebuild() -> int:
    """Learn all products anew; return how many there are."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        index(ids[start : start + BATCH])
    return len(ids)


def search(
    products: QuerySet[Product], query: str, order: list[str], first: int, number: int
) -> Hits:
    """Find `number` of these products from the `first` on, by all words of the query.

    `order` is how to sort; the word "rank" in it stands for how well a product fits.
    """
    found = matching(products, query)
    if "rank" in order:
        found = found.annotate(rank=_rank(query))
    total = found.order_by()[: COUNTED + 1].count()
    ids = found.order_by(*order).values_list("pk", flat=True)
    return Hits(
        ids=list(ids[first : first + number]),
        total=min(total, COUNTED),
        is_exact=total <= COUNTED,
    )


def matching(products: QuerySet[Product], query: str) -> QuerySet[Product]:
    """Return those of these products that have all words of the query."""
    for word in split(query):
        products = products.filter(searchtext__text__contains=word)
    return products


def _rank(query: str) -> Case:
    # An exact code first, then the query in the name as it was typed, then the rest.
    text = folded(query)
    code = text.upper()
    of_variant = Variant.objects.filter(product=OuterRef("pk"), code=code)
    return Case(
        When(Q(code=code) | Exists(of_variant), then=Value(0)),
        When(searchtext__name__contains=text, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def _rows(product_ids: Iterable[int]) -> list[SearchText]:
    products = Product.objects.filter(pk__in=list(product_ids))
    products = products.select_related("category", "brand")
    products = products.prefetch_related("variants", "specs__choice")
    return [_words_of(product) for product in products]


def _words_of(product: Product) -> SearchText:
    name = " ".join([product.name_zh, product.name_en])
    words = [
        name,
        product.code,
        product.summary_zh,
        product.summary_en,
        product.brand.name_zh,
        product.brand.name_en,
        product.category.name_zh,
        product.category.name_en,
    ]
    for variant in product.variants.all():
        words += [variant.code, variant.option1_zh, variant.option1_en]
        words += [variant.option2_zh, variant.option2_en]
    for spec in product.specs.all():
        choice = spec.choice
        words += [choice.name_zh, choice.name_en] if choice else []
        words += [spec.text_zh, spec.text_en]
    return SearchText(
        product_id=product.pk,
        name=folded(name),
        text=folded(" ".join(dict.fromkeys(filter(None, words)))),
    )
