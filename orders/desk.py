"""What staff should do today about orders."""

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.models import AfterSale, Invoice, InvoiceState, Order, Refund
from orders.next_event import SOON
from orders.states import SHIPPABLE, OrderStatus
from orders.templatetags.orders import time_left
from shop import clock, desk

desk.register(
    desk.Queue(
        title=_("Orders to ship"),
        permission="orders.ship_order",
        count=lambda: Order.objects.to_ship().count(),
        url_name="admin:orders_order_changelist",
        query=f"status__in={','.join(SHIPPABLE)}",
    )
)
desk.register(
    desk.Queue(
        title=_("Orders due in 24 h: they close or are received by themselves"),
        permission="orders.view_order",
        count=lambda: len(Order.objects.ids_due_by(clock.now() + SOON)),
        url_name="admin:orders_order_changelist",
        query="clock=24h",
    )
)
desk.register(
    desk.Queue(
        title=_("Orders that should have left"),
        permission="orders.ship_order",
        count=lambda: Order.objects.overdue_to_ship(clock.now()).count(),
        url_name="admin:orders_order_changelist",
        query="waiting=late",
        is_urgent=True,
    )
)
desk.register(
    desk.Queue(
        title=_("Buyers who asked when it leaves"),
        permission="orders.ship_order",
        count=lambda: (
            Order.objects.to_ship().filter(ship_reminded_at__isnull=False).count()
        ),
        url_name="admin:orders_order_changelist",
        query="waiting=asked",
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


def _waiting(wish: str, title: str | Promise, *, is_urgent: bool = False) -> desk.Queue:
    """Return a queue of requests that wait for just this of staff."""

    def rows() -> "QuerySet[AfterSale]":
        return AfterSale.objects.waiting_for_staff(wish)

    def hint() -> str:
        # Nobody answers in time: the clock does.
        soonest = rows().filter(decide_by__isnull=False).order_by("decide_by", "pk")
        decide_by = soonest.values_list("decide_by", flat=True).first()
        return time_left(decide_by) if decide_by else ""

    return desk.Queue(
        title=title,
        permission="orders.decide_aftersale",
        count=lambda: rows().count(),
        url_name="admin:orders_aftersale_changelist",
        query=f"waits={wish}",
        hint=hint,
        is_urgent=is_urgent,
    )


desk.register(_waiting("answer", _("Requests to answer"), is_urgent=True))
desk.register(_waiting("goods", _("Returned goods to confirm")))
desk.register(_waiting("replacement", _("Replacements to send")))
desk.register(_waiting("late", _("Exchanges that are late"), is_urgent=True))
