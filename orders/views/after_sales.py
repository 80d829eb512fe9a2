"""A buyer's after-sale requests: asking, looking, withdrawing, sending goods back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orders import timeline
from orders.forms.after_sales import (
    AfterSaleForm,
    CorrectReturnForm,
    RefundForm,
)
from orders.forms.shipping import NumberForm
from orders.models import AfterSale, Order, OrderItem
from orders.next_event import next_of_request
from orders.refusals import (
    CannotCorrect,
    NothingToAskFor,
    RequestMoved,
    RequestOpen,
)
from orders.return_address import return_address
from orders.services import settling
from orders.services.after_sales import opening, returning
from orders.services.after_sales.rules import (
    offer_of,
    unsent_of,
    worth_of,
    worth_of_unsent,
)
from orders.states import AfterSaleState
from shop import clock
from shop.answers import answer, answer_errors, wants_json
from shop.decorators import form_page, login_required, require_POST
from shop.money import plain

ASK_PAGE = "orders/item_after_sale.html"
REFUND_PAGE = "orders/order_refund.html"
RETURN_PAGE = "orders/after_sale_return.html"
CORRECT_PAGE = "orders/after_sale_correct.html"


@form_page
@never_cache
@login_required
def item_after_sale(request: HttpRequest, item_id: int) -> HttpResponse:
    """Ask for money back, a return or an exchange of one item."""
    own = OrderItem.objects.bought_by(request.user)
    item = get_object_or_404(own.select_related("order", "product"), pk=item_id)
    settling.settle_order(item.order_id)
    item.refresh_from_db()
    offer = offer_of(item, clock.now())
    asked = AfterSale.objects.filter(open_item=item).first()
    if asked or offer is None:
        return _answer_not_possible(request, item, asked)
    if request.method != "POST":
        form = AfterSaleForm(offer)
        return render(request, ASK_PAGE, {"form": form, **_asking(form, item)})
    if "refresh" in request.POST:
        form = AfterSaleForm.as_typed(offer, request.POST)
        return render(request, ASK_PAGE, {"form": form, **_asking(form, item)})
    form = AfterSaleForm(offer, request.POST, request.FILES)
    if not form.is_valid():
        return answer_errors(request, form, ASK_PAGE, _asking(form, item))
    return _ask(request, item, form)


@form_page
@never_cache
@login_required
def order_refund(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for the money of all that was not sent of an order, in one go."""
    order = get_object_or_404(Order.objects.placed_by(request.user), number=number)
    settling.settle_order(order.pk)
    items = list(order.items.with_request().in_order())
    unsent = unsent_of(items)
    if not unsent:
        return _answer_nothing_unsent(request, order)
    worth = worth_of_unsent(unsent, items)
    context = {"order": order, "items": unsent, "worth": worth}
    if request.method != "POST":
        return render(request, REFUND_PAGE, {"form": RefundForm(), **context})
    form = RefundForm(request.POST)
    if not form.is_valid():
        return answer_errors(request, form, REFUND_PAGE, context)
    asked = opening.open_for_rest(order_id=order.pk, **form.cleaned_data)
    return answer(
        request,
        to=order,
        message=_("We have your request and answer as soon as we can."),
        data={"after_sales": [each.pk for each in asked]},
    )


@require_safe
@never_cache
@login_required
def after_sale_detail(request: HttpRequest, after_sale_id: int) -> HttpResponse:
    """One request: where it is, what comes next and when, what happened."""
    asked = _own(request, after_sale_id)
    context = {
        "asked": asked,
        "item": asked.item,
        "next": next_of_request(asked),
        "now": clock.now(),
        "moments": timeline.of_request(asked),
        "return_address": return_address(),
    }
    return render(request, "orders/after_sale_detail.html", context)


