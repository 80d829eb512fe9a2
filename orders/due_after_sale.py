"""What the clock does to after-sale requests; belongs to `orders/due.py`."""

from datetime import datetime
from functools import partial

from orders.models import AfterSale
from orders.next_event import next_of_request
from orders.services.after_sales import deciding
from shop import due


@due.task("settle_requests", is_foreseen=True)
def requests_to_decide(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the requests about which nobody decided in time."""
    overdue = AfterSale.objects.due_by(moment).with_item()
    return [
        due.Deed(
            event.deed.value,
            # A request comes here again in its next state.
            (request.pk, request.state),
            event.at,
            partial(deciding.decide_overdue, request.pk),
            order_number=request.item.order.number,
            item_id=str(request.item_id),
        )
        for request in overdue[:limit]
        if (event := next_of_request(request))
    ]
