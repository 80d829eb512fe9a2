"""What the catalogue tells those who asked for it (row C5)."""

from django.utils.translation import gettext_lazy as _

from shop.messages import Kind, Topic, register, register_topic

ALERTS = register_topic(
    Topic(
        name="alerts",
        label=_("Back in stock, price drop"),
        help_text=_("What you asked to be told of on the page of a product."),
    )
)
BACK_IN_STOCK = register(
    Kind(
        name="back_in_stock",
        label=_("back in stock"),
        subject=_("It is back in stock"),
        text=_(
            "“%(name)s” is back in stock for %(price)s: %(address)s "
            "No more such messages: %(off)s"
        ),
        topic=ALERTS,
    )
)
PRICE_DROP = register(
    Kind(
        name="price_drop",
        label=_("price drop"),
        subject=_("The price has fallen"),
        text=_(
            "“%(name)s” now costs %(price)s, %(less)s less than when you asked: "
            "%(address)s No more such messages: %(off)s"
        ),
        topic=ALERTS,
    )
)
