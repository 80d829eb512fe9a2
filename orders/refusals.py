"""The clear "no" of orders."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shop.refusals import Refusal


class NothingToOrder(Refusal):
    error = "nothing_to_order"
    message = _("Nothing is ticked in your cart that can be ordered.")


class NotOnSale(Refusal):
    error = "not_on_sale"
    message = _("One of the products is not on sale any more. Please look again.")


class TotalChanged(Refusal):
    error = "total_changed"
    message = _("A price or the freight has changed. Please look at the new total.")


class GoodsChanged(Refusal):
    """Another variant, quantity or price than on the page that was confirmed."""

    error = "goods_changed"
    message = _("Something in your order has changed. Please look at it once more.")


class UnknownCoupon(Refusal):
    error = "unknown_coupon"
    message = _("There is no coupon with this code.")


class CouponGone(Refusal):
    error = "coupon_gone"
    message = _("This coupon is used, gone or over.")


class CouponUnfit(Refusal):
    error = "coupon_unfit"
    message = _("This coupon does not fit what you order now.")


class CouponAllUsed(Refusal):
    """The account has claimed as many of a coupon as it may."""

    error = "coupon_limit"

    def __init__(self, limit: int) -> None:
        sentence = ngettext(
            "Each customer may claim this coupon %(limit)d time.",
            "Each customer may claim this coupon %(limit)d times.",
            limit,
        )
        super().__init__(sentence % {"limit": limit}, limit=limit)


class InvoiceMoved(Refusal):
    """Somebody issued or cancelled the invoice meanwhile."""

    error = "invoice_moved"
    message = _("This invoice has moved on meanwhile. Please look again.")


class OverPurchaseLimit(Refusal):
    """More of one variant than a customer may buy over all orders."""

    error = "purchase_limit"

    def __init__(self, limit: int) -> None:
        sentence = _("Each customer may buy at most %(limit)d of it.")
        super().__init__(sentence % {"limit": limit}, limit=limit)


class AlreadyPaid(Refusal):
    error = "already_paid"
    message = _("This order is paid already.")


class OrderClosed(Refusal):
    error = "order_closed"
    message = _("This order is closed. Nothing was charged.")


class ReasonTooLong(Refusal):
    error = "invalid"
    status = 400
    message = _("Please give a shorter reason, up to 200 characters.")


class NothingAgain(Refusal):
    """Nothing of an order can be bought any more; the JSON has `left_out`."""

    error = "nothing_available"
    message = _("Nothing of this order can be bought at the moment.")


class NotFinished(Refusal):
    """Only what is finished can be put out of sight."""

    error = "not_finished"
    message = _("Only completed and closed orders can be hidden.")


class UnknownMethod(Refusal):
    error = "unknown_method"
    status = 400
    message = _("Please choose a way to pay.")


class GatewayAway(Refusal):
    """The gateway did not begin a payment; nothing was charged."""

    error = "gateway_away"
    status = 503
    message = _(
        "This way to pay cannot be reached just now. Try again in a moment, or choose "
        "another one."
    )


class CannotShip(Refusal):
    error = "cannot_ship"
    message = _("Nothing of this order can be shipped now.")


class UnknownOrder(Refusal):
    error = "unknown_order"
    message = _("There is no order with this number.")


class NotPaid(Refusal):
    error = "not_paid"
    message = _("This order is not paid.")


class ShippedAlready(Refusal):
    error = "already_shipped"
    message = _("All of this order was shipped already.")


class LineUnclear(Refusal):
    """A line of a list of parcels in which something is missing."""

    error = "line_unclear"
    message = _("The carrier or the tracking number is missing.")


class UnknownCarrier(Refusal):
    error = "unknown_carrier"
    message = _("There is no such carrier.")


class WrongNumber(Refusal):
    """No number of this carrier; the sentence shows what one looks like."""

    error = "wrong_number"


class OrderTwice(Refusal):
    error = "order_twice"
    message = _("A line above sends this order already.")


class NumberTaken(Refusal):
    """A row that slipped in a spreadsheet: the label of somebody else's parcel."""

    error = "number_taken"
    message = _(
        "A parcel to another address has this number. If it is right all the same, "
        "ship the order on its own page."
    )


class LineMoved(Refusal):
    """A line that would do something else now than what staff looked at."""

    error = "line_moved"
    message = _("This has changed since you looked at it. Please look again.")


class ParcelKnown(Refusal):
    """A second click, or two members of staff with the same parcel in hand."""

    error = "parcel_known"
    message = _("This order has a parcel with this number already.")


class AddressMoved(Refusal):
    """The parcel was packed for an address that the buyer has changed since."""

    error = "address_moved"
    message = _(
        "The buyer has changed the address meanwhile. Print the packing slip anew, "
        "then ship."
    )


class CannotCorrect(Refusal):
    error = "cannot_correct"
    message = _("The number of this parcel was corrected already, or it is too late.")


class NothingToShip(Refusal):
    error = "nothing_to_ship"
    message = _("Nothing of this order waits to be shipped.")


class RemindedAlready(Refusal):
    error = "already_reminded"
    message = _("You have asked us already. You can ask again a day later.")


class AddressFixed(Refusal):
    error = "address_fixed"
    message = _("It is too late to change the address of this order.")


class AddressUsedUp(Refusal):
    error = "address_used_up"
    message = _("You have changed the address once already since you paid.")


class NotShipped(Refusal):
    error = "not_shipped"
    message = _("This item is not fully shipped yet.")


class AlreadyReceived(Refusal):
    error = "already_received"
    message = _("You have confirmed receipt of this item already.")


class RequestOpen(Refusal):
    """Of an item with an open request nothing is received, and no timer runs."""

    error = "request_open"
    message = _("A refund or return is being dealt with. Please wait until it is over.")


class TooEarly(Refusal):
    """The extension is offered in the last days only."""

    error = "too_early"

    def __init__(self, days: int) -> None:
        sentence = ngettext(
            "You can extend the time in the last %(days)d day.",
            "You can extend the time in the last %(days)d days.",
            days,
        )
        super().__init__(sentence % {"days": days}, days=days)


class AlreadyExtended(Refusal):
    error = "already_extended"
    message = _("You have extended the time already. It can be done once.")


class NothingToAskFor(Refusal):
    """No request about the item is possible now; or not this one, or for fewer."""

    error = "after_sale_not_offered"
    message = _("You cannot ask for this about the item (any more).")


class RequestMoved(Refusal):
    """The other side, a second click or the clock was quicker."""

    error = "request_moved"
    message = _("This request has moved on meanwhile. Please look again.")


class RefundMoved(Refusal):
    """The money is not stuck: it went, or is being tried just now."""

    error = "refund_moved"
    message = _("This refund is not stuck any more. Please look again.")
