"""Writing many orders into the books at once, each as the services would have."""

import secrets
from datetime import timedelta
from decimal import Decimal

from cart.freight import rule_of
from catalog.models import Variant
from orders.demo.events import announce_received, write_events
from orders.demo.order import DemoOrder
from orders.demo.parcels import write_parcels
from orders.demo.stock import note_purchases, write_stock
from orders.lines import Line
from orders.models import Order, OrderItem, Payment, PaymentMethod, PaymentStatus
from orders.rebuild import rebuild_sales
from orders.services.after_sales import windows
from orders.services.closing import TIMED_OUT
from orders.services.copies import item_of
from orders.services.placement import new_number
from orders.states import ItemStatus, OrderStatus
from shop import demo, money, policy

RULES = (
    "freight_fee",
    "freight_free_from",
    "unpaid_minutes",
    "receipt_days",
    "receipt_reminder_hours",
    "ship_hours",
)


def write_orders(wanted: list[DemoOrder], wishes: demo.Wishes) -> None:
    """Write orders with items, stock ledger, payments, parcels, events, review rows."""
    if not wanted:
        return
    orders = _write_heads(wanted)
    _write_items(wanted, orders)
    write_stock(wanted, orders)
    _write_payments(wanted, orders)
    note_purchases(wanted)
    write_parcels(wanted, orders)
    write_events(wanted, orders)
    announce_received(orders, wishes)
    rebuild_sales()


def _write_heads(wanted: list[DemoOrder]) -> dict[str, Order]:
    rules = policy.amounts(RULES)
    heads = []
    for each in wanted:
        columns = _copied(each) | _sums(each, rules) | _moments(each, rules)
        heads.append(Order(**columns))
    Order.objects.bulk_create(heads, batch_size=500)
    # MySQL does not tell the keys of rows written together.
    written = Order.objects.filter(token__in=[each.token for each in wanted])
    return {order.token: order for order in written}


def _sums(each: DemoOrder, rules: dict[str, Decimal]) -> dict[str, object]:
    goods = sum((variant.price for variant in each.variants), money.ZERO)
    is_free = all(variant.product.has_free_freight for variant in each.variants)
    fee = rule_of(rules).fee_for(goods, is_free=is_free)
    return {
        "goods_amount": goods,
        "freight_amount": fee,
        "total_amount": goods + fee,
    }


def _moments(each: DemoOrder, rules: dict[str, Decimal]) -> dict[str, object]:
    pay_by = each.placed_at + timedelta(minutes=int(rules["unpaid_minutes"]))
    moments: dict[str, object] = {"pay_by": pay_by}
    if each.is_paid:
        moments["paid_at"] = each.paid_at
        shipping = timedelta(hours=int(rules["ship_hours"]))
        moments["ship_by"] = each.paid_at + shipping
    if each.status in (OrderStatus.SHIPPED, OrderStatus.COMPLETED):
        receipt = timedelta(days=int(rules["receipt_days"]))
        notice = timedelta(hours=int(rules["receipt_reminder_hours"]))
        receive_by = each.shipped_at + receipt
        moments |= {"shipped_at": each.shipped_at, "receive_by": receive_by}
        moments["receipt_notice"] = notice
        if each.status == OrderStatus.SHIPPED:
            moments["remind_receipt_at"] = receive_by - notice
    if each.status == OrderStatus.COMPLETED:
        moments["completed_at"] = each.received_at
    if each.status == OrderStatus.CLOSED:
        moments |= {"closed_at": pay_by, "close_reason": TIMED_OUT}
    return moments


def _copied(each: DemoOrder) -> dict[str, object]:
    address = each.address
    return {
        "number": new_number(each.placed_at),
        "token": each.token,
        "user": address.user,
        "language": address.user.language,
        "status": each.status,
        "placed_at": each.placed_at,
        "recipient": address.recipient,
        "phone": address.phone,
        "province": address.province,
        "city": address.city,
        "district": address.district,
        "street": address.street,
    }


def _write_items(wanted: list[DemoOrder], orders: dict[str, Order]) -> None:
    ids = {variant.pk for each in wanted for variant in each.variants}
    full = Variant.objects.select_related("product", "picture").in_bulk(ids)
    rules = policy.amounts(windows.RULES)
    items = []
    for each in wanted:
        for place, variant in enumerate(each.variants):
            item = item_of(orders[each.token], Line(full[variant.pk], 1))
            item.status = each.item_status(place)
            if item.status in (ItemStatus.SHIPPED, ItemStatus.RECEIVED):
                item.shipped_quantity = 1
            if item.status == ItemStatus.RECEIVED:
                item.received_at = each.received_at
                days = windows.windows_by(rules, each.received_at)
                item.return_by, item.exchange_by = days.values()
            items.append(item)
    OrderItem.objects.bulk_create(items, batch_size=500)


def _write_payments(wanted: list[DemoOrder], orders: dict[str, Order]) -> None:
    Payment.objects.bulk_create(
        [
            Payment(
                number=secrets.token_hex(16),
                order=orders[each.token],
                method=PaymentMethod.SANDBOX,
                amount=orders[each.token].total_amount,
                status=PaymentStatus.PAID,
                created_at=each.placed_at,
                paid_at=each.paid_at,
            )
            for each in wanted
            if each.is_paid
        ],
        batch_size=500,
    )
