"""A buyer asks for money back, a return or an exchange, and may think better of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image

from orders.models import AfterSale, AfterSalePhoto, Order, OrderEvent, OrderItem
from orders.refusals import NothingToAskFor, RequestMoved, RequestOpen
from orders.services import progress, settling
from orders.services.after_sales.history import BUYER, write
from orders.services.after_sales.loading import lock
from orders.services.after_sales.rules import Offer, offer_of, unsent_of, worth_of
from orders.states import AfterSaleKind, AfterSaleState
from shop import clock, photos, policy
from shop.retry import whole_deed

#: Where the photos lie, below MEDIA_ROOT.
FOLDER = "after-sales"


@dataclass(frozen=True)
class Wish:
    """What a buyer asks for."""

    kind: AfterSaleKind
    quantity: int
    reason: str
    is_faulty: bool = False


def open_request(
    *, item: OrderItem, wish: Wish, pictures: Sequence[Image.Image] = ()
) -> AfterSale:
    """Ask something about an item, with pictures as `shop.images` decoded them.

    While it is open its units are not sent or received, and the receipt timer stands
    still. Raises RequestOpen, NothingToAskFor, and photos.PhotosNotSaved.
    """
    settling.settle_order(item.order_id)
    # Files first: a row without its file would be a broken picture.
    stems = photos.store(pictures, FOLDER)
    try:
        return _open(item.pk, wish, stems)
    except BaseException:
        photos.remove(set(stems) - _named(stems))
        raise


def open_for_rest(*, order_id: int, reason: str) -> list[AfterSale]:
    """Ask for the money of all that an order has not sent: one request an item.

    Items about which something is asked already are left alone. Raises NothingToAskFor
    when none is left.
    """
    settling.settle_order(order_id)
    return _open_for_rest(order_id, reason)


def withdraw(*, request: AfterSale) -> None:
    """Take a request back, as its buyer. Raises RequestMoved when it is too late."""
    settling.settle_order(request.item.order_id)
    _withdraw(request.pk)


@whole_deed
def _open(item_id: int, wish: Wish, stems: Sequence[str]) -> AfterSale:
    now = clock.now()
    order_id = OrderItem.objects.values_list("order_id", flat=True).get(pk=item_id)
    order = Order.objects.select_for_update().get(pk=order_id)
    item = OrderItem.objects.select_related("product").get(pk=item_id)
    item.order = order
    if AfterSale.objects.filter(open_item=item_id).exists():
        raise RequestOpen
    offer = offer_of(item, now)
    if offer is None or not _is_offered(wish, offer):
        raise NothingToAskFor
    request = _write(item, wish, offer, now)
    AfterSalePhoto.objects.bulk_create(
        AfterSalePhoto(after_sale=request, stem=stem, position=position)
        for position, stem in enumerate(stems)
    )
    _follow(order, now)
    return request


@whole_deed
def _open_for_rest(order_id: int, reason: str) -> list[AfterSale]:
    now = clock.now()
    order = Order.objects.select_for_update().get(pk=order_id)
    asked = [
        _write(item, Wish(offer.kind, offer.most, reason), offer, now)
        for item in unsent_of(order.items.with_request().in_order())
        if (offer := offer_of(item, now))
    ]
    if not asked:
        raise NothingToAskFor
    _follow(order, now)
    return asked


def _write(item: OrderItem, wish: Wish, offer: Offer, now: datetime) -> AfterSale:
    """Write a request down, and into the history; the order is locked."""
    request = _new(item, wish, offer, now)
    worth = worth_of(item, request, item.order.items.in_order())
    request.amount, request.freight_amount = worth.total, worth.freight
    request.save(force_insert=True)
    write(request, OrderEvent.Kind.REQUEST_OPENED, BUYER, now, detail=wish.reason)
    return request


def _follow(order: Order, now: datetime) -> None:
    # What is being dealt with stands in a tab, even if it was hidden before.
    Order.objects.filter(pk=order.pk).hidden().update(hidden_at=None)
    progress.settle_timer(order.pk, now)


@whole_deed
def _withdraw(request_id: int) -> None:
    request, order = lock(request_id)
    now = clock.now()
    if not request.can_be_withdrawn or not AfterSale.objects.move(
        request_id, AfterSaleState.CLOSED, finished_at=now
    ):
        raise RequestMoved
    write(request, OrderEvent.Kind.REQUEST_WITHDRAWN, BUYER, now)
    progress.settle_timer(order.pk, now)


def _is_offered(wish: Wish, offer: Offer) -> bool:
    is_kind = wish.kind == offer.kind and 1 <= wish.quantity <= offer.most
    return is_kind and (wish.is_faulty or not offer.needs_fault)


def _new(item: OrderItem, wish: Wish, offer: Offer, now: datetime) -> AfterSale:
    return AfterSale(
        item=item,
        open_item=item,
        kind=wish.kind,
        is_before_shipping=offer.is_before_shipping,
        is_faulty=wish.is_faulty or wish.kind == AfterSaleKind.EXCHANGE,
        quantity=wish.quantity,
        reason=wish.reason,
        requested_at=now,
        decide_by=now + _time_to_answer(offer),
    )


def _time_to_answer(offer: Offer) -> timedelta:
    if offer.is_before_shipping:
        return timedelta(hours=policy.whole("refund_unsent_hours"))
    return timedelta(days=policy.whole("refund_sent_days"))


def _named(stems: Iterable[str]) -> set[str]:
    # The answer to a COMMIT may be lost and the row be there all the same.
    kept = AfterSalePhoto.objects.filter(stem__in=list(stems))
    return set(kept.values_list("stem", flat=True))
