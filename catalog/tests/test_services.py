from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from catalog import services
from catalog.models import Product, StockEntry, Variant
from catalog.tests.factories import make_product, make_variant

pytestmark = pytest.mark.django_db


def test_the_summary_shows_the_cheapest_variant_in_stock():
    product = make_product(price="30.00", stock=5)
    make_variant(product=product, price="10.00", stock=0)
    make_variant(product=product, price="20.00", list_price="25.00", stock=2)
    product.refresh_from_db()
    assert product.price == Decimal("20.00")
    assert (product.stock, product.is_sold_out) == (7, False)


def test_a_sold_out_product_shows_its_cheapest_variant():
    product = make_product(price="30.00", stock=0)
    make_variant(product=product, price="10.00", stock=0)
    product.refresh_from_db()
    assert (product.price, product.stock, product.is_sold_out) == (10, 0, True)


def test_setting_the_stock_writes_its_ledger_row():
    product = make_product(stock=5)
    variant = product.variants.get()
    services.set_stock(variant=variant, stock=2, by_id=None, reason="counted")
    entry = variant.stock_entries.latest("pk")
    assert (entry.change, entry.stock_after, entry.kind) == (-3, 2, "count")
    product.refresh_from_db()
    assert product.stock == 2


def test_setting_the_stock_never_overwrites_a_sale_in_between():
    variant = make_product(stock=5).variants.get()
    Variant.objects.filter(pk=variant.pk).update(stock=4)  # somebody bought one
    with pytest.raises(services.StockMoved):
        services.set_stock(variant=variant, stock=50, by_id=None)
    variant.refresh_from_db()
    assert variant.stock == 4
    assert variant.stock_entries.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": Decimal("0.00")},
        {"price": Decimal("10.01")},
        {"list_price": Decimal("1.00")},
        {"code": "TAKEN"},
        {"option1_zh": "红"},
    ],
)
def test_the_database_refuses_wrong_variants(wrong):
    product = make_product()
    make_variant(product=product, code="TAKEN", option1_zh="红")
    fields = {
        "product": product,
        "code": "NEW",
        "option1_zh": "蓝",
        "price": Decimal("10.00"),
        "regular_price": Decimal("10.00"),
        "list_price": Decimal("10.00"),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.create(**fields | wrong)


def test_the_database_refuses_a_stock_below_zero():
    variant = make_product(stock=1).variants.get()
    # The check on SQLite; MariaDB's unsigned column is even quicker to refuse.
    with pytest.raises(DatabaseError), transaction.atomic():
        Variant.objects.filter(pk=variant.pk).update(stock=-1)


def test_the_database_refuses_a_ledger_row_that_changes_nothing():
    variant = make_product().variants.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        StockEntry.objects.create(
            variant=variant,
            kind="count",
            change=0,
            stock_after=1,
            created_at="2026-01-01T00:00Z",
        )


def test_the_database_refuses_a_rating_above_five():
    product = make_product()
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(rating_average="5.01")


def test_translated_percent_counts_both_languages():
    product = make_product(summary_zh="短", summary_en="", description_zh="长")
    assert services.translated_percent(product) == round(100 * 4 / 6)
