"""After-sale requests for tests, each made by the shop's own services.

`make_request(item)` asks for what is possible now about all units of an item;
`make_request(item, state="returning")` went on as far as that.
"""

from accounts.tests.factories import make_user
from orders.models import AfterSale, Carrier
from orders.services.after_sales import answering, opening, returning
from orders.services.after_sales.goods import Fate
from orders.services.after_sales.opening import Wish
from orders.services.after_sales.rules import offer_of
from orders.states import AfterSaleKind, AfterSaleState
from shop import clock

RESTOCK = Fate(AfterSale.Goods.RESTOCKED)
SCRAP = Fate(AfterSale.Goods.SCRAPPED, "broken glass")


def make_request(
    item, quantity=None, *, kind=None, state=AfterSaleState.REQUESTED, **changes
):
    """Ask about an item, and bring the request as far as `state`."""
    item.refresh_from_db()
    offer = offer_of(item, clock.now())
    wish = {
        "kind": AfterSaleKind(kind or offer.kind),
        "quantity": quantity or offer.most,
        "reason": "It does not suit me",
        **changes,
    }
    pictures = wish.pop("pictures", ())
    request = opening.open_request(item=item, wish=Wish(**wish), pictures=pictures)
    return _bring(request, AfterSaleState(state))


def agree(request, fate=None):
    answering.agree(request=request, by_id=_staff(), fate=fate)
    return _fresh(request)


def refuse(request, reason="It was opened"):
    answering.refuse(request=request, reason=reason, by_id=_staff())
    return _fresh(request)


def withdraw(request):
    opening.withdraw(request=request)
    return _fresh(request)


def send_back(request, number="SF1234567890123"):
    returning.send_back(request=request, carrier=Carrier.SF, tracking_number=number)
    return _fresh(request)


def correct_return(request, number="SF1234567890199"):
    returning.correct_return(
        request=request, carrier=Carrier.SF, tracking_number=number
    )
    return _fresh(request)


def confirm(request, fate=RESTOCK):
    returning.confirm(request=request, fate=fate, by_id=_staff())
    return _fresh(request)


def miss(request):
    returning.miss(request=request, by_id=_staff())
    return _fresh(request)


def replace(request, number="SF1234567890124"):
    returning.replace(
        request=request, carrier=Carrier.SF, tracking_number=number, by_id=_staff()
    )
    return _fresh(request)


#: What brings a request to a state, from the one before.
_STEPS = {
    AfterSaleState.REQUESTED: (),
    AfterSaleState.REFUSED: (refuse,),
    AfterSaleState.CLOSED: (withdraw,),
    AfterSaleState.RETURN_GOODS: (agree,),
    AfterSaleState.RETURNING: (agree, send_back),
    AfterSaleState.EXCHANGED: (agree, send_back, confirm, replace),
}


def _bring(request, state):
    if state == AfterSaleState.REFUNDED:
        is_short = request.kind == AfterSaleKind.REFUND_ONLY
        steps = (agree,) if is_short else (agree, send_back, confirm)
    else:
        steps = _STEPS[state]
    for step in steps:
        request = step(request)
    return request


def _staff():
    return make_user(nickname="Carol", is_staff=True).pk


def _fresh(request):
    return AfterSale.objects.with_item().get(pk=request.pk)
