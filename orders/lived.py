"""An order lived on in memory: what the clock does to it, and what follows upon that.

The deeds of `orders.services` in small, without money, goods and messages; rows are
changed and never saved.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from orders.models import AfterSale, Order, OrderItem
from orders.models.items import TO_REVIEW
from orders.next_event import OF_REQUESTS, Deed, next_event, next_of_request
from orders.services import receipt_timer
from orders.services.progress import OVER
from orders.states import (
    SHIPPABLE,
    AfterSaleState,
    ItemStatus,
    OrderStatus,
    open_after_sale_states,
)


@dataclass(frozen=True)
class Happening:
    """Something that the clock does, as `run_due` names it."""

    what: str
    at: datetime
    item_id: int | None = None


Rules = Mapping[str, int]
Step = Callable[[Order, datetime, Rules], Iterator[Happening]]


def live_on(order: Order, until: datetime, rules: Rules) -> Iterator[Happening]:
    """Let the clock run until a moment; return what it does, in order.

    `order` comes from `with_clock()` and is changed. `rules` are the days that timers
    get which start meanwhile: `review_days`, `send_back_days`.
    """
    yield from _remind(order, until)
    while (event := next_event(order, until)) and event.at <= until:
        yield from STEPS[event.deed](order, event.at, rules)
        yield from _remind(order, until)


def _remind(order: Order, until: datetime) -> Iterator[Happening]:
    at, receive_by = order.remind_receipt_at, order.receive_by
    # Where receipt itself is due by then, nobody is told any more.
    if at and receive_by and at <= until < receive_by:
        order.remind_receipt_at = None
        yield Happening("remind_receipt", at)


def _close(order: Order, at: datetime, rules: Rules) -> Iterator[Happening]:
    order.status = OrderStatus.CLOSED
    yield Happening("close_unpaid", at)


def _receive(order: Order, at: datetime, rules: Rules) -> Iterator[Happening]:
    for item in order.items.all():
        if item.status == ItemStatus.SHIPPED:
            item.status, item.received_at = ItemStatus.RECEIVED, at
            item.review_state = TO_REVIEW
            item.praise_at = at + timedelta(days=rules["review_days"])
            yield Happening("receive", at, item.pk)
    # Once is enough, whatever the items are like.
    order.receive_by = None
    _move_on(order, at)


def _praise(order: Order, at: datetime, rules: Rules) -> Iterator[Happening]:
    for item in order.items.all():
        if item.is_to_review and item.praise_at == at:
            item.review_state = ""
            yield Happening("praise", at, item.pk)


def _decide(order: Order, at: datetime, rules: Rules) -> Iterator[Happening]:
    for item, request in _requests(order):
        event = next_of_request(request)
        if event and event.at == at:
            yield Happening(event.deed.value, at, item.pk)
            _follow(
                event.deed, item, request, at + timedelta(days=rules["send_back_days"])
            )
            _move_on(order, at)


def _follow(
    deed: Deed, item: OrderItem, request: AfterSale, send_back_by: datetime
) -> None:
    """Bring a request, and its item, to where the clock's deed brings it."""
    request.decide_by = None
    if deed == Deed.AGREE:
        request.state = AfterSaleState.RETURN_GOODS
        request.decide_by = send_back_by
    elif deed == Deed.EXPIRE:
        request.state = AfterSaleState.CLOSED
    elif deed != Deed.FLAG:
        request.state = AfterSaleState.REFUNDED
        _refund(item, request)


def _refund(item: OrderItem, request: AfterSale) -> None:
    item.refunded_quantity += request.quantity
    if request.is_before_shipping:
        item.cancelled_quantity += request.quantity
    if not item.kept_quantity:
        item.status = ItemStatus.REFUNDED
        item.review_state = ""
    elif request.is_before_shipping and not item.unshipped_quantity:
        item.status = ItemStatus.SHIPPED


def _move_on(order: Order, at: datetime) -> None:
    """Bring the order, and its receipt timer, to where its items and requests are."""
    items = order.items.all()
    if all(item.status in OVER for item in items):
        _end(order, at)
        return
    if order.status in SHIPPABLE and not any(i.unshipped_quantity for i in items):
        order.status = OrderStatus.SHIPPED
        _change(order, receipt_timer.columns_at_start(at))
    if order.status == OrderStatus.SHIPPED:
        waiting = open_after_sale_states()
        is_open = any(request.state in waiting for _item, request in _requests(order))
        turned = receipt_timer.frozen if is_open else receipt_timer.resumed
        _change(order, turned(order, at))


def _end(order: Order, at: datetime) -> None:
    if order.is_finished:
        return
    if any(item.received_at for item in order.items.all()):
        order.status, order.completed_at = OrderStatus.COMPLETED, at
    else:
        order.status = OrderStatus.CLOSED


def _requests(order: Order) -> Iterator[tuple[OrderItem, AfterSale]]:
    for item in order.items.all():
        request: AfterSale | None = getattr(item, "open_after_sale", None)
        if request:
            yield item, request


def _change(order: Order, columns: Mapping[str, object]) -> None:
    for name, value in columns.items():
        setattr(order, name, value)


STEPS: dict[Deed, Step] = {
    Deed.CLOSE: _close,
    Deed.RECEIVE: _receive,
    Deed.PRAISE: _praise,
    **dict.fromkeys(OF_REQUESTS, _decide),
}
