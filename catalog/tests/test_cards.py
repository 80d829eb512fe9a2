from decimal import Decimal
from itertools import product as combinations

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from catalog import cards
from catalog.models import Product
from catalog.templatetags.cards import product_cards
from catalog.tests.factories import make_product

pytestmark = pytest.mark.django_db


def loaded(**changes):
    made = make_product()
    Product.objects.filter(pk=made.pk).update(**changes)
    return cards.cards_of([made.pk])[0]


def plainly(product, *, is_first):
    """The same card as Django renders it."""
    shape = cards.shape_of(product, is_first=is_first)
    context = {"card": cards.words_for(product), "shape": shape}
    return render_to_string(cards.TEMPLATE, context)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("gone", "reduced", "rated", "first"), list(combinations([False, True], repeat=4))
)
def test_a_filled_card_is_what_its_template_renders(
    language, gone, reduced, rated, first
):
    product = loaded(
        name_zh='<b>引号" {pk} & 大括号</b>',
        name_en="Braces {pk} %s {0} & <i>",
        summary_zh="只有中文",
        summary_en="",
        is_sold_out=gone,
        prior_price=Decimal("99999.00") if reduced else None,
        rating_count=3 if rated else 0,
        rating_average=Decimal("4.25"),
        sales_count=12_345,
    )
    with override(language):
        filled = cards.card_html(product, is_first=first)
        assert filled == plainly(product, is_first=first)
        assert "<b>" not in filled
        assert "<i>" not in filled


def test_a_card_that_was_rendered_before_follows_its_product():
    product = loaded(price=Decimal("10.00"))
    assert "¥10.00" in cards.card_html(product)
    Product.objects.filter(pk=product.pk).update(price=Decimal("11.00"))
    assert "¥11.00" in cards.card_html(cards.cards_of([product.pk])[0])


def test_only_the_first_picture_of_a_page_hurries():
    some = [loaded(), loaded()]
    assert product_cards(some, is_first=True).count("fetchpriority") == 1
    assert "fetchpriority" not in product_cards(some)


def test_the_card_has_no_braces_of_its_own():
    form = cards._rendered(cards.shape_of(loaded(), is_first=False), "en")
    for name in cards.NAMES:
        form = form.replace(f"{{{name}}}", "")
    assert "{" not in form
    assert "}" not in form
