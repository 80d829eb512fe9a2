"""What orders remind their buyers of, which each may switch off (row H5)."""

from django.utils.translation import gettext_lazy as _

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
