"""What orders remind their buyers of, which each may switch off (row H5)."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Order, OrderItem
from orders.models.items import TO_REVIEW
from orders.states import OrderStatus
from shop.messages import Kind, Topic, register, register_topic

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


def _is_unpaid(_account_id: int | None, words: Mapping[str, str]) -> bool:
    unpaid = Order.objects.filter(status=OrderStatus.PENDING_PAYMENT)
    return unpaid.filter(number=words["number"]).exists()


def _is_to_review(_account_id: int | None, words: Mapping[str, str]) -> bool:
    to_review = OrderItem.objects.filter(review_state=TO_REVIEW)
    return to_review.filter(order__number=words["number"]).exists()


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
        is_so=_is_unpaid,
    )
)
REVIEW_REMINDER = register(
    Kind(
        name="review_reminder",
        label=_("reminder to review"),
        subject=pgettext_lazy("message", "How do you like it?"),
        text=_(
            "You have received order %(number)s. Your review helps others: %(address)s "
            "No more such messages: %(off)s"
        ),
        topic=REVIEWS,
        is_so=_is_to_review,
    )
)
