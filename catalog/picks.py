"""What somebody has picked to compare, in a cookie of its own (row B11)."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from catalog.models import Product
from catalog.refusals import CompareFull, OtherCategory
from shop import clock

#: So many stand side by side.
MOST = 4
#: More characters have no number of a product.
LONGEST_KEY = 18
#: More of them than this are no shopper's.
MOST_READ = 20
AGE = 24 * 3600  # seconds


@dataclass(frozen=True)
class Picks:
    """The products picked, in the order of picking."""

    ids: list[int]

    @property
    def url(self) -> str:
        return address_of(self.ids)

    @property
    def most(self) -> int:
        return MOST


def picks_of(request: HttpRequest) -> Picks:
    """Return what whoever asks has picked. Anybody may write such a cookie."""
    cookie = request.COOKIES.get(settings.COMPARE_COOKIE_NAME, "")
    return Picks(read_keys(cookie.split("."))[:MOST])


def add(picks: Picks, product: Product) -> Picks:
    """Pick one more. Raises CompareFull, or OtherCategory beside what is there."""
    if product.pk in picks.ids:
        return picks
    # What was taken off the shelf meanwhile makes room.
    public = Product.objects.public(clock.now()).filter(pk__in=picks.ids)
    categories = dict(public.values_list("pk", "category_id"))
    if set(categories.values()) - {product.category_id}:
        raise OtherCategory
    ids = [pk for pk in picks.ids if pk in categories]
    if len(ids) >= MOST:
        raise CompareFull
    return Picks([*ids, product.pk])


def remove(picks: Picks, product_id: int) -> Picks:
    """Put one back."""
    return Picks([pk for pk in picks.ids if pk != product_id])


def keep(response: HttpResponse, picks: Picks) -> None:
    """Let the browser keep what is picked now."""
    if not picks.ids:
        response.delete_cookie(settings.COMPARE_COOKIE_NAME, samesite="Lax")
        return
    response.set_cookie(
        settings.COMPARE_COOKIE_NAME,
        ".".join(str(pk) for pk in picks.ids),
        max_age=AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def address_of(ids: list[int], **more: str) -> str:
    """Return the address that shows these side by side, for everybody."""
    query = urlencode([*(("p", pk) for pk in ids), *more.items()])
    return f"{reverse('catalog:compare')}?{query}"


def read_keys(words: list[str]) -> list[int]:
    """Read products' numbers, each once, and leave out what is none."""
    numbers = [
        int(word)
        for word in words[:MOST_READ]
        if word.isdecimal() and len(word) <= LONGEST_KEY
    ]
    return list(dict.fromkeys(numbers))
