"""What search engines should know of: /sitemap.xml (rows B1 and K4)."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe
from pyroaring import BitMap

from catalog.cards import address_of
from catalog.search import snapshot as snapshot_of
from catalog.versions import departments_of, version_to_keep
from shop import clock

#: Far below the 50 000 addresses and 50 MB that sitemaps.org allows a file.
PRODUCTS_A_FILE = 5000
XML = "application/xml"
#: The languages as `hreflang` names them, and as Django does.
LANGUAGES = {"zh-Hans": "zh-hans", "en": "en"}


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the pages that everybody may see, in both languages.

    With more products than a file should have it lists the files, each with a `p`.
    """
    products = _public(request)
    files = max(1, -(-len(products) // PRODUCTS_A_FILE))
    asked = request.GET.get("p", "")
    if not asked and files > 1:
        at = request.build_absolute_uri(request.path)
        context = {"files": [f"{at}?p={number}" for number in range(1, files + 1)]}
        return render(request, "catalog/sitemap_index.xml", context, XML)
    # As they are written above, and no other way.
    if asked not in ("", *map(str, range(1, files + 1))):
        raise Http404
    number = int(asked or 1)
    of_file = products[(number - 1) * PRODUCTS_A_FILE : number * PRODUCTS_A_FILE]
    pages = _pages(request, of_file, with_lists=number == 1)
    return render(request, "catalog/sitemap.xml", {"pages": pages}, XML)


def _public(request: HttpRequest) -> BitMap:
    """Return the products that shoppers may see by now."""
    visible = [category.pk for category in departments_of(request)]
    states = snapshot_of(version_to_keep(request)).states
    return states.public(visible, clock.now())


def _pages(
    request: HttpRequest, products: Iterable[int], *, with_lists: bool
) -> list[dict[str, str]]:
    """Return where each page is, by the language it is written in."""
    origin = request.build_absolute_uri("/").removesuffix("/")
    in_languages = []
    for language in LANGUAGES.values():
        with override(language):
            paths = [address_of(pk) for pk in products]
            if with_lists:
                lists = [each.get_absolute_url() for each in departments_of(request)]
                paths = [reverse("catalog:home"), *lists, *paths]
        in_languages.append([f"{origin}{path}" for path in paths])
    return [
        dict(zip(LANGUAGES, page, strict=True))
        for page in zip(*in_languages, strict=True)
    ]
