"""Writing many orders into the books at once, each as the services would have."""

import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.db.models import F

from cart.freight import rule_of
from catalog import services as catalog
from catalog.models import StockEntry, Variant
from catalog.models.purchases import LATELY
from orders.demo.order import DemoOrder
from orders.demo.scans import invented_number, write_scans
from orders.lines import Line
from orders.models import (
    Carrier,
    Order,
    OrderEvent,
    OrderItem,
    Parcel,
    ParcelLine,
    Payment,
    PaymentMethod,
    PaymentStatus,
)
from orders.rebuild import rebuild_sales
from orders.services.after_sales import windows
from orders.services.closing import TIMED_OUT
from orders.services.placement import item_of, new_number
from orders.signals import item_received
from orders.states import ItemStatus, OrderStatus
from shop import clock, demo, money, policy

RULES = (
    "freight_fee",
    "freight_free_from",
    "unpaid_minutes",
    "receipt_days",
    "receipt_reminder_hours",
    "ship_hours",
)
Kind, Actor = OrderEvent.Kind, OrderEvent.Actor


def write_orders(wanted: list[DemoOrder], wishes: demo.Wishes) -> None:
    """Write orders with items, stock ledger, payments, parcels, events, review rows."""
    if not wanted:
        return
    orders = _write_heads(wanted)
    _write_items(wanted, orders)
    _write_stock(wanted, orders)
    _write_payments(wanted, orders)
    _note_purchases(wanted)
    _write_parcels(wanted, orders)
    _write_events(wanted, orders)
    _announce_received(orders, wishes)
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


def _write_stock(wanted: list[DemoOrder], orders: dict[str, Order]) -> None:
    """Take the units off the shelf, after putting as many there: none is missing."""
    taken = Counter(
        variant.pk
        for each in wanted
        if each.status != OrderStatus.CLOSED
        for variant in each.variants
    )
    for variant_id, units in sorted(taken.items()):
        variant = Variant.objects.get(pk=variant_id)
        catalog.set_stock(variant=variant, stock=variant.stock + units, by_id=None)
    StockEntry.objects.bulk_create(_stock_entries(wanted, orders), batch_size=500)
    for variant_id, units in sorted(taken.items()):
        Variant.objects.filter(pk=variant_id).update(stock=F("stock") - units)
    products = Variant.objects.filter(pk__in=_ids(wanted))
    catalog.refresh_summary(product_ids=set(products.values_list("product", flat=True)))
    _write_holds(wanted, orders)


def _stock_entries(
    wanted: list[DemoOrder], orders: dict[str, Order]
) -> Iterator[StockEntry]:
    stock = dict(Variant.objects.filter(pk__in=_ids(wanted)).values_list("pk", "stock"))
    for each in wanted:
        moves = [(StockEntry.Kind.ORDER, -1)]
        if each.status == OrderStatus.CLOSED:
            moves.append((StockEntry.Kind.CANCELLED, 1))
        for variant in each.variants:
            for kind, change in moves:
                stock[variant.pk] += change
                yield StockEntry(
                    variant=variant,
                    kind=kind,
                    change=change,
                    stock_after=stock[variant.pk],
                    reason=orders[each.token].number,
                    created_at=each.placed_at,
                )


def _ids(wanted: list[DemoOrder]) -> set[int]:
    return {variant.pk for each in wanted for variant in each.variants}


def _write_holds(wanted: list[DemoOrder], orders: dict[str, Order]) -> None:
    unpaid = [each for each in wanted if each.status == OrderStatus.PENDING_PAYMENT]
    for each in sorted(unpaid, key=lambda each: each.placed_at):
        variant_ids = [variant.pk for variant in each.variants]
        catalog.hold_until(variant_ids=variant_ids, moment=orders[each.token].pay_by)


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


