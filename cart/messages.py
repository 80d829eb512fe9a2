"""What carts remind their owners of (row H5)."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from cart.models import Cart
from shop.messages import Kind, Topic, register, register_topic

CARTS = register_topic(
    Topic(
        name="carts",
        label=_("Reminder of your cart"),
        help_text=_("Once, when you leave something in your cart."),
    )
)


def _is_left(account_id: int | None, _words: Mapping[str, str]) -> bool:
    return Cart.objects.left_since_reminder(account_id).exists()


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
        is_so=_is_left,
    )
)