@require_POST
@login_required
def after_sale_withdraw(request: HttpRequest, after_sale_id: int) -> HttpResponse:
    """Think better of it."""
    asked = _own(request, after_sale_id)
    opening.withdraw(request=asked)
    return answer(
        request,
        to=asked,
        message=_("Your request is withdrawn."),
        data={"state": AfterSaleState.CLOSED.value},
    )


@form_page
@never_cache
@login_required
def after_sale_return(request: HttpRequest, after_sale_id: int) -> HttpResponse:
    """Say with whom, and under which number, the goods are on their way back."""
    asked = _own(request, after_sale_id)
    if asked.state != AfterSaleState.RETURN_GOODS:
        if wants_json(request):
            raise RequestMoved
        messages.error(request, str(RequestMoved.message))
        return redirect(asked)
    context = {"asked": asked, "item": asked.item, "return_address": return_address()}
    if request.method != "POST":
        return render(request, RETURN_PAGE, {"form": NumberForm(), **context})
    form = NumberForm(request.POST)
    if not form.is_valid():
        return answer_errors(request, form, RETURN_PAGE, context)
    returning.send_back(request=asked, **form.parcel())
    return answer(
        request,
        to=asked,
        message=_("Thank you. We tell you when the goods have arrived."),
        data={"state": AfterSaleState.RETURNING.value},
    )


@form_page
@never_cache
@login_required
def after_sale_correct(request: HttpRequest, after_sale_id: int) -> HttpResponse:
    """Correct the number under which the goods are on their way back, once."""
    asked = _own(request, after_sale_id)
    if not asked.can_correct_return:
        if wants_json(request):
            raise CannotCorrect
        messages.error(request, str(CannotCorrect.message))
        return redirect(asked)
    context = {"asked": asked, "item": asked.item}
    if request.method != "POST":
        form = CorrectReturnForm(asked)
        return render(request, CORRECT_PAGE, {"form": form, **context})
    form = CorrectReturnForm(asked, request.POST)
    if not form.is_valid():
        return answer_errors(request, form, CORRECT_PAGE, context)
    returning.correct_return(request=asked, **form.parcel())
    return answer(
        request,
        to=asked,
        message=_("The tracking number is corrected."),
        data={"state": asked.state},
    )


def _own(request: HttpRequest, after_sale_id: int) -> AfterSale:
    """Return a request of one's own, after what was due about it."""
    own = AfterSale.objects.of(request.user).with_item()
    asked = get_object_or_404(own, pk=after_sale_id)
    settling.settle_order(asked.item.order_id)
    return own.get(pk=asked.pk)


def _answer_not_possible(
    request: HttpRequest, item: OrderItem, asked: AfterSale | None
) -> HttpResponse:
    # Not back to this page, which would say no again and again.
    refusal = RequestOpen() if asked else NothingToAskFor()
    if wants_json(request):
        raise refusal
    if request.method == "POST" or asked is None:
        messages.error(request, str(refusal))
    return redirect(asked or item.order)


def _answer_nothing_unsent(request: HttpRequest, order: Order) -> HttpResponse:
    if wants_json(request):
        raise NothingToAskFor
    messages.error(request, str(NothingToAskFor.message))
    return redirect(order)


def _asking(form: AfterSaleForm, item: OrderItem) -> dict[str, Any]:
    quantity = form.shown_quantity()
    wished = AfterSale(item=item, kind=form.offer.kind, quantity=quantity)
    worth = worth_of(item, wished, item.order.items.in_order())
    return {"item": item, "offer": form.offer, "worth": worth, "quantity": quantity}


def _ask(request: HttpRequest, item: OrderItem, form: AfterSaleForm) -> HttpResponse:
    asked = opening.open_request(
        item=item, wish=form.wish(), pictures=form.cleaned_data["photos"]
    )
    return answer(
        request,
        to=asked,
        message=_("We have your request and answer as soon as we can."),
        data={
            "after_sale": asked.pk,
            "amount": plain(asked.amount),
            "url": asked.get_absolute_url(),
        },
    )
