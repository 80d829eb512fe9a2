"""An exchange to its end: what buyer and staff see, what becomes of it (row F13)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from catalog import services as catalog
from catalog.models import StockEntry, Variant
from catalog.tests.factories import make_product
from orders.models import AfterSale, OrderEvent, Refund
from orders.refusals import RequestMoved
from orders.services.after_sales import returning
from orders.tests.after_sale_factories import (
    SCRAP,
    confirm,
    make_request,
    replace,
    send_back,
)
from orders.tests.factories import make_order
from orders.tests.pages import marked
from orders.tests.test_admin_after_sales import press, staff, state_of
from shop import audit, clock
from shop.models import OutgoingMessage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nine_days_later(alice):
    with clock.at(clock.now() + timedelta(days=9)):
        yield


@pytest.fixture
def item(alice):
    with clock.at(clock.now() - timedelta(days=9)):
        order = make_order(alice, make_product(stock=2), 2, status="completed")
        return order.items.get()


@pytest.fixture
def arrived(item):
    return confirm(make_request(item, 1, state="returning"), SCRAP)


def page_of(client, item):
    return client.get(f"/en/orders/{item.order.number}/")


def test_asking_works_out_no_amount(as_alice, item):
    page = as_alice.get(f"/en/orders/items/{item.pk}/after-sale/")
    assert marked(page, "after-sale-form")[0]["data-kind"] == "exchange"
    assert not marked(page, "after-sale-amount")
    assert not marked(page, "refresh")


def test_the_buyer_hears_that_the_goods_arrived_and_what_comes_next(as_alice, item):
    request = send_back(make_request(item, 1, state="return_goods"))
    sent = OutgoingMessage.objects.filter(kind="goods_arrived")
    assert not sent.exists()

    confirm(request)

    assert item.order.number in sent.get().text
    assert "Replacement to be sent" in page_of(as_alice, item).text
    page = as_alice.get(f"/en/orders/after-sales/{request.pk}/")
    assert "Replacement to be sent" in page.text


def test_the_replacement_stands_among_the_parcels_of_the_order(as_alice, item):
    assert not marked(page_of(as_alice, item), "replacement")
    replace(make_request_arrived(item), "SF1234567890777")
    [replacement] = marked(page_of(as_alice, item), "replacement")
    assert replacement["data-tracking-number"] == "SF1234567890777"
    assert len(marked(page_of(as_alice, item), "parcel")) == 1


def make_request_arrived(item):
    variant = Variant.objects.get(pk=item.variant_id)
    catalog.set_stock(variant=variant, stock=variant.stock + 1, by_id=None)
    return confirm(make_request(item, 1, state="returning"))


class TestNothingLeftToSend:
    def test_staff_refund_it_instead(self, arrived, item):
        support = staff("support")
        press(
            support, arrived, "replace", carrier="sf", tracking_number="SF1234567890123"
        )
        assert state_of(arrived) == "returning"

        press(support, arrived, "refund")

        assert (state_of(arrived), arrived.kind) == ("refunded", "exchange")
        assert arrived.amount == item.unit_price == Refund.objects.get().amount
        item.refresh_from_db()
        assert (item.status, item.refunded_quantity) == ("received", 1)
        kinds = StockEntry.objects.filter(variant=item.variant_id).order_by("pk")
        assert list(kinds.values_list("kind", flat=True))[-2:] == [
            "returned",
            "scrapped",
        ]
        assert list(audit.findings()) == []

    def test_the_buyer_reads_it(self, as_alice, arrived):
        returning.refund_instead(request=arrived, by_id=staff("support").user.pk)
        page = as_alice.get(f"/en/orders/after-sales/{arrived.pk}/")
        assert "¥100.00" in page.text
        asked = OrderEvent.objects.get(kind="request_opened", after_sale=arrived)
        assert asked.after_sale.get_kind_display() == "Exchange"

    def test_only_once_and_only_then(self, arrived, item):
        by_id = staff("support").user.pk
        returning.refund_instead(request=arrived, by_id=by_id)
        with pytest.raises(RequestMoved):
            returning.refund_instead(request=arrived, by_id=by_id)
        other = make_request(item, 1, state="returning")
        with pytest.raises(RequestMoved):
            returning.refund_instead(request=other, by_id=by_id)
        assert Refund.objects.count() == 1

    def test_an_exchange_is_never_refunded_before_its_goods_came(self, item):
        request = make_request(item, 1, state="returning")
        columns = {"state": "refunded", "open_item": None, "decide_by": None}
        with pytest.raises(IntegrityError):
            AfterSale.objects.filter(pk=request.pk).update(
                finished_at=clock.now(), **columns
            )


def test_a_unit_that_an_overdue_order_holds_can_be_sent(arrived, item, bob):
    variant = Variant.objects.get(pk=item.variant_id)
    catalog.set_stock(variant=variant, stock=1, by_id=None)
    unpaid = make_order(bob, variant)
    with clock.at(unpaid.pay_by):
        assert replace(arrived).state == "exchanged"
