"""Hiding and showing many reviews: first what would happen, then the deed (row I4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reviews import services
from reviews.admin.forms import HideForm
from reviews.models import Review
from shop.refusals import Refusal

Page = ModelAdmin[Review]


@dataclass(frozen=True)
class Plan:
    """What would become of the chosen reviews; each that stays, with the reason."""

    changed: list[Review]
    skipped: list[tuple[Review, str | Promise]]


def hide_chosen(
    page: Page, request: HttpRequest, chosen: "QuerySet[Review]"
) -> HttpResponse | None:
    """Hide the chosen reviews, once one has seen which."""
    plan = _plan(chosen, may=lambda review: not review.is_hidden)
    form = HideForm(request.POST if "apply" in request.POST else None)
    if not form.is_valid():
        title = _("Hide reviews")
        return _preview(page, request, plan, "hide_chosen", title, form)
    reason = form.cleaned_data["reason"]
    _apply(
        page,
        request,
        plan,
        lambda pk: services.hide_review(review_id=pk, reason=reason),
    )
    return None


def show_chosen(
    page: Page, request: HttpRequest, chosen: "QuerySet[Review]"
) -> HttpResponse | None:
    """Show the chosen reviews, once one has seen which."""
    plan = _plan(chosen, may=lambda review: not review.is_written)
    if "apply" not in request.POST:
        return _preview(page, request, plan, "show_chosen", _("Show reviews"), None)
    _apply(page, request, plan, lambda pk: services.show_review(review_id=pk))
    return None


def _plan(chosen: "QuerySet[Review]", may: Callable[[Review], bool]) -> Plan:
    changed: list[Review] = []
    skipped: list[tuple[Review, str | Promise]] = []
    for review in chosen.select_related("product", "user").order_by("pk"):
        if not review.is_by_buyer:
            skipped.append((review, gettext_lazy("nobody wrote anything")))
        elif may(review):
            changed.append(review)
        else:
            skipped.append((review, gettext_lazy("it is so already")))
    return Plan(changed, skipped)


def _preview(
    page: Page,
    request: HttpRequest,
    plan: Plan,
    action: str,
    title: str,
    form: HideForm | None,
) -> HttpResponse:
    context: dict[str, Any] = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": title,
        "plan": plan,
        "action": action,
        "form": form,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/reviews/review/bulk.html", context)


def _apply(
    page: Page, request: HttpRequest, plan: Plan, deed: Callable[[int], object]
) -> None:
    """Do it row by row, each in a transaction of its own; then report."""
    done = 0
    for review in plan.changed:
        try:
            deed(review.pk)
        except Refusal as refusal:
            messages.warning(request, f"{review}: {refusal}")
            continue
        page.log_change(request, review, request.POST["action"])
        done += 1
    said = ngettext("%(number)d review changed.", "%(number)d reviews changed.", done)
    messages.success(request, said % {"number": done})
    if plan.skipped:
        left = ngettext(
            "%(number)d stayed as it was.",
            "%(number)d stayed as they were.",
            len(plan.skipped),
        )
        messages.info(request, left % {"number": len(plan.skipped)})
