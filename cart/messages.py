"""What carts remind their owners of (row H5)."""

from django.utils.translation import gettext_lazy as _

from shop.messages import Kind, Topic, register, register_topic

CARTS = register_topic(
    Topic(
        name="carts",
        label=_("Reminder of your cart"),
        help_text=_("Once, when you leave something in your cart."),
    )
)
CART_LEFT = register(
    Kind(
        name="cart_left",
        label=_("cart left"),
        subject=_("Something waits in your cart"),
        text=_(
            "“%(name)s” still waits in your cart: %(address)s "
            "No more such messages: %(off)s"
        ),
        topic=CARTS,
    )
)
