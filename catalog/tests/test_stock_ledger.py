"""The stock ledger is only ever added to (row M2)."""

import pytest
from django.db import transaction

from accounts.tests.factories import make_staff
from catalog.models import StockEntry
from catalog.tests.factories import make_product
from shop import clock
from shop.models import AppendOnly

pytestmark = pytest.mark.django_db

LIST = "/admin/catalog/stockentry/"


@pytest.fixture
def entry():
    return StockEntry.objects.get(variant__product=make_product(stock=5))


def another(entry, **changes):
    given = {"kind": "count", "change": 1, "stock_after": 6, **changes}
    return StockEntry(variant=entry.variant, created_at=clock.now(), **given)


@pytest.mark.parametrize("manager", ["objects", "_base_manager"])
def test_a_row_is_neither_changed_nor_deleted(entry, manager):
    rows = getattr(StockEntry, manager).all()
    entry.change = 99
    for attempt in (
        entry.save,
        entry.delete,
        rows.delete,
        lambda: rows.update(change=99),
        lambda: rows.bulk_update([entry], ["change"]),
        lambda: rows.bulk_create(
            [entry],
            update_conflicts=True,
            update_fields=["change"],
            unique_fields=["id"],
        ),
        entry.variant.stock_entries.all().delete,
    ):
        with pytest.raises(AppendOnly):
            attempt()
    assert [row.change for row in StockEntry.objects.all()] == [5]


def test_a_row_cannot_be_written_over_by_its_key(entry):
    forged = another(entry, pk=entry.pk)
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"), transaction.atomic():
        forged.save()
    assert [row.change for row in StockEntry.objects.all()] == [5]


def test_the_admin_only_shows_it(entry, client):
    client.force_login(make_staff("superuser"))
    page = f"{LIST}{entry.pk}/change/"
    assert client.get(page).status_code == 200
    fields = {"change": "9", "stock_after": "9", "kind": "count", "_save": "1"}
    assert client.post(page, fields).status_code == 403
    assert client.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    action = {"action": "delete_selected", "_selected_action": [entry.pk]}
    client.post(LIST, action | {"post": "yes"})
    assert [row.change for row in StockEntry.objects.all()] == [5]
