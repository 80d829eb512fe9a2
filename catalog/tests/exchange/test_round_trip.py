"""Export, import, export: nothing is lost, and nothing changes."""

import io

import openpyxl
import pytest
from django.core.management import call_command
from django.db.models import QuerySet
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.demo import catalogue
from catalog.exchange import Refused
from catalog.models import (
    Brand,
    Picture,
    Product,
    ProductSpec,
    StockEntry,
    Variant,
)
from catalog.tests.exchange.files import bring_in, exported, exported_xlsx, table
from catalog.tests.factories import make_brand, make_product, make_variant
from shop import audit, demo

pytestmark = pytest.mark.django_db


def empty_the_shop():
    """Leave the categories and their specifications, as a new shop has them."""
    QuerySet(StockEntry).delete()
    Variant.objects.all().delete()
    Product.objects.all().delete()
    Brand.objects.all().delete()


@pytest.fixture
def demo_shop():
    wishes = demo.Wishes(products=0, orders=0, random=None)
    catalogue.load_specs(wishes)
    catalogue.load_products(wishes)


def test_the_demo_comes_back_whole_into_an_empty_shop(demo_shop):
    content, book = exported(), exported_xlsx()
    specs = ProductSpec.objects.count()
    assert bring_in(content).counts["unchanged"] == Variant.objects.count()
    assert bring_in(book, "shop.xlsx").counts["unchanged"] == Variant.objects.count()
    assert exported() == content
    for name, kept in (("shop.csv", content), ("shop.xlsx", book)):
        empty_the_shop()
        bring_in(kept, name)
        assert exported() == content
        assert same_cells(exported_xlsx(), book)
        assert ProductSpec.objects.count() == specs
        assert not list(audit.findings())


def same_cells(one, other):
    rows = [
        list(openpyxl.load_workbook(io.BytesIO(book)).active.values)
        for book in (one, other)
    ]
    return rows[0] == rows[1]


def test_the_file_is_what_excel_likes():
    make_product(name_zh='引号"和,逗号', description_zh="两\r\n行", name_en="Ω")
    content = exported()
    assert content.startswith(b"\xef\xbb\xbfcode,product,name_zh,name_en,")
    assert content.endswith(b"\r\n")
    assert '"引号""和,逗号"'.encode() in content
    assert "两\n行".encode() in content
    assert bring_in(content).counts["unchanged"] == 1
    assert Product.objects.get().description_zh == "两\r\n行"


def test_formulas_are_neutral_and_come_back():
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "#REF!", "=HYPERLINK(1)"]
    for text in texts:
        make_product(name_zh=text, name_en=text)
    content, book = exported(), exported_xlsx()
    for row in table(content):
        assert not row["name_zh"].startswith(("=", "+", "-", "@", "\t"))
    for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows():
        assert {cell.data_type for cell in row} <= {"s", "n"}
    empty_the_shop()
    bring_in(book, "shop.xlsx")
    back = [name.strip() for name in Product.objects.values_list("name_zh", flat=True)]
    assert back == [text.strip() for text in texts]
    assert bring_in(content).counts["changed"] == 0


def test_a_text_that_no_xlsx_cell_holds_is_refused():
    make_product(description_en="x" * 40_000)
    with pytest.raises(Refused):
        exported_xlsx()
    assert bring_in(exported()).counts["unchanged"] == 1


def test_pictures_go_out_in_order_with_their_words():
    product = make_product()
    for place, digest in enumerate(["b" * 24, "a" * 24]):
        Picture.objects.create(
            product=product,
            stem=f"catalog/{digest[:2]}/{digest}",
            alt_zh=f"图|{place}",
            position=place,
        )
    row = table(exported())[0]
    assert row["pictures"] == f"{'b' * 24}.webp|{'a' * 24}.webp"
    assert row["pictures_zh"] == r"图\|0|图\|1"


#: What a form of the admin can have stored: no NUL, no half of a character.
TEXTS = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"),
    max_size=40,
).map(str.strip)


class TestAnyText(TestCase):
    @hypothesis_settings(deadline=None)
    @given(name=TEXTS.filter(bool), option=TEXTS, words=TEXTS)
    def test_any_text_comes_back(self, name, option, words):
        product = make_product(
            name_zh=name,
            description_zh=words,
            option1_name_zh=option[:20].strip(),
            brand=make_brand(name_en=words),
        )
        make_variant(product=product, option1_zh=option, option2_zh=words)
        content, book = exported(), exported_xlsx()
        assert bring_in(content).counts["changed"] == 0
        assert bring_in(book, "shop.xlsx").counts["changed"] == 0
        assert exported() == content
        for name, kept in (("shop.csv", content), ("shop.xlsx", book)):
            empty_the_shop()
            bring_in(kept, name)
            assert exported() == content


def test_the_command_writes_whole_files(tmp_path, capsys):
    make_product()
    path = tmp_path / "shop.csv"
    call_command("export_products", str(path))
    assert path.read_bytes() == exported()
    assert [each.name for each in tmp_path.iterdir()] == ["shop.csv"]
