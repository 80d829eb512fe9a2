"""What staff should do today about orders."""

from django.utils.translation import gettext_lazy as _

from orders.models import Invoice, InvoiceState, Order, Refund
from orders.next_event import SOON
from orders.states import SHIPPABLE, OrderStatus
from shop import clock, desk

desk.register(
    desk.Queue(
        title=_("Orders to ship"),
        permission="orders.ship_order",
        count=lambda: Order.objects.filter(status__in=SHIPPABLE).count(),
        url_name="admin:orders_order_changelist",
        query=f"status__in={','.join(SHIPPABLE)}",
    )
)
desk.register(
    desk.Queue(
        title=_("Orders due in 24 h: they close or are received by themselves"),
        permission="orders.view_order",
        count=lambda: Order.objects.due_by(clock.now() + SOON).count(),
        url_name="admin:orders_order_changelist",
        query="clock=24h",
    )
)
desk.register(
    desk.Queue(
        title=_("Refunds that their gateway has not taken"),
        permission="orders.view_refund",
        count=lambda: Refund.objects.filter(done_at=None).exclude(error="").count(),
        url_name="admin:orders_refund_changelist",
        query="done_at__isempty=1",
    )
)

desk.register(
    desk.Queue(
        title=_("Invoices to issue"),
        permission="orders.issue_invoice",
        count=lambda: Invoice.objects.filter(
            state=InvoiceState.REQUESTED, order__status=OrderStatus.COMPLETED
        ).count(),
        url_name="admin:orders_invoice_changelist",
        query="state__exact=requested",
    )
)
