"""What becomes of a request that was agreed to, and of one whose time is over."""

from datetime import timedelta

from django.utils.timezone import localtime

from orders.messages import REQUEST_EXPIRED, SEND_BACK, tell_buyer
from orders.models import AfterSale, Order, OrderEvent
from orders.refusals import RequestMoved
from orders.services import progress
from orders.services.after_sales.goods import Fate
from orders.services.after_sales.granting import grant
from orders.services.after_sales.history import CLOCK, Decider, write
from orders.services.after_sales.loading import lock
from orders.states import AfterSaleKind, AfterSaleState
from shop import clock, journal, policy
from shop.retry import whole_deed

Kind = OrderEvent.Kind


@whole_deed
def decide_overdue(request_id: int) -> bool:
    """Do what the clock does to a request whose time is over; False if it is not."""
    request, order = lock(request_id)
    if request.decide_by is None or request.decide_by > clock.now():
        return False
    if request.state == AfterSaleState.REQUESTED:
        agree_to(request, order, CLOCK)
    elif request.state == AfterSaleState.RETURN_GOODS:
        _expire(request, order)
    elif request.kind == AfterSaleKind.EXCHANGE:
        _flag(request)
    else:
        grant(request, order, CLOCK)
    return True


def decide_overdue_of(order_id: int) -> None:
    """Do the same to all requests of an order that are due by now."""
    overdue = AfterSale.objects.about(order_id).due_by(clock.now())
    for request_id in list(overdue.values_list("pk", flat=True)):
        decide_overdue(request_id)


def agree_to(
    request: AfterSale, order: Order, decider: Decider, fate: Fate | None = None
) -> None:
    """Refund a request, or let its goods come back; the order is locked."""
    if request.kind == AfterSaleKind.REFUND_ONLY:
        grant(request, order, decider, fate)
        return
    now = clock.now()
    send_by = now + timedelta(days=policy.whole("send_back_days"))
    if not AfterSale.objects.move(
        request.pk, AfterSaleState.RETURN_GOODS, answered_at=now, decide_by=send_by
    ):
        raise RequestMoved
    write(request, Kind.REQUEST_AGREED, decider, now)
    at = f"{localtime(send_by):%Y-%m-%d %H:%M}"
    tell_buyer(SEND_BACK, order.pk, at=at, expires_at=send_by)
    if decider.by_id:
        note = f"{request.kind} #{request.pk}: agreed"
        journal.record(journal.Kind.REFUND_DECIDED, about=order, note=note)


def _expire(request: AfterSale, order: Order) -> None:
    now = clock.now()
    if AfterSale.objects.move(request.pk, AfterSaleState.CLOSED, finished_at=now):
        write(request, Kind.REQUEST_EXPIRED, CLOCK, now)
        progress.settle_timer(order.pk, now)
        tell_buyer(REQUEST_EXPIRED, order.pk)


def _flag(request: AfterSale) -> None:
    # Nobody's money is at stake, so the clock only calls for staff.
    now = clock.now()
    AfterSale.objects.filter(pk=request.pk).update(decide_by=None, flagged_at=now)
    write(request, Kind.RETURN_OVERDUE, CLOCK, now)
