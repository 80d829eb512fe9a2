"""Orders for tests, each made by the shop's own services, as a shopper would.

`make_order(alice, product)` is unpaid; `make_order(alice, [a, b], status="shipped")`
went on as far as that. Alone they work, too: `pay`, `ship`, `ship_all`, `receive`.
"""

from decimal import Decimal
from itertools import count

from accounts.models import User
from accounts.services.passwords import set_payment_password as set_password
from accounts.tests.factories import (
    PASSWORD,
    PAYMENT_PASSWORD,
    give_money,
    make_place,
    make_user,
)
from catalog.models import Product, Variant
from catalog.tests.factories import make_product
from orders.lines import Line, totals_of
from orders.models import Carrier, OrderEvent, PaymentMethod
from orders.services import closing, payment, receipt, shipping, top_ups
from orders.services.placement import Checkout, place_order
from orders.states import OrderStatus

_numbers = count(1)


def make_order(
    user=None, lines=None, quantity=1, *, status=OrderStatus.PENDING_PAYMENT, **changes
):
    """Place an order and bring it as far as `status`.

    `lines` is a product or variant, several of them, or {product or variant: quantity};
    `changes` are columns of the checkout (`note`, `place`, `language`, `token`).
    """
    user = user or make_user()
    wanted = _wanted(lines, quantity)
    found = Variant.objects.select_related("product__category").in_bulk(wanted)
    shown = sum(totals_of([Line(found[pk], wanted[pk]) for pk in wanted]), Decimal(0))
    order = place_order(
        Checkout(
            **{
                "user": user,
                "token": f"token-{next(_numbers):06}",
                "place": make_place(),
                "total_shown": shown,
                "language": "zh-hans",
                "buy_now": wanted,
                **changes,
            }
        )
    )
    return _bring(order, OrderStatus(status))


def item_of(status, **changes):
    """Make an order in a state and return its only item."""
    order = make_order(status=status, **changes)
    return order.items.select_related("order", "product").get()


def pay(order):
    """Pay an order through the sandbox; the wallet is not touched."""
    tried = begin_payment(order)
    payment.take_success(payment=tried, reference=f"T{tried.pk}")
    tried.refresh_from_db()
    order.refresh_from_db()
    return tried


def pay_from_balance(order):
    """Pay an order from its buyer's wallet, which gets just as much before."""
    set_payment_password(order.user)
    give_money(order.user, str(order.total_amount))
    payment.pay_by_balance(order=order, digits=PAYMENT_PASSWORD)
    order.refresh_from_db()
    return order.payments.get(method=PaymentMethod.BALANCE)


def begin_payment(order, method=PaymentMethod.SANDBOX):
    """Go to a gateway with an order, and no further."""
    return payment.begin_payment(order=order, method=method)


def begin_top_up(user, amount="100.00", method=PaymentMethod.SANDBOX):
    """Go to a gateway to fill a wallet, and no further."""
    return top_ups.begin(user=user, amount=Decimal(amount), method=method)


def ship(order, quantities, by=None, tracking_number=None):
    """Send a parcel with {item or its id: quantity}; the first one is SF1234567890."""
    sent = order.parcels.filter(tracking_number__startswith="SF1234567").count()
    tracking_number = tracking_number or f"SF{1234567890 + sent}"
    parcel = shipping.ship(
        order_id=order.pk,
        carrier=Carrier.SF,
        tracking_number=tracking_number,
        quantities={getattr(key, "pk", key): n for key, n in quantities.items()},
        by_id=(by or _staff()).pk,
    )
    order.refresh_from_db()
    return parcel


def ship_all(order, by=None):
    """Send all that is left in one parcel."""
    left = {item: item.unshipped_quantity for item in order.items.all()}
    return ship(order, left, by)


def receive(item):
    """Receive one item, as its buyer."""
    set_payment_password(item.order.user)
    receipt.receive_by_buyer(item=item, digits=PAYMENT_PASSWORD)
    item.refresh_from_db()
    return item


def cancel(order, reason="") -> None:
    """Cancel an unpaid order, as its buyer."""
    closing.cancel_order(order_id=order.pk, actor=OrderEvent.Actor.BUYER, reason=reason)
    order.refresh_from_db()


def set_payment_password(user, digits=PAYMENT_PASSWORD) -> None:
    """Set the payment password, unless there is one; `user` sees it at once."""
    user.refresh_from_db()
    if not user.has_payment_password:
        set_password(user=user, password=PASSWORD, payment_password=digits)
        user.refresh_from_db()


def buyer(**changes):
    """Return somebody with a payment password and 10 000 in the wallet."""
    user = make_user(**changes)
    set_payment_password(user)
    give_money(user, "10000.00")
    return user


def _wanted(lines, quantity):
    if lines is None:
        lines = [make_product()]
    if isinstance(lines, (Product, Variant)):
        lines = [lines]
    if not isinstance(lines, dict):
        lines = dict.fromkeys(lines, quantity)
    return {_variant_of(thing): number for thing, number in lines.items()}


def _variant_of(thing):
    if isinstance(thing, Product):
        return thing.variants.order_by("pk").first().pk
    return thing.pk


def _bring(order, status):
    if status == OrderStatus.CLOSED:
        cancel(order)
        return order
    if status == OrderStatus.PENDING_PAYMENT:
        return order
    pay(order)
    if status == OrderStatus.PARTLY_SHIPPED:
        item = order.items.order_by("pk").first()
        assert order.items.count() > 1 or item.quantity > 1, "nothing would be left"
        ship(order, {item: 1})
    if status in (OrderStatus.SHIPPED, OrderStatus.COMPLETED):
        ship_all(order)
    if status == OrderStatus.COMPLETED:
        for item in order.items.order_by("pk"):
            receive(item)
    order.refresh_from_db()
    return order


def _staff():
    carol = User.objects.filter(nickname="Carol", is_staff=True).first()
    return carol or make_user(nickname="Carol", is_staff=True)
