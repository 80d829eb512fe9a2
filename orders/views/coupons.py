"""A shopper's coupons: those in hand, those to claim, claiming by code."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import account_of
from orders.forms.coupons import ClaimForm
from orders.models import ClaimedCoupon, Coupon
from orders.services import coupons, settling
from shop import clock
from shop.answers import answer, answer_errors, safe_next
from shop.decorators import login_required, require_POST

LIST = "orders:coupon-list"
#: So many used ones and over ones are shown; the newest matter.
SHOWN = 30


@require_safe
@never_cache
@login_required
def coupon_list(request: HttpRequest) -> HttpResponse:
    """My coupons: to use, used, over; and those that everybody may claim."""
    settling.settle_orders_of(request.user)
    return render(request, "orders/coupon_list.html", _page(request, ClaimForm()))


@require_POST
@never_cache
@login_required
def coupon_claim(request: HttpRequest) -> HttpResponse:
    """Claim a coupon by its code."""
    form = ClaimForm(request.POST)
    if not form.is_valid():
        page = _page(request, form)
        return answer_errors(request, form, "orders/coupon_list.html", page)
    user = account_of(request)
    claimed = coupons.claim_counted(user=user, code=form.cleaned_data["code"])
    return answer(
        request,
        to=safe_next(request, LIST),
        message=_("The coupon is yours."),
        data={"code": claimed.coupon.code},
    )


def _page(request: HttpRequest, form: ClaimForm) -> dict[str, Any]:
    own, now = ClaimedCoupon.objects.claimed_by(request.user).with_terms(), clock.now()
    return {
        "form": form,
        "now": now,
        "usable": own.usable_at(now),
        "offered": Coupon.objects.offered_to(request.user, now).select_related(
            "category"
        ),
        "used": own.used()[:SHOWN],
        "over": own.over_at(now)[:SHOWN],
    }
