"""Being told that something is back or costs less: asking for it, and the list."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog import services
from catalog.alerts import find, is_muted
from catalog.favourites import account_of
from catalog.forms import AlertForm
from catalog.models import Alert
from catalog.refusals import BadRequest
from catalog.services.alerts import set_alert, take_back_alert
from shop import clock
from shop.answers import answer, page_of
from shop.decorators import login_required, require_POST

PER_PAGE = 20


@require_POST
@never_cache
@login_required
def alert_set(request: HttpRequest, product_id: int) -> HttpResponse:
    """Ask to be told of something about a variant, or take it back (`on=0`)."""
    form = AlertForm(request.POST)
    if not form.is_valid():
        raise BadRequest.of(form)
    user_id, kind = account_of(request), form.kind_wished
    is_on = form.wish is not False
    variant = find(user_id, product_id, form.variant_id, clock.now())
    if variant is None:
        raise Http404
    if is_on:
        set_alert(user_id=user_id, variant=variant, kind=kind)
    else:
        take_back_alert(user_id=user_id, variant_id=variant.pk, kind=kind)
    return answer(
        request,
        to=page_of(request),
        message=_said(kind, is_on=is_on),
        data={"kind": kind, "is_on": is_on},
    )


@require_safe
@never_cache
@login_required
def alert_list(request: HttpRequest) -> HttpResponse:
    """What one waits for, and what one was told of, the newest first."""
    own = Alert.objects.of(request.user.pk).with_products().newest_first()
    page = Paginator(own, PER_PAGE).get_page(request.GET.get("page"))
    services.settle_variants(alert.variant for alert in page)
    context = {"page": page, "is_muted": is_muted(request.user.pk)}
    return render(request, "catalog/alert_list.html", context)


def _said(kind: Alert.Kind, *, is_on: bool) -> str:
    if not is_on:
        return _("We will not tell you any more.")
    if kind == Alert.Kind.RESTOCK:
        return _("We will tell you as soon as it is back.")
    return _("We will tell you when it costs less.")
