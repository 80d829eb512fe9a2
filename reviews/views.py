"""What a buyer has to review and has reviewed; what everybody finds helpful."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import account_of
from accounts.throttle import reserve_hourly
from catalog.forms import SwitchForm
from catalog.refusals import BadRequest
from reviews import services
from reviews.forms import EditForm, FollowUpForm, ReviewForm
from reviews.models import FollowUp, Review
from reviews.own import tabs_of
from reviews.refusals import AlreadyChanged, AlreadyWritten, TooLateToChange
from shop import clock
from shop.answers import answer, answer_errors, page_of
from shop.decorators import form_page, login_required, require_POST

PAGE_SIZE = 20
PAGE = "reviews/review_detail.html"
HELD = _("Thank you! Somebody reads it before others can.")


@require_safe
@never_cache
@login_required
def review_list(request: HttpRequest) -> HttpResponse:
    """All that I received: what waits for a review, the most urgent first, and had."""
    services.praise_overdue_of(account_of(request).pk)
    own = Review.objects.of(request.user)
    tabs = tabs_of(own, request.GET.get("status", ""))
    shown = tabs.rows.with_what_is_shown().with_links(clock.now())
    rows = shown.pending_first()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "reviews/review_list.html", {"page": page, "tabs": tabs})


@form_page
@never_cache
@login_required
def review_detail(request: HttpRequest, item_id: int) -> HttpResponse:
    """The review of one item: to write it, to read it, to add something later."""
    review = _own(request, item_id)
    if request.method == "POST":
        return _write(request, review)
    form = ReviewForm() if review.is_pending else FollowUpForm()
    return render(request, PAGE, {"form": form, **_context(review)})


def _write(request: HttpRequest, review: Review) -> HttpResponse:
    if not review.is_pending:
        return _follow_up(request, review)
    form = ReviewForm(request.POST, request.FILES)
    if not form.is_valid():
        return answer_errors(request, form, PAGE, _context(review))
    state = services.write_review(
        review=review, opinion=form.opinion(), pictures=form.cleaned_data["photos"]
    )
    said = _("Thank you! Your review is on the product's page now.")
    return _thanks(request, review, HELD if state == Review.State.HELD else said)


def _follow_up(request: HttpRequest, review: Review) -> HttpResponse:
    # The first form again, sent twice: never what its writer wants to add.
    if "rating" in request.POST and review.is_by_buyer:
        raise AlreadyWritten
    services.refuse_follow_up(review)
    form = FollowUpForm(request.POST)
    if not form.is_valid():
        return answer_errors(request, form, PAGE, _context(review))
    state = services.write_follow_up(review=review, body=form.cleaned_data["body"])
    said = _("Thank you! What you added is on the product's page now.")
    return _thanks(request, review, HELD if state == FollowUp.State.HELD else said)


@form_page
@never_cache
@login_required
def review_edit(request: HttpRequest, item_id: int) -> HttpResponse:
    """Change one's review: once, and within its time."""
    review = _own(request, item_id)
    if not review.can_be_changed_at(clock.now()):
        raise AlreadyChanged if review.edited_at else TooLateToChange
    page, context = "reviews/review_edit.html", _context(review)
    if request.method != "POST":
        return render(request, page, {"form": EditForm(review), **context})
    form = EditForm(review, request.POST, request.FILES)
    if not form.is_valid():
        return answer_errors(request, form, page, context)
    state = services.edit_review(
        review=review,
        opinion=form.opinion(),
        pictures=form.cleaned_data["photos"],
        taken_out=form.cleaned_data["taken_out"],
    )
    said = _("Your review is changed.")
    return _thanks(request, review, HELD if state == Review.State.HELD else said)


@require_POST
@never_cache
@login_required
def review_helpful(request: HttpRequest, public_id: str) -> HttpResponse:
    """Find somebody's review helpful, or take that back."""
    form = SwitchForm(request.POST)
    if not form.is_valid():
        raise BadRequest.of(form)
    review = get_object_or_404(Review.objects.written(), public_id=public_id)
    user_id = account_of(request).pk
    reserve_hourly("votes", str(user_id), "helpful_votes_hourly")
    vote = services.set_vote(user_id=user_id, review_id=review.pk, wish=form.wish)
    said = _("Thank you, that helps others.") if vote.is_helpful else _("Taken back.")
    return answer(
        request,
        to=f"{page_of(request)}#review-{public_id}",
        message=said,
        data={"is_helpful": vote.is_helpful, "count": vote.count},
    )


def _own(request: HttpRequest, item_id: int) -> Review:
    own = Review.objects.of(request.user).with_what_is_shown()
    own = own.with_links(clock.now())
    review = get_object_or_404(own, item__id=item_id)
    if not review.is_pending:
        return review
    # Whoever comes late finds what the clock would have done.
    services.praise_overdue([review.pk])
    return own.get(pk=review.pk)


def _context(review: Review) -> dict[str, object]:
    now = clock.now()
    return {
        "review": review,
        "can_be_changed": review.can_be_changed_at(now),
        "can_be_followed_up": review.can_be_followed_up_at(now),
    }


def _thanks(
    request: HttpRequest, review: Review, message: str | Promise
) -> HttpResponse:
    url = review.get_absolute_url()
    return answer(request, to=review, message=message, data={"url": url})