def _note_purchases(wanted: list[DemoOrder]) -> None:
    paid = sorted(
        (each for each in wanted if each.is_paid), key=lambda each: each.paid_at
    )
    for each in paid:
        if each.paid_at > clock.now() - LATELY:
            catalog.note_purchase(
                user_id=each.address.user_id,
                product_ids=[variant.product_id for variant in each.variants],
                at=each.paid_at,
            )


def _write_parcels(wanted: list[DemoOrder], orders: dict[str, Order]) -> None:
    carriers = list(Carrier)
    parcels = []
    for place, each in enumerate(wanted):
        if each.status in _WITH_PARCEL:
            carrier = carriers[place % len(carriers)]
            parcels.append(
                Parcel(
                    order=orders[each.token],
                    carrier=carrier,
                    tracking_number=invented_number(carrier, secrets.randbelow(10**12)),
                    sent_at=each.shipped_at,
                )
            )
    Parcel.objects.bulk_create(parcels, batch_size=500)
    written = Parcel.objects.filter(order__in=orders.values())
    write_scans(written.select_related("order").order_by("pk"))
    of_order = dict(
        Parcel.objects.filter(order__in=orders.values()).values_list("order_id", "pk")
    )
    left = OrderItem.objects.filter(order__in=of_order, shipped_quantity__gt=0)
    ParcelLine.objects.bulk_create(
        [
            ParcelLine(parcel_id=of_order[order_id], item_id=pk, quantity=quantity)
            for pk, order_id, quantity in left.values_list(
                "pk", "order_id", "shipped_quantity"
            )
        ],
        batch_size=500,
    )


_WITH_PARCEL = (
    OrderStatus.PARTLY_SHIPPED,
    OrderStatus.SHIPPED,
    OrderStatus.COMPLETED,
)


def _write_events(wanted: list[DemoOrder], orders: dict[str, Order]) -> None:
    sent = Parcel.objects.filter(order__in=orders.values())
    parcels = {parcel.order_id: parcel for parcel in sent}
    events = []
    for each in wanted:
        order = orders[each.token]
        happened = [(Kind.PLACED, Actor.BUYER, each.placed_at)]
        if each.is_paid:
            happened.append((Kind.PAID, Actor.BUYER, each.paid_at))
        if each.status in _WITH_PARCEL:
            happened.append((Kind.SHIPPED, Actor.STAFF, each.shipped_at))
        if each.status == OrderStatus.CLOSED:
            happened.append((Kind.CLOSED, Actor.SYSTEM, order.pay_by))
        events += [
            OrderEvent(
                order=order,
                kind=kind,
                actor=actor,
                at=at,
                detail=_detail(kind, order, parcels),
            )
            for kind, actor, at in happened
        ]
    OrderEvent.objects.bulk_create(events, batch_size=500)


def _detail(kind: OrderEvent.Kind, order: Order, parcels: dict[int, Parcel]) -> str:
    if kind == Kind.SHIPPED:
        parcel = parcels[order.pk]
        return f"{parcel.carrier} {parcel.tracking_number}"
    return order.close_reason if kind == Kind.CLOSED else ""


def _announce_received(orders: dict[str, Order], wishes: demo.Wishes) -> None:
    received = OrderItem.objects.filter(
        order__in=orders.values(), received_at__isnull=False
    ).select_related("order")
    items = list(received.order_by("pk"))
    OrderEvent.objects.bulk_create(
        [event for item in items for event in _receipt_events(item)], batch_size=500
    )
    for done, item in enumerate(items, start=1):
        # The floors above do what they do at every receipt.
        with clock.at(item.received_at or clock.now()):
            item_received.send(sender=OrderItem, item=item)
        wishes.progress(done, len(items))


def _receipt_events(item: OrderItem) -> list[OrderEvent]:
    # In the demo a received item is the last of its order.
    at = item.received_at or clock.now()
    buyer = {"order": item.order, "actor": Actor.BUYER, "at": at}
    return [
        OrderEvent(kind=Kind.RECEIVED, item=item, **buyer),
        OrderEvent(kind=Kind.COMPLETED, **buyer),
    ]
