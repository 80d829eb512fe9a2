"""What orders tell their buyers."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from orders.models import Order
from shop import outbox
from shop.messages import Kind, Topic, register, register_topic

ORDER_PAID = register(
    Kind(
        name="order_paid",
        label=_("order paid"),
        subject=_("Your payment has arrived"),
        text=_("Order %(number)s is paid. We will ship it soon."),
    )
)
PARCEL_SENT = register(
    Kind(
        name="parcel_sent",
        label=_("parcel sent"),
        subject=_("Your parcel is on its way"),
        text=_(
            "A parcel of order %(number)s was sent with %(carrier)s, "
            "tracking number %(tracking_number)s."
        ),
    )
)
RECEIPT_NEAR = register(
    Kind(
        name="receipt_near",
        label=_("receipt is near"),
        subject=_("Has everything arrived?"),
        text=_(
            "Order %(number)s is received by itself on %(at)s. Is something missing or "
            "wrong? On its page you can take more time or ask for a refund."
        ),
    )
)
UNPAID = register_topic(
    Topic(
        name="unpaid",
        label=_("Reminder to pay"),
        help_text=_("Once, before an order closes because it is not paid."),
    )
)
REVIEWS = register_topic(
    Topic(
        name="reviews",
        label=_("Reminder to review"),
        help_text=_("Once, when an order has something that you could review."),
    )
)
PAY_REMINDER = register(
    Kind(
        name="pay_reminder",
        label=_("reminder to pay"),
        subject=_("Your order waits to be paid"),
        text=_(
            "Order %(number)s closes at %(time)s if it is not paid: %(address)s "
            "No more such messages: %(off)s"
        ),
        topic=UNPAID,
    )
)
REVIEW_REMINDER = register(
    Kind(
        name="review_reminder",
        label=_("reminder to review"),
        subject=_("How do you like it?"),
        text=_(
            "You have received order %(number)s. Your review helps others: %(address)s "
            "No more such messages: %(off)s"
        ),
        topic=REVIEWS,
    )
)


def tell_buyer(
    kind: Kind, order_id: int, *, expires_at: datetime | None = None, **words: Any
) -> None:
    """Write to an order's buyer, in the order's language (row K3).

    A buyer whose account is closed hears nothing any more. After `expires_at` it is not
    sent any more.
    """
    order = Order.objects.select_related("user").get(pk=order_id)
    if order.user.is_closed:
        return
    channel, recipient = order.user.contact
    outbox.write(
        kind,
        channel=channel,
        recipient=recipient,
        language=order.language,
        account_id=order.user_id,
        expires_at=expires_at,
        number=order.number,
        **words,
    )
