"""What was bought keeps its picture, whatever becomes of the product's (row F4)."""

import os

import pytest
from django.conf import settings

from accounts.tests.factories import make_user
from catalog import pictures, services
from catalog.exchange import waiting
from catalog.models import ProductImport
from catalog.tests.factories import make_product
from catalog.tests.test_admin import picture_file
from orders.tests.factories import make_order
from shop import audit, clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(alice):
    """An item whose product has lost its picture since."""
    product = make_product()
    picture = services.add_picture(product=product, upload=picture_file())
    services.product_changed(product_ids=[product.pk])
    item = make_order(alice, product).items.get()
    picture.delete()
    services.product_changed(product_ids=[product.pk])
    for path in (settings.MEDIA_ROOT / "catalog").rglob("*.webp"):
        os.utime(path, (0, 0))
    return item


def test_the_files_of_an_old_order_are_no_orphans(item):
    assert item.picture_stem
    assert list(audit.findings()) == []


def test_an_import_that_was_called_off_leaves_them(item):
    stem = item.picture_stem
    kept = ProductImport.objects.create(
        by=make_user(is_staff=True),
        content=b"",
        pictures={"a.png": {"stem": stem, "wrong": ""}},
        created_at=clock.now(),
    )

    waiting.forget(kept)

    assert pictures.is_stored(stem)


def test_the_audit_names_what_is_missing(item):
    pictures.remove(item.picture_stem)

    found = [str(finding) for finding in audit.findings()]

    assert found == [
        f"files orders.OrderItem {item.pk}: is missing, should be {item.picture_stem}"
    ]
