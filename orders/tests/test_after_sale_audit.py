"""Every invariant of requests and refunds is broken once; `audit` names the row."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db.models import F

from accounts.models import WalletEntry
from catalog.models import StockEntry
from catalog.tests.factories import make_product
from orders.models import (
    AfterSale,
    AfterSalePhoto,
    CouponUse,
    Order,
    OrderItem,
    Refund,
)
from orders.tests.after_sale_factories import (
    SCRAP,
    confirm,
    correct_return,
    make_request,
    replace,
)
from orders.tests.factories import make_order, pay_from_balance, receive
from shop import audit, clock, photos

pytestmark = pytest.mark.django_db


def found():
    return {(finding.check, finding.pk) for finding in audit.findings()}


@pytest.fixture
def asked(alice):
    """A whole order that was refunded before it was sent."""
    order = make_order(alice, make_product(price="50.00"))
    pay_from_balance(order)
    assert order.freight_amount
    return make_request(order.items.get(), state="refunded")


def test_lives_of_all_kinds_leave_it_clean(alice):
    for status in ("paid", "shipped", "completed"):
        for state in ("requested", "refused", "closed", "refunded"):
            item = make_order(alice, make_product(), 2, status=status).items.get()
            make_request(item, 1, state=state)
    item = make_order(alice, make_product(), status="completed").items.get()
    with clock.at(item.received_at + timedelta(days=9)):
        replace(confirm(make_request(item, state="returning"), SCRAP))
    assert found() == set()


@pytest.mark.parametrize(
    "columns",
    [
        {"refunded_quantity": F("refunded_quantity") - 1, "status": "received"},
        {"refunded_amount": F("refunded_amount") - 1, "status": "received"},
        {"cancelled_quantity": 1},
    ],
)
def test_what_an_item_knows(alice, columns):
    item = make_order(alice, make_product(), status="completed").items.get()
    make_request(item, state="refunded")
    if "cancelled_quantity" in columns:
        OrderItem.objects.filter(pk=item.pk).update(shipped_quantity=0)
    OrderItem.objects.filter(pk=item.pk).update(**columns)
    assert ("refunded_items", item.pk) in found()


def test_a_corrected_return_without_its_event(alice):
    item = make_order(alice, make_product(), status="completed").items.get()
    request = correct_return(make_request(item, state="returning"))
    assert found() == set()
    AfterSale.objects.filter(pk=request.pk).update(return_corrected_at=None)
    assert found() == {("corrected", request.pk)}
    AfterSale.objects.filter(pk=request.pk).update(return_corrected_at=clock.now())
    request.events.filter(kind="number_corrected").delete()
    assert found() == {("corrected", request.pk)}


def test_a_grant_without_its_money(asked):
    Refund.objects.filter(after_sale=asked).update(amount=Decimal("0.01"))
    assert ("grants", asked.pk) in found()
    Refund.objects.all().delete()
    assert ("grants", asked.pk) in found()


def test_money_without_a_grant(alice, asked):
    other = make_request(
        make_order(alice, make_product(), status="paid").items.get(), state="refused"
    )
    Refund.objects.filter(after_sale=asked).update(after_sale=other)
    refund = Refund.objects.get()
    assert {("grants", refund.pk), ("grants", asked.pk)} <= found()


def test_more_than_was_paid(asked):
    refund = Refund.objects.get()
    Refund.objects.update(amount=refund.payment.amount + 1)
    assert ("refunds", refund.payment_id) in found()


def test_a_wallet_that_got_nothing_or_too_much(asked):
    refund = Refund.objects.get()
    Refund.objects.update(done_at=clock.now())
    assert ("wallet_refunds", refund.pk) in found()
    entry = WalletEntry.objects.order_by("pk").last()
    WalletEntry.objects.filter(pk=entry.pk).update(kind="refund", deed="refund-0")
    assert ("wallet_refunds", "refund-0") in found()


def test_freight_of_an_order_that_was_sent(asked):
    OrderItem.objects.update(
        cancelled_quantity=0, shipped_quantity=F("quantity"), status="refunded"
    )
    assert ("freight", asked.pk) in found()


def test_freight_of_another_amount(asked):
    AfterSale.objects.update(freight_amount=Decimal("0.01"))
    assert ("freight", asked.pk) in found()


def test_a_timer_that_runs_or_stands_for_nothing(alice):
    order = make_order(alice, make_product(), status="shipped")
    Order.objects.filter(pk=order.pk).update(
        receive_by=None, remind_receipt_at=None, receipt_left=timedelta(days=1)
    )
    assert ("receipt_timer", order.pk) in found()
    make_request(order.items.get())
    assert ("receipt_timer", order.pk) not in found()
    Order.objects.filter(pk=order.pk).update(
        receive_by=clock.now() + timedelta(days=1), receipt_left=None
    )
    assert ("receipt_timer", order.pk) in found()


def test_an_item_without_its_windows(alice):
    item = make_order(alice, make_product(), status="completed").items.get()
    OrderItem.objects.update(return_by=None)
    assert ("windows", item.pk) in found()


@pytest.mark.parametrize("kind", ["returned", "scrapped", "replacement"])
def test_goods_that_the_ledger_does_not_know(alice, kind):
    item = make_order(alice, make_product(), status="completed").items.get()
    with clock.at(item.received_at + timedelta(days=9)):
        replace(confirm(make_request(item, state="returning"), SCRAP))
    StockEntry.objects.filter(kind=kind)._raw_delete("default")
    assert (f"{kind}_stock", item.variant_id) in found()


def test_units_that_were_never_sent_and_not_given_back(asked):
    StockEntry.objects.filter(kind="cancelled")._raw_delete("default")
    assert ("order_stock", asked.item.order_id) in found()


def test_photos_without_files_and_files_without_photos(alice, monkeypatch):
    monkeypatch.setattr("orders.after_sale_audit.SETTLED", -1)
    item = make_order(alice, make_product(), status="paid").items.get()
    asked = make_request(item)
    photo = AfterSalePhoto.objects.create(
        after_sale=asked, stem="after-sales/aa/a", position=0
    )
    assert ("photos", photo.pk) in found()
    for path in photos.files_of("after-sales/bb/b"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert str(settings.MEDIA_ROOT)
    assert ("photos", "b-240.webp") in found()


def test_sales_are_without_what_was_refunded(alice):
    item = make_order(alice, make_product(), 3, status="completed").items.get()
    make_request(item, 1, state="refunded")
    OrderItem.objects.filter(pk=item.pk).update(refunded_quantity=0)
    assert ("sales", item.product_id) in found()


def test_an_item_is_received_without_what_was_refunded_before(alice):
    item = make_order(alice, make_product(), 3, status="shipped").items.get()
    make_request(item, 1, state="refunded")
    receive(item)
    item.product.refresh_from_db()
    assert item.product.sales_count == 2
    assert found() == set()
    assert not CouponUse.objects.exists()
