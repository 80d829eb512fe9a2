"""The buttons on a review's page in the admin: each calls a service."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.requests import account_of
from reviews import services
from reviews.admin.forms import HideForm, ReplyForm
from reviews.models import Review
from reviews.refusals import WordsInReply
from shop.decorators import require_POST
from shop.refusals import Refusal

REPLY, MODERATE = "reviews.reply_review", "reviews.moderate_review"

Page = ModelAdmin[Review]
Deed = Callable[[Page, HttpRequest, Review], HttpResponse]


def has_right(request: HttpRequest, right: str) -> bool:
    return account_of(request).has_perms(["reviews.view_review", right])


def forms_for(request: HttpRequest, review: Review) -> dict[str, Any]:
    """Return what may be done to a review now, by name."""
    follow_up = getattr(review, "follow_up", None)
    answered = getattr(review, "reply", None)
    found: dict[str, Any] = {}
    if has_right(request, REPLY) and (review.is_by_buyer or follow_up):
        said = {"body": answered.body} if answered else {}
        found["reply_form"] = ReplyForm(initial=said)
    if not has_right(request, MODERATE):
        return found
    if review.is_by_buyer:
        found["hide_form"] = None if review.is_hidden else HideForm()
        found["may_show"] = not review.is_written
    if follow_up:
        form = HideForm(auto_id="id_later_%s")
        found["hide_follow_up_form"] = None if follow_up.is_hidden else form
        found["may_show_follow_up"] = not follow_up.is_shown
    return found


def deed_of(page: Page, right: str, deed: Deed) -> Callable[..., HttpResponse]:
    """Make an admin view of a deed: POST only; a refusal becomes a message."""

    @require_POST
    @wraps(deed)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        review = get_object_or_404(Review, pk=pk)
        if not has_right(request, right):
            raise PermissionDenied
        try:
            return deed(page, request, review)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:reviews_review_change", pk)

    return view


def reply(page: Page, request: HttpRequest, review: Review) -> HttpResponse:
    """Reply to a review, or change the reply."""
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _again(page, request, review, reply_form=form)
    by_id, body = account_of(request).pk, form.cleaned_data["body"]
    try:
        services.write_reply(review_id=review.pk, body=body, by_id=by_id)
    except WordsInReply as refusal:
        form.add_error("body", str(refusal))
        return _again(page, request, review, reply_form=form)
    return _done(page, request, review, _("The reply is on the product's page."))


def hide(page: Page, request: HttpRequest, review: Review) -> HttpResponse:
    """Hide a review; its author reads the reason."""
    form = HideForm(request.POST)
    if not form.is_valid():
        return _again(page, request, review, hide_form=form)
    services.hide_review(review_id=review.pk, reason=form.cleaned_data["reason"])
    return _done(page, request, review, _("The review is hidden."))


def show(page: Page, request: HttpRequest, review: Review) -> HttpResponse:
    """Show a review that was held or hidden."""
    services.show_review(review_id=review.pk)
    return _done(page, request, review, _("The review is shown."))


def hide_follow_up(page: Page, request: HttpRequest, review: Review) -> HttpResponse:
    """Hide a follow-up; its author reads the reason."""
    form = HideForm(request.POST)
    if not form.is_valid():
        return _again(page, request, review, hide_follow_up_form=form)
    reason = form.cleaned_data["reason"]
    services.hide_follow_up(review_id=review.pk, reason=reason)
    return _done(page, request, review, _("The follow-up is hidden."))


def show_follow_up(page: Page, request: HttpRequest, review: Review) -> HttpResponse:
    """Show a follow-up that was held or hidden."""
    services.show_follow_up(review_id=review.pk)
    return _done(page, request, review, _("The follow-up is shown."))


#: Each with the part of its address, and the right to it.
DEEDS: tuple[tuple[str, str, Deed], ...] = (
    ("reply", REPLY, reply),
    ("hide", MODERATE, hide),
    ("show", MODERATE, show),
    ("hide-follow-up", MODERATE, hide_follow_up),
    ("show-follow-up", MODERATE, show_follow_up),
)


def _again(
    page: Page, request: HttpRequest, review: Review, **forms: Form
) -> HttpResponse:
    """Show the form once more, with its errors and what was typed."""
    context: dict[str, Any] = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": str(review),
        "original": review,
        **forms,
    }
    return TemplateResponse(request, "admin/reviews/review/deed.html", context)


def _done(page: Page, request: HttpRequest, review: Review, said: str) -> HttpResponse:
    page.log_change(request, review, said)
    messages.success(request, said)
    return redirect("admin:reviews_review_change", review.pk)
