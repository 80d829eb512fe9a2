"""What must always be true of orders, and what the database refuses."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from catalog.models import Product
from orders.models import Order, OrderItem
from orders.tests.factories import begin_payment, make_order

pytestmark = pytest.mark.django_db


class TestTheDatabaseItself:
    def test_one_order_for_each_token(self):
        order = make_order()
        twin = Order.objects.get(pk=order.pk)
        twin.pk, twin.number = None, "another"
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save(force_insert=True)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"quantity": 0},
            {"shipped_quantity": 5},
            {"status": "received"},
            {"received_at": "2026-01-01T00:00Z"},
        ],
    )
    def test_items(self, wrong):
        item = make_order().items.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderItem.objects.filter(pk=item.pk).update(**wrong)

    def test_one_line_a_variant(self):
        item = make_order().items.get()
        item.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            item.save(force_insert=True)

    def test_a_paid_payment_has_its_moment(self):
        tried = begin_payment(make_order())
        with pytest.raises(IntegrityError), transaction.atomic():
            type(tried).objects.filter(pk=tried.pk).update(status="paid")


class TestAudit:
    @pytest.mark.parametrize(
        ("spoil", "check"),
        [
            (lambda o: Order.objects.update(goods_amount="1.00"), "amounts"),
            (lambda o: OrderItem.objects.update(amount="1.00"), "amounts"),
            (lambda o: OrderItem.objects.update(status="paid"), "states"),
            (lambda o: o.payments.update(status="failed", paid_at=None), "money"),
            (lambda o: OrderItem.objects.update(quantity=7), "order_stock"),
            (lambda o: o.items.get().parcel_lines.all().delete(), "parcels"),
            (lambda o: Product.objects.update(sales_count=99), "sales"),
        ],
    )
    def test_catches_every_corruption(self, spoil, check, capsys):
        order = make_order(status="shipped")
        call_command("audit")
        spoil(order)
        with pytest.raises(CommandError):
            call_command("audit")
        assert f"\n{check} " in "\n" + capsys.readouterr().out

    def test_sales_are_rebuilt(self):
        order = make_order(status="completed")
        Product.objects.update(sales_count=99)
        call_command("rebuild", "sales")
        product = Product.objects.get(pk=order.items.get().product_id)
        assert product.sales_count == 1
        call_command("audit")
