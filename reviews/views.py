"""What a buyer has to review and has reviewed; the page of one review."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews.forms import ReviewForm
from reviews.models import Review
from reviews.refusals import AlreadyWritten
from reviews.services import write_review
from shop.answers import answer, answer_errors
from shop.decorators import form_page, login_required

PAGE_SIZE = 20


@require_safe
@never_cache
@login_required
def review_list(request: HttpRequest) -> HttpResponse:
    """All that I received: first what waits for a review, then what has one."""
    own = Review.objects.of(request.user).with_what_is_shown().pending_first()
    page = Paginator(own, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "reviews/review_list.html", {"page": page})


@form_page
@never_cache
@login_required
def review_detail(request: HttpRequest, item_id: int) -> HttpResponse:
    """The review of one item: to write it once, then to read it."""
    own = Review.objects.of(request.user).with_what_is_shown()
    review = get_object_or_404(own, item__id=item_id)
    page, context = "reviews/review_detail.html", {"review": review}
    if request.method != "POST":
        return render(request, page, {"form": ReviewForm(), **context})
    if review.is_written:
        raise AlreadyWritten
    form = ReviewForm(request.POST, request.FILES)
    if not form.is_valid():
        return answer_errors(request, form, page, context)
    write_review(
        review=review, opinion=form.opinion(), pictures=form.cleaned_data["photos"]
    )
    return answer(
        request,
        to=review,
        message=_("Thank you! Your review is on the product's page now."),
        data={"url": review.get_absolute_url()},
    )
