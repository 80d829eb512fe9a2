"""What orders tell their buyers."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import identifiers
from orders.models import Order
from shop import outbox
from shop.messages import Kind, register
from shop.models import OutgoingMessage

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
NUMBER_CORRECTED = register(
    Kind(
        name="number_corrected",
        label=_("tracking number corrected"),
        subject=_("The right tracking number of your parcel"),
        text=_(
            "A parcel of order %(number)s has another tracking number than we told "
            "you: it is %(tracking_number)s, with %(carrier)s."
        ),
    )
)


def tell_buyer(kind: Kind, order_id: int, **words: Any) -> None:
    """Write a text message to an order's buyer, in the order's language (row K3).

    A buyer whose account is closed hears nothing any more.
    """
    told = ("number", "language", "user__phone", "user__closed_at")
    order = Order.objects.select_related("user").only(*told).get(pk=order_id)
    if order.user.is_closed:
        return
    outbox.write(
        kind,
        channel=OutgoingMessage.Channel.SMS,
        recipient=identifiers.national_phone(str(order.user.phone)),
        language=order.language,
        account_id=order.user_id,
        number=order.number,
        **words,
    )
