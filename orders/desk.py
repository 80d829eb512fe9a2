"""What staff should do today about orders."""

from django.utils.translation import gettext_lazy as _

from orders.models import Order, Refund
from orders.services.shipping import SHIPPABLE
from shop import desk

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
        title=_("Refunds that their gateway has not taken"),
        permission="orders.view_refund",
        count=lambda: Refund.objects.filter(done_at=None).exclude(error="").count(),
        url_name="admin:orders_refund_changelist",
        query="done_at__isempty=1",
    )
)
