"""Buying an old order again (row F14)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cart import services as carts
from cart.models import Cart
from catalog.models import Variant
from catalog.templatetags.catalog import words_of
from orders.models import OrderItem
from orders.refusals import NothingAgain
from shop import clock


@dataclass(frozen=True)
class Bought:
    """What went into the cart, and what did not, by its names."""

    units: int
    #: Of these there is none.
    left_out: list[str]
    #: Of these there is less, or the shopper may have no more.
    cut: list[str]


def buy_again(*, order_id: int, cart: Cart) -> Bought:
    """Put what can be bought of an order into the cart, by the cart's own rules.

    Raises NothingAgain when there is nothing left, and CartMoved.
    """
    items = list(OrderItem.objects.filter(order=order_id).in_order())
    variants = _as_they_are_now([item.variant_id for item in items])
    put = carts.add_all(
        cart=cart,
        wishes=[(variants[item.variant_id], item.quantity) for item in items],
    )
    names = {item.variant_id: _name(item) for item in items}
    left_out = [names[x.variant.pk] for x in put if not x.is_available]
    cut = [names[x.variant.pk] for x in put if x.is_available and x.added < x.wanted]
    if len(left_out) == len(items):
        raise NothingAgain(left_out=left_out)
    return Bought(sum(x.added for x in put), left_out, cut)


def words_for(bought: Bought) -> str:
    """Say what went into the cart, and name what did not."""
    text = ngettext(
        "%(number)d item is in your cart.",
        "%(number)d items are in your cart.",
        bought.units,
    )
    said = [text % {"number": bought.units}]
    if not bought.units:
        said = [_("Your cart has as many of it as you can buy.")]
    if bought.left_out:
        names = _(", ").join(bought.left_out)
        said.append(_("Not available any more: %(names)s.") % {"names": names})
    if bought.cut:
        names = _(", ").join(bought.cut)
        said.append(_("Fewer than you bought then: %(names)s.") % {"names": names})
    return " ".join(said)


def _as_they_are_now(variant_ids: list[int]) -> dict[int, Variant]:
    wanted = Variant.objects.select_related("product__category")
    variants = wanted.in_bulk(variant_ids)
    if carts.settle_overdue(variants.values(), now=clock.now()):
        return wanted.in_bulk(variant_ids)
    return variants


def _name(item: OrderItem) -> str:
    return f"{words_of(item, 'name')} {words_of(item, 'options')}".strip()
