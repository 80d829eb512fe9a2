"""Tags and filters of the whole shop; built in, no `{% load %}` needed."""

from decimal import Decimal
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from shop import money as money_module
from shop.answers import page_of

register = template.Library()


@register.filter
def money(amount: Decimal) -> str:
    """Write money for people: `¥6,999.00`."""
    return money_module.shown(amount)


@register.filter
def plain_money(amount: Decimal) -> str:
    """Write money for machines: `6999.00`."""
    return money_module.plain(amount)


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; with a label it speaks, without it is silent."""
    sprite = static("img/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            label,
            sprite,
            name,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name
    )


@register.simple_tag(takes_context=True)
def address_in(context: template.Context, language: str) -> str:
    """Return the address of this same page in another language."""
    page, present = page_of(context["request"]), get_language() or ""
    if language == present:
        return page
    path, mark, query = page.partition("?")
    return _translated(path, present, language) + mark + query


@lru_cache(maxsize=10_000)
def _translated(path: str, present: str, language: str) -> str:
    # Which address a path has depends on the language that it is resolved in.
    return translate_url(path, language)
