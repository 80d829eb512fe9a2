"""The buttons on a request's page, and on its order's: each calls the shop's service.

What moves money asks for the password again, if it was not typed lately (row A13).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.fresh_login import fresh_login_required
from accounts.requests import account_of
from orders.forms.after_sales import AgreeForm, FateForm, RefuseForm
from orders.forms.shipping import NumberForm
from orders.models import AfterSale
from orders.services.after_sales import answering, returning
from orders.states import AfterSaleState
from shop.answers import safe_next
from shop.decorators import require_POST
from shop.refusals import Refusal

DECIDE = "orders.decide_aftersale"

Page = ModelAdmin[AfterSale]


@dataclass(frozen=True)
class Deed:
    """A button: when it is there, what is typed with it, what it does and says."""

    name: str
    title: str | Promise
    button: str | Promise
    form: Callable[..., Form]
    is_possible: Callable[[AfterSale], bool]
    do: Callable[[AfterSale, Any, int], None]
    said: str | Promise
    #: It may send money, so it wants a fresh login.
    is_money: bool = False

    @property
    def url_name(self) -> str:
        return f"admin:orders_aftersale_{self.name}"


@dataclass(frozen=True)
class Offered:
    """A deed that is possible now, with its empty form."""

    deed: Deed
    form: Form


def _agree(asked: AfterSale, form: AgreeForm, by_id: int) -> None:
    fate = form.fate() if asked.is_before_shipping else None
    answering.agree(request=asked, by_id=by_id, fate=fate)


def _refuse(asked: AfterSale, form: RefuseForm, by_id: int) -> None:
    reason = form.cleaned_data["reason"]
    answering.refuse(request=asked, reason=reason, by_id=by_id)


def _confirm(asked: AfterSale, form: FateForm, by_id: int) -> None:
    fate = form.fate()
    if fate is not None:
        returning.confirm(request=asked, fate=fate, by_id=by_id)


def _miss(asked: AfterSale, form: Form, by_id: int) -> None:
    returning.miss(request=asked, by_id=by_id)


def _replace(asked: AfterSale, form: NumberForm, by_id: int) -> None:
    returning.replace(request=asked, by_id=by_id, **form.parcel())


def _refund(asked: AfterSale, form: Form, by_id: int) -> None:
    returning.refund_instead(request=asked, by_id=by_id)


DEEDS = (
    Deed(
        "agree",
        gettext_lazy("Agree"),
        gettext_lazy("Agree"),
        AgreeForm,
        lambda asked: asked.state == AfterSaleState.REQUESTED,
        _agree,
        gettext_lazy("The request is agreed to."),
        is_money=True,
    ),
    Deed(
        "confirm",
        gettext_lazy("The goods have come back"),
        gettext_lazy("Confirm the goods"),
        FateForm,
        lambda asked: asked.goods_wait or asked.parcel_may_come_back,
        _confirm,
        gettext_lazy("The goods are put away."),
        is_money=True,
    ),
    Deed(
        "missing",
        gettext_lazy("The goods do not come back"),
        gettext_lazy("Wait no longer"),
        Form,
        lambda asked: asked.may_be_missing,
        _miss,
        gettext_lazy("Nobody waits for these goods any more."),
    ),
    Deed(
        "replace",
        gettext_lazy("Send the replacement"),
        gettext_lazy("Send the replacement"),
        NumberForm,
        lambda asked: asked.waits_for_replacement,
        _replace,
        gettext_lazy("The replacement is on its way."),
    ),
    Deed(
        "refund",
        gettext_lazy("There is no other one to send"),
        gettext_lazy("Refund it instead"),
        Form,
        lambda asked: asked.waits_for_replacement,
        _refund,
        gettext_lazy("The money goes back instead."),
        is_money=True,
    ),
    Deed(
        "refuse",
        gettext_lazy("Refuse"),
        gettext_lazy("Refuse"),
        RefuseForm,
        lambda asked: asked.can_be_refused,
        _refuse,
        gettext_lazy("The request is refused."),
    ),
)


def may_decide(request: HttpRequest) -> bool:
    return account_of(request).has_perms(["orders.view_aftersale", DECIDE])


def offered(request: HttpRequest, asked: AfterSale) -> list[Offered]:
    """Return the buttons that a member of staff has about a request."""
    if not may_decide(request):
        return []
    return list(_possible(asked))


def _possible(asked: AfterSale) -> Iterator[Offered]:
    for deed in DEEDS:
        if deed.is_possible(asked):
            yield Offered(deed, _form_of(deed, asked))


def _form_of(deed: Deed, asked: AfterSale) -> Form:
    form = deed.form()
    if deed.form is AgreeForm and not asked.is_before_shipping:
        # There are no goods yet whose fate could be decided.
        form.fields.clear()
    # Several of them stand on one page.
    form.auto_id = f"id_{deed.name}_{asked.pk}_%s"
    return form


def view_of(page: Page, deed: Deed) -> Callable[..., HttpResponse]:
    """Make an admin view of a deed: POST only; a refusal becomes a message."""

    @wraps(deed.do)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        if not may_decide(request):
            raise PermissionDenied
        asked = get_object_or_404(AfterSale.objects.with_item(), pk=pk)
        form = deed.form(request.POST)
        if not form.is_valid():
            return _again(page, request, asked, Offered(deed, form))
        try:
            deed.do(asked, form, account_of(request).pk)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            page.log_change(request, asked, str(deed.said))
            messages.success(request, str(deed.said))
        return _back(request, asked)

    guarded = fresh_login_required(view) if deed.is_money else view
    return require_POST(guarded)


def _again(
    page: Page, request: HttpRequest, asked: AfterSale, offered: Offered
) -> HttpResponse:
    """Show the form once more, with its errors and what was typed."""
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": str(asked),
        "original": asked,
        "asked": asked,
        "offered": [offered],
        "back_to": _page_of(request, asked),
    }
    return TemplateResponse(request, "admin/orders/aftersale/deed.html", context)


def _back(request: HttpRequest, asked: AfterSale) -> HttpResponse:
    return redirect(_page_of(request, asked))


def _page_of(request: HttpRequest, asked: AfterSale) -> str:
    # The order's page has the buttons, too.
    page = reverse("admin:orders_aftersale_change", args=[asked.pk])
    return safe_next(request, page)
