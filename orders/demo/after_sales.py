"""After-sale requests of a shop to try, one in every state, by the shop's services."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from orders.demo.plan import STATE
from orders.models import AfterSale, Carrier, OrderItem
from orders.services.after_sales import answering, opening, returning
from orders.services.after_sales.goods import Fate
from orders.services.after_sales.opening import Wish
from orders.services.after_sales.rules import offer_of
from shop import clock, demo, outbox

Step = Callable[[AfterSale, int], None]


@demo.step(_("After-sale requests"))
def ask(wishes: demo.Wishes) -> None:
    """Ask about the demo's orders that were bought for it, where nobody has yet."""
    staff = User.objects.filter(is_staff=True).order_by("pk").first()
    if staff is None:
        return
    items = OrderItem.objects.filter(order__token__startswith=f"{STATE}-asked")
    unasked = items.filter(after_sales=None).select_related("order", "product")
    for item in unasked.in_order():
        name, place = item.order.token.removeprefix(f"{STATE}-").rsplit("-", 1)
        reason, after, steps = _PLANS[(name, int(place) % 3)]
        if item.order.items.in_order().first() != item:
            continue
        with outbox.quietly():
            _play(item, reason, _moment(item) + after, steps, staff.pk)


def _play(
    item: OrderItem, reason: str, at: datetime, steps: tuple[Step, ...], by_id: int
) -> None:
    at = min(at, clock.now())
    with clock.at(at):
        offer = offer_of(item, at)
        if offer is None:
            return
        wish = Wish(offer.kind, 1, reason, is_faulty=offer.needs_fault)
        asked = opening.open_request(item=item, wish=wish)
    for hours, step in enumerate(steps, start=1):
        with clock.at(min(at + timedelta(hours=hours), clock.now())):
            step(AfterSale.objects.with_item().get(pk=asked.pk), by_id)


def _moment(item: OrderItem) -> datetime:
    order = item.order
    return item.received_at or order.shipped_at or order.paid_at or order.placed_at


def _agree(asked: AfterSale, by_id: int) -> None:
    answering.agree(request=asked, by_id=by_id)


def _refuse(asked: AfterSale, by_id: int) -> None:
    answering.refuse(request=asked, reason="包裹已经出库 / It has left", by_id=by_id)


def _withdraw(asked: AfterSale, by_id: int) -> None:
    opening.withdraw(request=asked)


def _send_back(asked: AfterSale, by_id: int) -> None:
    returning.send_back(
        request=asked, carrier=Carrier.SF, tracking_number=f"SF{asked.pk:013}"
    )


def _restock(asked: AfterSale, by_id: int) -> None:
    fate = Fate(AfterSale.Goods.RESTOCKED)
    returning.confirm(request=asked, fate=fate, by_id=by_id)


def _scrap(asked: AfterSale, by_id: int) -> None:
    fate = Fate(AfterSale.Goods.SCRAPPED, "屏幕破裂 / broken screen")
    returning.confirm(request=asked, fate=fate, by_id=by_id)


def _replace(asked: AfterSale, by_id: int) -> None:
    returning.replace(
        request=asked,
        carrier=Carrier.JD,
        tracking_number=f"JD{asked.pk:013}",
        by_id=by_id,
    )


_SOON, _LATER = timedelta(hours=3), timedelta(days=8)

#: (order, whose) -> what its buyer says, how long after it came, what happens then
_PLANS: dict[tuple[str, int], tuple[str, timedelta, tuple[Step, ...]]] = {
    ("asked-unsent", 0): ("我不想要了", _SOON, ()),
    ("asked-unsent", 1): ("拍错了", _SOON, (_agree,)),
    ("asked-unsent", 2): ("I ordered the wrong one", _SOON, (_refuse,)),
    ("asked-sent", 0): ("一直没有收到", timedelta(days=3), ()),
    ("asked-sent", 1): ("包装破损", timedelta(days=3), (_withdraw,)),
    ("asked-sent", 2): ("It has not arrived", timedelta(days=3), (_agree,)),
    ("asked-return", 0): ("不合适", _SOON, (_agree,)),
    ("asked-return", 1): ("屏幕有划痕", _SOON, (_agree, _send_back)),
    ("asked-return", 2): ("It is damaged", _SOON, (_agree, _send_back, _scrap)),
    ("asked-exchange", 0): ("无法充电", _LATER, ()),
    ("asked-exchange", 1): ("按键失灵", _LATER, (_agree, _send_back, _restock)),
    ("asked-exchange", 2): (
        "It does not charge",
        _LATER,
        (_agree, _send_back, _restock, _replace),
    ),
}
