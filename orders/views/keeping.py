"""What a buyer does with an old order: buy it again, put it out of sight."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from cart.carts import cart_for
from orders.models import Order
from orders.services import again, hiding, settling
from shop.answers import answer
from shop.decorators import login_required, require_POST


@require_POST
@never_cache
@login_required
def order_again(request: HttpRequest, number: str) -> HttpResponse:
    """Put what can still be bought of an order into the cart, and name the rest."""
    order = _load(request, number)
    bought = again.buy_again(order_id=order.pk, cart=cart_for(request))
    return answer(
        request,
        to="cart:cart-detail",
        message=again.words_for(bought),
        data={
            "added": bought.units,
            "left_out": bought.left_out,
            "cut": bought.cut,
        },
    )


@require_POST
@never_cache
@login_required
def order_hide(request: HttpRequest, number: str) -> HttpResponse:
    """Put a finished order out of sight."""
    order = _load(request, number)
    settling.settle_order(order.pk)
    hiding.hide(order_id=order.pk)
    message = _("The order is hidden. You find it in the recycle bin.")
    return answer(request, to="orders:order-list", message=message)


@require_POST
@never_cache
@login_required
def order_restore(request: HttpRequest, number: str) -> HttpResponse:
    """Take an order out of the recycle bin."""
    order = _load(request, number)
    hiding.restore(order_id=order.pk)
    message = _("The order is among your orders again.")
    return answer(request, to=order, message=message)


def _load(request: HttpRequest, number: str) -> Order:
    return get_object_or_404(Order.objects.placed_by(request.user), number=number)
