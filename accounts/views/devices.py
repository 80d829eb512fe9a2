"""The devices signed in, and signing them out."""

from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import devices
from accounts.requests import account_of
from accounts.services import devices as services
from shop.answers import answer
from shop.decorators import login_required, require_POST

LIST = "accounts:session-list"


@require_safe
@never_cache
@login_required
def session_list(request: HttpRequest) -> HttpResponse:
    """All devices, this one first."""
    shown = devices.devices_of(account_of(request), request.session.session_key)
    return render(request, "accounts/session_list.html", {"devices": shown})


@require_POST
@never_cache
@login_required
def session_end(request: HttpRequest) -> HttpResponse:
    """Sign out one device, or with `others` all but this one."""
    if "others" in request.POST:
        return _end_others(request)
    found = devices.find(account_of(request), request.POST.get("session", ""))
    if found is None:
        raise Http404
    if found.session_key == request.session.session_key:
        auth.logout(request)
        return answer(request, to="catalog:home", message=_("You are signed out."))
    services.end_device(found)
    return answer(request, to=LIST, message=_("That device is signed out."))


def _end_others(request: HttpRequest) -> HttpResponse:
    ended = services.end_other_devices(
        user=account_of(request), keep_session=request.session.session_key or ""
    )
    text = ngettext(
        "%(number)d other device is signed out.",
        "%(number)d other devices are signed out.",
        ended,
    )
    return answer(request, to=LIST, message=text % {"number": ended})
