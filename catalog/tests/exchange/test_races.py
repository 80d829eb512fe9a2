"""Imports beside sales and beside each other, in processes."""

import time

import pytest
from django.db import connection

from accounts.tests.parallel import in_processes
from catalog import services
from catalog.exchange import deeds
from catalog.models import Product, StockEntry, Variant
from catalog.services import bulk
from catalog.tests.exchange.files import as_csv, bring_in, new_row, plan_of
from catalog.tests.factories import make_product
from shop import audit
from shop.retry import whole_deed

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@whole_deed
def sell(variant_id):
    services.take(variant_id=variant_id, quantity=1, order_number="1")
    product_id = Variant.objects.values_list("product", flat=True).get(pk=variant_id)
    services.refresh_summary(product_ids=[product_id])


def test_no_sale_is_lost_to_an_import(many):
    """Stock is set while others buy: what they bought is missing from it."""
    variant = make_product(stock=1000).variants.get()
    sales = many(quick=10, thorough=100)
    row = {"code": variant.code, "stock": "1500", "stock_was": "1000"}

    def rival(n):
        if n == 0:
            return bring_in(as_csv(row)).counts["changed"]
        for _ in range(sales):
            sell(variant.pk)
        return "sold"

    assert sorted(map(str, in_processes(rival, 4))) == ["1", "sold", "sold", "sold"]
    variant.refresh_from_db()
    assert variant.stock == 1500 - 3 * sales
    assert StockEntry.objects.filter(kind="order").count() == 3 * sales
    assert not list(audit.findings())


@pytest.mark.parametrize(("is_guarded", "stock"), [(True, 1499), (False, 1500)])
def test_a_sale_between_looking_and_writing(monkeypatch, is_guarded, stock):
    """Without the lock it would be undone: the race is real."""
    if connection.vendor == "sqlite" and not is_guarded:
        pytest.skip("SQLite lets no sale in between")
    variant = make_product(stock=1000).variants.get()
    carry_out = deeds.carry_out

    def slowly(plan, **options):
        time.sleep(2)
        return carry_out(plan, **options)

    def rival(n):
        if n:
            time.sleep(1)
            return sell(variant.pk)
        monkeypatch.setattr(deeds, "carry_out", slowly)
        if not is_guarded:
            stale = {variant.pk: 1000}
            monkeypatch.setattr(bulk, "lock_variants", lambda **_: stale)
            monkeypatch.setattr(services, "lock_variants", lambda **_: stale)
        # Without what it was: the stock is set, from what it was at the look.
        return bring_in(as_csv({"code": variant.code, "stock": "1500"})).counts["new"]

    assert set(in_processes(rival, 2)) == {None, 0}
    variant.refresh_from_db()
    assert variant.stock == stock


def test_two_imports_of_one_file_make_its_products_once():
    content = as_csv(*[new_row(code=f"V-{n}", product=f"P-{n}") for n in range(30)])
    answers = in_processes(lambda n: bring_in(content).counts["new"], 3)
    assert sorted(answers) == [0, 0, 30]
    assert Product.objects.count() == 30
    assert StockEntry.objects.count() == 30
    assert not list(audit.findings())


def test_a_delivery_sent_twice_at_once_is_booked_once():
    variant = make_product(stock=10).variants.get()
    content = as_csv({"code": variant.code, "stock_change": "5"})
    answers = in_processes(lambda n: bring_in(content).counts["changed"], 4)
    assert sorted(map(str, answers)) == ["1", "Refused", "Refused", "Refused"]
    variant.refresh_from_db()
    assert variant.stock == 15
    assert plan_of(content).problems
