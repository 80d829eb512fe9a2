"""What stands above a view: first the method (405), then the question of login."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.views.decorators import http
from django_htmx.http import HttpResponseClientRedirect

from shop.answers import page_of, wants_json
from shop.refusals import LoginRequired

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

#: A page with a form that posts to its own address.
form_page = http.require_http_methods(["GET", "HEAD", "POST"])


def require_POST(view: View[P]) -> View[P]:
    """Let only POST through; mark the view as a deed, which is no page to return to."""
    guarded = http.require_POST(view)
    guarded.is_deed = True  # type: ignore[attr-defined]
    return guarded


def login_required(view: View[P]) -> View[P]:
    """Send a visitor to the login page, or answer 401 to who asks for JSON.

    For htmx the whole page goes there, as it would put a redirect's answer into a
    corner of the present one.
    """

    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if wants_json(request):
            raise LoginRequired
        query = urlencode({"next": page_of(request)})
        address = f"{resolve_url(settings.LOGIN_URL)}?{query}"
        if "HX-Request" in request.headers:
            return HttpResponseClientRedirect(address)
        return redirect(address)

    return guarded
