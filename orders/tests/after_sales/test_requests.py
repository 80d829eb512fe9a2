"""What is true of every request: one an item, decided once, told to its buyer."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from catalog.tests.factories import make_product, make_variant
from orders.models import AfterSale, OrderEvent, OrderItem, Refund
from orders.refusals import (
    AlreadyReceived,
    OverPurchaseLimit,
    RequestMoved,
    RequestOpen,
)
from orders.tests.after_sale_factories import (
    agree,
    confirm,
    make_request,
    refuse,
    replace,
    send_back,
    withdraw,
)
from orders.tests.after_sales.rows import items_of
from orders.tests.factories import make_order, receive
from shop import clock
from shop.models import JournalEntry, OutgoingMessage

pytestmark = pytest.mark.django_db


class TestOneAnItem:
    def test_a_second_one_is_refused(self, alice):
        item = make_order(alice, make_product(), 3, status="paid").items.get()
        make_request(item, 1)
        with pytest.raises(RequestOpen):
            make_request(item, 1)

    def test_the_database_refuses_it_too(self, alice):
        item = make_order(alice, make_product(), 3, status="paid").items.get()
        request = make_request(item, 1)
        request.pk = None
        with pytest.raises(IntegrityError):
            request.save(force_insert=True)

    def test_after_a_refusal_one_may_ask_again(self, alice):
        item = make_order(alice, make_product(), status="paid").items.get()
        make_request(item, state="refused")
        assert make_request(item).is_open


class TestWords:
    def test_the_buyer_hears_in_the_language_of_the_order(self, alice):
        order = make_order(alice, make_product(), status="shipped", language="en")
        OutgoingMessage.objects.all().delete()
        refuse(make_request(order.items.get()), "It was opened")
        message = OutgoingMessage.objects.get()
        assert (message.kind, message.language) == ("request_refused", "en")

    def test_staff_deeds_on_money_are_in_the_journal(self, alice):
        item = make_order(alice, make_product(), status="paid").items.get()
        make_request(item, state="refunded")
        entry = JournalEntry.objects.get(kind="refund_decided")
        assert entry.object_name == item.order.number

    def test_who_why_and_when_stand_in_the_history(self, alice):
        order = make_order(alice, make_product(), status="paid")
        request = make_request(order.items.get(), reason="Too big", state="refunded")
        opened = order.events.get(kind="request_opened")
        assert (opened.actor, opened.detail) == ("buyer", "Too big")
        assert opened.after_sale == request
        granted = order.events.get(kind="request_granted")
        assert granted.by is not None
        assert order.events.get(kind="closed").actor == OrderEvent.Actor.STAFF


class TestTwice:
    def test_a_decided_request_is_decided(self, alice):
        item = make_order(alice, make_product(), status="paid").items.get()
        request = make_request(item, state="refunded")
        for again in (agree, refuse, withdraw, send_back, confirm, replace):
            with pytest.raises(RequestMoved):
                again(request)
        assert Refund.objects.count() == 1

    def test_a_refunded_item_is_not_received(self, alice):
        order = make_order(alice, [make_product(), make_product()], status="shipped")
        first, _second = items_of(order)
        make_request(first, state="refunded")
        with pytest.raises(AlreadyReceived):
            receive(first)


class TestConstraints:
    @pytest.mark.parametrize(
        "columns",
        [
            {"state": "refunded"},
            {"open_item": None},
            {"state": "exchanged", "open_item": None, "finished_at": clock.now()},
            {"quantity": 0},
            {"amount": Decimal("-0.01")},
            {"freight_amount": Decimal("99999.00")},
            {"kind": "exchange"},
            {"kind": "return_and_refund"},
            {"goods": "scrapped"},
            {"goods": "missing"},
            {"state": "returning", "kind": "return_and_refund"},
            {"return_corrected_at": clock.now()},
        ],
    )
    def test_requests(self, alice, columns):
        item = make_order(alice, make_product(), status="paid").items.get()
        request = make_request(item)
        with pytest.raises(IntegrityError):
            AfterSale.objects.filter(pk=request.pk).update(**columns)

    @pytest.mark.parametrize(
        "columns",
        [
            {"refunded_quantity": 3},
            {"refunded_amount": Decimal("99999.00")},
            {"cancelled_quantity": 1},
            {"status": "refunded"},
        ],
    )
    def test_items(self, alice, columns):
        item = make_order(alice, make_product(), 2, status="paid").items.get()
        with pytest.raises(IntegrityError):
            OrderItem.objects.filter(pk=item.pk).update(**columns)

    def test_a_request_is_refunded_once(self, alice):
        item = make_order(alice, make_product(), status="paid").items.get()
        make_request(item, state="refunded")
        refund = Refund.objects.get()
        refund.pk = None
        with pytest.raises(IntegrityError):
            refund.save(force_insert=True)


def test_variants_of_one_product_are_asked_about_alone(alice):
    product = make_product()
    other = make_variant(product=product)
    order = make_order(
        alice, [product.variants.order_by("pk").first(), other], status="paid"
    )
    first, second = items_of(order)
    make_request(first)
    make_request(second)
    assert AfterSale.objects.open().count() == 2


def test_what_was_refunded_counts_for_no_purchase_limit(alice):
    call_command("policy", "purchase_limit", "2")
    product = make_product()
    item = make_order(alice, product, 2, status="paid").items.get()
    with pytest.raises(OverPurchaseLimit):
        make_order(alice, product)
    make_request(item, 1, state="refunded")
    assert make_order(alice, product).items.get().quantity == 1
