"""How the catalogue's words and pictures are shown."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalog import banner_pictures, rich_text, shown_stock
from catalog.banner_pictures import StoredBanner
from catalog.models import Banner, Product
from catalog.pictures import WIDTHS, StoredPicture
from shop import policy

register = template.Library()

#: The suffix of a language's columns, and its name for the attribute `lang`.
LANGUAGES = {"zh": "zh-Hans", "en": "en"}


@register.filter
def words(thing: object, field: str) -> str:
    """Show a text of `thing` in the page's language, else in the other (row K2).

    A text in the other language says so, for those who listen to the page.
    """
    language, text = _words(thing, field)
    if language == _page_language():
        return text
    return format_html('<span lang="{}">{}</span>', LANGUAGES[language], text)


@register.filter
def language_of(thing: object, field: str) -> str:
    """Return the language of what `words` shows, for the attribute `lang`."""
    return LANGUAGES[_words(thing, field)[0]]


@register.filter
def plain_words(thing: object, field: str) -> str:
    """The same without markup, for attributes and titles."""
    return words_of(thing, field)


def words_of(thing: object, field: str) -> str:
    """Return a text of `thing` in the page's language, else in the other."""
    return _words(thing, field)[1]


@register.filter
def rich_words(thing: object, field: str) -> SafeString:
    """Show a text that may hold some HTML, in the page's language, else the other."""
    return rich_text.shown(words_of(thing, field))


@register.simple_tag
def picture(
    stored: StoredPicture, sizes: str, alt: str = "", *, is_first: bool = False
) -> SafeString:
    """Draw a square picture in the width that fits; the first of a page at once."""
    width = WIDTHS[-1]
    hurry = 'fetchpriority="high"' if is_first else 'loading="lazy"'
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" {}>',
        stored.url(WIDTHS[1]),
        stored.srcset,
        sizes,
        width,
        width,
        alt,
        SafeString(hurry),
    )


@register.simple_tag
def banner_picture(banner: Banner, *, is_first: bool = False) -> SafeString:
    """Draw a banner's picture in the page's language, else in the other.

    Words that stand over it need not be said twice; others are its alternative.
    """
    stored = StoredBanner(words_of(banner, "stem"))
    width = banner_pictures.WIDTHS[-1]
    hurry = 'fetchpriority="high"' if is_first else 'loading="lazy"'
    return format_html(
        '<img src="{}" srcset="{}" sizes="(width < 80rem) 100vw, 78rem" '
        'width="{}" height="{}" alt="{}" {}>',
        stored.url(width),
        stored.srcset,
        width,
        banner_pictures.height_of(width),
        "" if banner.is_captioned else words_of(banner, "title"),
        SafeString(hurry),
    )


@register.filter
def is_public_at(product: Product, now: datetime) -> bool:
    """Tell whether shoppers may see a product that somebody kept."""
    return product.is_public(now)


@register.simple_tag
def low_stock() -> int:
    """From which stock down the page says how many are left (row C3)."""
    return policy.whole("low_stock")


@register.simple_tag(takes_context=True)
def units(context: Context, among: Collection[int], *, variant: int) -> int:
    """Return what is left of a variant; `among` are all products of the page."""
    return shown_stock.units_left(context["request"], among=among, variant=variant)


@register.simple_tag(takes_context=True)
def units_attribute(
    context: Context,
    name: str,
    among: Collection[int],
    *,
    variant: int,
    limit: int = 0,
) -> SafeString:
    """Write an attribute with what is left of a variant: never a kept number."""
    wish: dict[str, Any] = {
        "name": name,
        "among": among,
        "variant": variant,
        "limit": limit,
    }
    gap = shown_stock.gap(**wish)
    return gap or SafeString(shown_stock.attribute(context["request"], **wish))


@register.filter
def short_number(number: int) -> str:
    """Write a large count the way the page's language does: 1.2万, 12.3k."""
    if get_language() == "en":
        return f"{number / 1000:.1f}k" if number >= 10_000 else f"{number:,}"
    return f"{number / 10_000:.1f} 万" if number >= 10_000 else str(number)


@register.filter
def trimmed(number: Decimal) -> str:
    """Write a number without zeros that say nothing: 1.190 -> 1.19, 16.000 -> 16."""
    return f"{number.normalize():f}"


def _page_language() -> str:
    return "en" if get_language() == "en" else "zh"


def _words(thing: object, field: str) -> tuple[str, str]:
    first = _page_language()
    second = "zh" if first == "en" else "en"
    for language in (first, second):
        text = getattr(thing, f"{field}_{language}")
        if text:
            return language, str(text)
    return first, ""
