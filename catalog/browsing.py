"""Who has looked at what: an account's rows, a visitor's signed cookie (row B10)."""

from collections.abc import Sequence

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from catalog.models import HistoryEntry, Product
from catalog.services import history, settle_products
from catalog.services.history import KEPT

SALT = "catalog.browsing"
AGE = 90 * 24 * 3600  # seconds
HIGHEST_KEY = 2**63 - 1


def remember(request: HttpRequest, response: HttpResponse, product_id: int) -> None:
    """Note that whoever asks has looked at a product; a page fetched ahead is no look.

    Writes for an account, and into the answer to a visitor. Never raises.
    """
    if request.method != "GET" or _is_fetched_ahead(request):
        return
    if request.user.is_authenticated:
        history.note(user_id=request.user.pk, product_id=product_id)
        return
    before = ids_of_visitor(request)
    after = [product_id, *(pk for pk in before if pk != product_id)][:KEPT]
    if after != before:
        write_ids(response, after)


def products_of(request: HttpRequest) -> list[Product]:
    """Return what whoever asks has looked at, the newest first, public or not."""
    user_id = request.user.pk
    ids = ids_of_visitor(request) if user_id is None else _ids_of_account(user_id)
    products = Product.objects.select_related("category").defer(
        "description_zh", "description_en"
    )
    found = products.in_bulk(ids)
    settle_products(found.values())
    return [found[pk] for pk in ids if pk in found]


def forget(
    request: HttpRequest, response: HttpResponse, product_id: int | None
) -> None:
    """Forget one product, or without it everything."""
    if request.user.is_authenticated:
        history.forget(user_id=request.user.pk, product_id=product_id)
        return
    left = [pk for pk in ids_of_visitor(request) if product_id not in (None, pk)]
    if left:
        write_ids(response, left)
    else:
        delete_cookie(response)


def ids_of_visitor(request: HttpRequest) -> list[int]:
    """Return the products in the cookie, the newest first; none of what is forged."""
    cookie = request.COOKIES.get(settings.HISTORY_COOKIE_NAME, "")
    try:
        ids = signing.loads(cookie, salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return []
    return list(dict.fromkeys(pk for pk in ids if 0 < pk <= HIGHEST_KEY))[:KEPT]


def write_ids(response: HttpResponse, ids: Sequence[int]) -> None:
    """Let a visitor's browser keep these; at most some 1500 bytes."""
    response.set_cookie(
        settings.HISTORY_COOKIE_NAME,
        signing.dumps(list(ids), salt=SALT),
        max_age=AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def delete_cookie(response: HttpResponseBase) -> None:
    response.delete_cookie(settings.HISTORY_COOKIE_NAME, samesite="Lax")


def _ids_of_account(user_id: int) -> list[int]:
    entries = HistoryEntry.objects.of(user_id).newest_first()
    return list(entries.values_list("product_id", flat=True)[:KEPT])


def _is_fetched_ahead(request: HttpRequest) -> bool:
    names = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
    said = " ".join(request.headers.get(name, "") for name in names).lower()
    return any(word in said for word in ("prefetch", "prerender", "preview"))
