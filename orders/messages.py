"""What orders tell their buyers."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.notices import write_to
from orders.models import Order
from shop.messages import Kind, register

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
REFUND_GRANTED = register(
    Kind(
        name="refund_granted",
        label=_("refund granted"),
        subject=_("Your money comes back"),
        text=_(
            "%(amount)s of order %(number)s are on their way back to you, the way you "
            "paid."
        ),
    )
)
REQUEST_REFUSED = register(
    Kind(
        name="request_refused",
        label=_("request refused"),
        subject=_("About your request"),
        text=_("We could not agree to your request about order %(number)s: %(reason)s"),
    )
)
SEND_BACK = register(
    Kind(
        name="send_back",
        label=_("goods to send back"),
        subject=_("Please send the goods back"),
        text=_(
            "We agree to your request about order %(number)s. Send the goods back and "
            "enter the tracking number by %(at)s; the address is on the request's page."
        ),
    )
)
REQUEST_EXPIRED = register(
    Kind(
        name="request_expired",
        label=_("request closed"),
        subject=_("Your request is closed"),
        text=_(
            "Your request about order %(number)s is closed, because nothing was sent "
            "back in time."
        ),
    )
)
GOODS_ARRIVED = register(
    Kind(
        name="goods_arrived",
        label=_("goods to exchange arrived"),
        subject=_("What you sent back has arrived"),
        text=_(
            "What you sent back of order %(number)s has arrived. We send you the "
            "replacement next."
        ),
    )
)
REPLACEMENT_SENT = register(
    Kind(
        name="replacement_sent",
        label=_("replacement sent"),
        subject=_("Your replacement is on its way"),
        text=_(
            "The replacement for order %(number)s was sent with %(carrier)s, tracking "
            "number %(tracking_number)s."
        ),
    )
)


def tell_buyer(
    kind: Kind, order_id: int, *, expires_at: datetime | None = None, **words: Any
) -> None:
    """Write to an order's buyer, in the order's language (row K3).

    A buyer whose account is closed hears nothing any more. After `expires_at` it is not
    sent any more.
    """
    told = ("number", "language", "user__phone", "user__closed_at")
    order = Order.objects.select_related("user").only(*told).get(pk=order_id)
    words |= {"expires_at": expires_at, "number": order.number}
    write_to(order.user, kind, language=order.language, **words)
