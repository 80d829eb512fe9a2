"""Many orders shipped at once: choose or paste, look, then send (rows F7, I4, M8)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.requests import account_of
from orders.admin.deeds import SHIP, has_right, refuse_without
from orders.forms.parcel_lists import MOST_LINES, ParcelListForm
from orders.models import Order
from orders.services import parcel_lists
from orders.services.parcel_lists import Outcome
from shop.decorators import form_page

Page = ModelAdmin[Order]
LIST = "admin:orders_order_changelist"


class ShipsMany:
    """Adds the page, and the action that leads there with the chosen orders."""

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        guard: Any = self.admin_site.admin_view  # type: ignore[attr-defined]
        view = guard(_view_of(self))
        return [path("ship-many/", view, name="orders_order_ship_many"), *urls]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"may_ship": has_right(request, SHIP), **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[misc]

    def has_ship_permission(self, request: HttpRequest) -> bool:
        return has_right(request, SHIP)

    @admin.action(description=gettext_lazy("Ship …"), permissions=["ship"])
    def ship_chosen(
        self, request: HttpRequest, chosen: "QuerySet[Order]"
    ) -> HttpResponse:
        """Go to the page with a line for each chosen order, the longest waiting first.

        What cannot be shipped stands there with the reason.
        """
        rows = chosen.order_by("ship_by", "pk").values_list("number", flat=True)
        numbers = list(rows[: MOST_LINES + 1])
        if len(numbers) > MOST_LINES:
            text = _("Only the first %(most)d orders are here.")
            messages.warning(request, text % {"most": MOST_LINES})
        typed = [f"{number}, " for number in numbers[:MOST_LINES]]
        form = ParcelListForm({"lines": "\n".join(typed)})
        return _look(request, self, form)


def _view_of(page: Any) -> Callable[[HttpRequest], HttpResponse]:
    @form_page
    def ship_many(request: HttpRequest) -> HttpResponse:
        refuse_without(request, SHIP)
        if request.method != "POST":
            return _show(request, page, ParcelListForm())
        form = ParcelListForm(request.POST, request.FILES)
        if "apply" in request.POST and form.is_valid():
            return _send(request, page, form)
        return _look(request, page, form)

    return ship_many


def _look(request: HttpRequest, page: Any, form: ParcelListForm) -> HttpResponse:
    """Show what each line would do."""
    if not form.is_valid():
        return _show(request, page, form)
    outcomes = parcel_lists.look(form.parcels())
    again = ParcelListForm.showing(form.typed(), form.cleaned_data["carrier"])
    return _show(request, page, again, outcomes)


def _send(request: HttpRequest, page: Page, form: ParcelListForm) -> HttpResponse:
    """Send what was looked at; lines that are refused stay here to be put right."""
    by_id = account_of(request).pk
    seen = request.POST.getlist("seen")
    outcomes = parcel_lists.send(form.parcels(), seen=seen, by_id=by_id)
    sent = [outcome.parcel for outcome in outcomes if outcome.is_sent]
    for parcel in filter(None, sent):
        named = f"{parcel.carrier.label} {parcel.tracking_number}"
        said = _("The parcel is on its way: %(parcel)s.") % {"parcel": named}
        page.log_change(request, parcel.order, said)
    if sent:
        said = ngettext(
            "%(number)d order shipped.", "%(number)d orders shipped.", len(sent)
        )
        messages.success(request, said % {"number": len(sent)})
    left = [outcome for outcome in outcomes if outcome.refusal]
    if not left:
        return redirect(LIST)
    typed = [form.typed()[outcome.line.place - 1] for outcome in left]
    again = ParcelListForm.showing(typed, form.cleaned_data["carrier"])
    return _show(request, page, again, left)


def _show(
    request: HttpRequest,
    page: Page,
    form: ParcelListForm,
    outcomes: Sequence[Outcome] = (),
) -> HttpResponse:
    ready = sum(1 for outcome in outcomes if not outcome.refusal)
    unclear = sum(1 for outcome in outcomes if outcome.is_unclear)
    context: dict[str, Any] = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": _("Ship many orders"),
        "form": form,
        "outcomes": outcomes,
        "ready": ready,
        "unclear": unclear,
        "refused": len(outcomes) - ready - unclear,
        "most": MOST_LINES,
    }
    return TemplateResponse(request, "admin/orders/order/ship_many.html", context)
