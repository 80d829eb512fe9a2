"""Requests that say nothing of who asks: for them pages are made that all may see."""

from importlib import import_module
from io import BytesIO

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest

#: What a page's address is made of; of the headers it is the host alone.
ADDRESS = (
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "HTTP_HOST",
)


def is_stranger(request: HttpRequest) -> bool:
    """Tell whether no cookie says who asks, or what they did before."""
    return request.COOKIES.keys() <= {
        settings.CSRF_COOKIE_NAME,
        settings.LANGUAGE_COOKIE_NAME,
    }


def stranger_of(request: HttpRequest) -> HttpRequest:
    """Return a request for the same address that says nothing of who asks."""
    known = {k: v for k, v in request.META.items() if k in ADDRESS}
    known |= {k: v for k, v in request.META.items() if k.startswith("wsgi.")}
    known |= {
        "REQUEST_METHOD": "GET",
        "wsgi.input": BytesIO(),
        "wsgi.url_scheme": request.scheme,
    }
    stranger = WSGIRequest(known)
    stranger.user = AnonymousUser()
    stranger.session = import_module(settings.SESSION_ENGINE).SessionStore()
    stranger.resolver_match = request.resolver_match
    return stranger
