"""Staff say yes or no to a request."""

from orders.messages import REQUEST_REFUSED, tell_buyer
from orders.models import AfterSale, OrderEvent
from orders.refusals import RequestMoved
from orders.services import progress, settling
from orders.services.after_sales.deciding import agree_to
from orders.services.after_sales.goods import Fate
from orders.services.after_sales.history import staff, write
from orders.services.after_sales.loading import lock
from orders.states import AfterSaleState
from shop import clock, journal
from shop.retry import whole_deed


def agree(*, request: AfterSale, by_id: int, fate: Fate | None = None) -> None:
    """Say yes: the money goes back, or the buyer may send the goods back.

    `fate` is of units that were not sent; without it they go back on the shelf. Raises
    RequestMoved when it is decided already.
    """
    settling.settle_order(request.item.order_id)
    _agree(request.pk, by_id, fate)


@whole_deed
def _agree(request_id: int, by_id: int, fate: Fate | None) -> None:
    request, order = lock(request_id)
    if request.state != AfterSaleState.REQUESTED:
        raise RequestMoved
    agree_to(request, order, staff(by_id), fate)


def refuse(*, request: AfterSale, reason: str, by_id: int) -> None:
    """Say no; the buyer reads why, and the receipt timer goes on.

    Also when the wrong goods came back, or none. Raises RequestMoved.
    """
    settling.settle_order(request.item.order_id)
    _refuse(request.pk, reason, by_id)


@whole_deed
def _refuse(request_id: int, reason: str, by_id: int) -> None:
    request, order = lock(request_id)
    now = clock.now()
    if not request.can_be_refused or not AfterSale.objects.move(
        request_id,
        AfterSaleState.REFUSED,
        refusal=reason,
        answered_at=now,
        finished_at=now,
    ):
        raise RequestMoved
    kind = OrderEvent.Kind.REQUEST_REFUSED
    write(request, kind, staff(by_id), now, detail=reason)
    progress.settle_timer(order.pk, now)
    tell_buyer(REQUEST_REFUSED, order.pk, reason=reason)
    note = f"{request.kind} #{request.pk}: refused"
    journal.record(journal.Kind.REFUND_DECIDED, about=order, note=note)
