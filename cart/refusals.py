"""The clear "no" of the cart."""

from django.utils.translation import gettext_lazy as _

from shop.refusals import Refusal


class PurchaseLimit(Refusal):
    """More of one variant than a shopper may buy; the JSON has `limit`."""

    error = "purchase_limit"


class CartFull(Refusal):
    """As many different items as a cart may hold; the JSON has `limit`."""

    error = "cart_full"


class CartMoved(Refusal):
    """The cart was joined to an account's by a login in another window."""

    error = "cart_moved"
    message = _("Your cart has moved to your account. Please open it and try again.")


class BadRequest(Refusal):
    """What was sent is no number that a cart understands."""

    error = "invalid"
    status = 400


class OffShelf(Refusal):
    """What is not on sale any more cannot become a favourite."""

    error = "off_shelf"
    message = _("It is off the shelf.")


class UndoOver(Refusal):
    """No text that this cart can be given something back from, or too old a one."""

    error = "undo_over"
    message = _("That cannot be undone any more.")
