"""What requests hold about a person: exported, kept while open, then forgotten."""

import pytest
from PIL import Image

from catalog.tests.factories import make_product
from orders.after_sale_personal import (
    after_sales_of,
    make_nameless,
    why_requests_stay,
)
from orders.models import AfterSale, AfterSalePhoto, OrderEvent
from orders.tests.after_sale_factories import make_request
from orders.tests.factories import make_order
from shop import photos

pytestmark = pytest.mark.django_db


def test_the_export_has_all_that_was_asked_for(alice, bob):
    item = make_order(alice, make_product(), status="completed").items.get()
    asked = make_request(item, state="returning", reason="Too big")
    [told] = after_sales_of(alice)
    assert told["order"] == item.order.number
    assert (told["kind"], told["state"]) == ("return_and_refund", "returning")
    assert (told["reason"], told["return_number"]) == ("Too big", asked.return_number)
    assert after_sales_of(bob) == []


def test_an_open_one_keeps_the_account_from_being_closed(alice):
    item = make_order(alice, make_product(), status="completed").items.get()
    make_request(item, state="refused")
    assert list(why_requests_stay(alice)) == []
    make_request(item)
    assert list(why_requests_stay(alice))


def test_what_was_typed_and_shown_is_forgotten(
    alice, django_capture_on_commit_callbacks
):
    item = make_order(alice, make_product(), status="completed").items.get()
    pictures = [Image.new("RGB", (30, 30))]
    asked = make_request(
        item, state="refunded", reason="My name is Alice", pictures=pictures
    )
    files = photos.files_of(asked.photos.get().stem)
    with django_capture_on_commit_callbacks(execute=True):
        make_nameless(alice)
    assert AfterSale.objects.get().reason == ""
    assert not OrderEvent.objects.filter(detail__contains="Alice").exists()
    assert not AfterSalePhoto.objects.exists()
    assert not any(path.exists() for path in files)
