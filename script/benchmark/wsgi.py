"""The shop as production serves it, with two yardsticks beside it. Never deployed.

With BENCH_FORGETS each page of the shop is the first one after a change of the
catalogue: what a process remembers of it is forgotten. The yardsticks pass no
middleware. A request with X-Count-Queries is answered with the
number of its queries; only then are they counted, so that nobody else pays for it.
"""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import override_settings

from shop.wsgi import ShopHandler, Utf8Request

# Only once the shop is set up can its apps be read.
from catalog import versions  # isort: skip

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


FORGETS = bool(os.environ.get("BENCH_FORGETS"))


class BareRequest(Utf8Request):
    #: Django asks the request before it asks the settings.
    urlconf = "benchmark.yardsticks"


class BareHandler(ShopHandler):
    request_class = BareRequest


with override_settings(MIDDLEWARE=[]):
    bare = BareHandler()
shop = ShopHandler()


def application(
    environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """Answer by the shop, or below /-/ by a yardstick."""
    handler = bare if environ["PATH_INFO"].startswith("/-/") else shop
    if FORGETS and handler is shop:
        versions.forget()
    if "HTTP_X_COUNT_QUERIES" not in environ:
        return handler(environ, start_response)
    queries = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Queries", str(queries))], *rest)

    with connection.execute_wrapper(count):
        return handler(environ, start)
