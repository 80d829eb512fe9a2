"""Goods travel back: sent by the buyer, confirmed by staff, refunded or replaced."""

from datetime import timedelta

from django.utils import translation

from catalog import services as catalog
from orders.messages import GOODS_ARRIVED, REPLACEMENT_SENT, tell_buyer
from orders.models import AfterSale, Carrier, OrderEvent
from orders.refusals import CannotCorrect, RequestMoved
from orders.services import progress, settling
from orders.services.after_sales.goods import Fate, put_away
from orders.services.after_sales.granting import grant
from orders.services.after_sales.history import BUYER, staff, write
from orders.services.after_sales.loading import lock
from orders.states import AfterSaleKind, AfterSaleState
from shop import clock, due, policy
from shop.retry import whole_deed

Kind = OrderEvent.Kind


def send_back(*, request: AfterSale, carrier: Carrier, tracking_number: str) -> None:
    """Note under which number the goods are on their way back, as their buyer.

    From then on staff have their time to confirm them. Raises RequestMoved.
    """
    settling.settle_order(request.item.order_id)
    _send_back(request.pk, carrier, tracking_number)


@whole_deed
def _send_back(request_id: int, carrier: Carrier, tracking_number: str) -> None:
    request, _order = lock(request_id)
    now = clock.now()
    if not AfterSale.objects.move(
        request_id,
        AfterSaleState.RETURNING,
        return_carrier=carrier,
        return_number=tracking_number,
        returned_at=now,
        decide_by=now + timedelta(days=policy.whole("confirm_return_days")),
    ):
        raise RequestMoved
    detail = f"{carrier.value} {tracking_number}"
    write(request, Kind.GOODS_SENT_BACK, BUYER, now, detail=detail)


def correct_return(
    *, request: AfterSale, carrier: Carrier, tracking_number: str
) -> None:
    """Give the goods that are on their way back another number, as their buyer.

    Once, until staff confirm them; the time that staff have goes on. Raises
    CannotCorrect.
    """
    settling.settle_order(request.item.order_id)
    _correct_return(request.pk, carrier, tracking_number)


@whole_deed
def _correct_return(request_id: int, carrier: Carrier, tracking_number: str) -> None:
    request, _order = lock(request_id)
    if not request.can_correct_return:
        raise CannotCorrect
    now = clock.now()
    AfterSale.objects.filter(pk=request_id).update(
        return_carrier=carrier,
        return_number=tracking_number,
        return_corrected_at=now,
    )
    old = f"{request.return_carrier} {request.return_number}"
    detail = f"{old} > {carrier.value} {tracking_number}"
    write(request, Kind.NUMBER_CORRECTED, BUYER, now, detail=detail)


def confirm(*, request: AfterSale, fate: Fate, by_id: int) -> None:
    """Note that the goods have come back, and what becomes of them.

    A return is refunded now; for an exchange the replacement may be sent. Goods that
    were refunded already, by the clock or while their parcel was under way, are only
    put away: no money moves. Raises RequestMoved.
    """
    settling.settle_order(request.item.order_id)
    _confirm(request.pk, fate, by_id)


@whole_deed
def _confirm(request_id: int, fate: Fate, by_id: int) -> None:
    request, order = lock(request_id)
    if not (request.goods_wait or request.parcel_may_come_back):
        raise RequestMoved
    now, decider = clock.now(), staff(by_id)
    AfterSale.objects.filter(pk=request_id).update(arrived_at=now)
    write(request, Kind.GOODS_CAME_BACK, decider, now, detail=fate.goods)
    if request.kind == AfterSaleKind.RETURN_AND_REFUND and request.is_open:
        grant(request, order, decider, fate)
        return
    AfterSale.objects.filter(pk=request_id).update(decide_by=None)
    put_away(request, request.item, order.number, fate, by_id)
    if request.kind == AfterSaleKind.EXCHANGE:
        tell_buyer(GOODS_ARRIVED, order.pk)


def miss(*, request: AfterSale, by_id: int) -> None:
    """Note that refunded goods never came back: no stock moves, and nobody waits.

    Should they come after all, they are put away. Raises RequestMoved.
    """
    settling.settle_order(request.item.order_id)
    _miss(request.pk, by_id)


@whole_deed
def _miss(request_id: int, by_id: int) -> None:
    request, _order = lock(request_id)
    if not request.may_be_missing:
        raise RequestMoved
    missing = AfterSale.Goods.MISSING
    AfterSale.objects.filter(pk=request_id).update(goods=missing)
    write(request, Kind.GOODS_MISSING, staff(by_id), clock.now())


def replace(
    *, request: AfterSale, carrier: Carrier, tracking_number: str, by_id: int
) -> None:
    """Send the replacement of an exchange, once the goods have come back.

    Raises RequestMoved, and catalog.OutOfStock when there is none to send.
    """
    settling.settle_order(request.item.order_id)
    # What an overdue order holds of it is free (row E2).
    due.settle("variants", [request.item.variant_id])
    _replace(request.pk, carrier, tracking_number, by_id)


@whole_deed
def _replace(
    request_id: int, carrier: Carrier, tracking_number: str, by_id: int
) -> None:
    request, order = lock(request_id)
    now = clock.now()
    if not request.waits_for_replacement or not AfterSale.objects.move(
        request_id,
        AfterSaleState.EXCHANGED,
        replacement_carrier=carrier,
        replacement_number=tracking_number,
        finished_at=now,
    ):
        raise RequestMoved
    taken = catalog.send_replacement(
        variant_id=request.item.variant_id,
        quantity=request.quantity,
        order_number=order.number,
        by_id=by_id,
    )
    catalog.refresh_stock([taken])
    detail = f"{carrier.value} {tracking_number}"
    write(request, Kind.REPLACEMENT_SENT, staff(by_id), now, detail=detail)
    progress.settle_timer(order.pk, now)
    with translation.override(order.language):
        name = str(carrier.label)
    tell_buyer(
        REPLACEMENT_SENT, order.pk, carrier=name, tracking_number=tracking_number
    )


def refund_instead(*, request: AfterSale, by_id: int) -> None:
    """Refund an exchange whose goods came back, when there is no other one to send.

    Raises RequestMoved.
    """
    settling.settle_order(request.item.order_id)
    _refund_instead(request.pk, by_id)


@whole_deed
def _refund_instead(request_id: int, by_id: int) -> None:
    request, order = lock(request_id)
    if not request.waits_for_replacement:
        raise RequestMoved
    # Worth what a return is. What was asked for stays written down.
    request.kind = AfterSaleKind.RETURN_AND_REFUND
    grant(request, order, staff(by_id))
