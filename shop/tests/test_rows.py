import pytest
from django.db import IntegrityError, transaction

from shop import rows
from shop.models import Policy

pytestmark = pytest.mark.django_db


def test_rows_are_written_as_they_are(monkeypatch):
    monkeypatch.setattr(rows, "PAGE", 2)
    Policy.objects.all().delete()
    wanted = [(f"made up {n}", "100% '\"\\ 手机") for n in range(5)]
    rows.insert(Policy, ("name", "value"), wanted)
    assert list(Policy.objects.order_by("name").values_list("name", "value")) == wanted
    rows.insert(Policy, ("name", "value"), [])


def test_the_database_still_refuses():
    rows.insert(Policy, ("name", "value"), [("made up", "1")])
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(Policy, ("name", "value"), [("made up", "2")])
