import re

import pytest

from catalog.models import Variant
from catalog.tests.factories import make_product, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def matrix():
    """Colours and sizes: white has no 512, its 256 is sold out, and so is red."""
    product = make_product(
        option1_name_zh="颜色", option1_name_en="Colour",
        option2_name_zh="存储", option2_name_en="Storage",
    )  # fmt: skip
    variants = {"black 128": product.variants.get()}
    Variant.objects.update(
        option1_zh="黑", option1_en="black", option2_zh="128", option2_en="128"
    )
    for colour, size, stock in (
        ("black", "256", 3),
        ("black", "512", 3),
        ("white", "128", 3),
        ("white", "256", 0),
        ("red", "512", 0),
    ):
        zh = {"black": "黑", "white": "白", "red": "红"}[colour]
        variants[f"{colour} {size}"] = make_variant(
            product=product, stock=stock, option1_zh=zh, option1_en=colour,
            option2_zh=size, option2_en=size,
        )  # fmt: skip
    return variants


BUTTON = re.compile(
    r'<a class="option" href="\?variant=(\d+)"( aria-current="true")? '
    r'data-test="option" data-state="(\w+)">(.*?)</a>'
)


@pytest.fixture
def buttons(client, matrix):
    """Return what the buttons say, and where they lead, once a variant is chosen."""
    names = {variant.pk: name for name, variant in matrix.items()}

    def read(chosen):
        variant = matrix[chosen]
        html = client.get(f"/en/p/{variant.product_id}/?variant={variant.pk}").text
        return {
            re.sub(r"<[^>]+>", "", words): (state, names[int(pk)], bool(current))
            for pk, current, state, words in BUTTON.findall(html)
        }

    return read


def test_all_that_can_be_had(buttons):
    assert buttons("black 128") == {
        "black": ("available", "black 128", True),
        "white": ("available", "white 128", False),
        "red sold out": ("sold_out", "red 512", False),
        "128": ("available", "black 128", True),
        "256": ("available", "black 256", False),
        "512": ("available", "black 512", False),
    }


def test_a_hole_says_so_and_leads_to_the_nearest(buttons):
    assert buttons("white 128") == {
        "black": ("available", "black 128", False),
        "white": ("available", "white 128", True),
        "red sold out": ("sold_out", "red 512", False),
        "128": ("available", "white 128", True),
        "256 sold out": ("sold_out", "white 256", False),
        "512 not available": ("missing", "black 512", False),
    }


def test_the_sold_out_one_may_be_looked_at(buttons):
    shown = buttons("white 256")
    assert shown["white sold out"] == ("sold_out", "white 256", True)
    assert shown["black"] == ("available", "black 256", False)
    assert shown["256 sold out"] == ("sold_out", "white 256", True)


def test_one_option_is_one_row(client):
    product = make_product()
    make_variant(product=product, stock=0)
    html = client.get(f"/en/p/{product.pk}/").text
    assert [b[2] for b in BUTTON.findall(html)] == ["available", "sold_out"]
