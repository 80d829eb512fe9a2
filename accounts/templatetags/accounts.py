"""Tags that show accounts: `{% load accounts %}`."""

import re

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import format_html, format_html_join, urlize
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from shop.models import OutgoingMessage

register = template.Library()

#: The words of a message that are addresses, and what a page calls them.
ADDRESSES = {"address": _("Have a look"), "off": _("Switch them off")}


@register.simple_tag
def avatar(user: User, size: int = 40) -> SafeString:
    """Draw an account's picture, or the default one.

    It is silent to screen readers: the name stands beside it.
    """
    if user.avatar:
        address = f"{settings.MEDIA_URL}{user.avatar}?v={user.avatar_version}"
    else:
        address = static("img/avatar.webp")
    return format_html(
        '<img class="avatar" data-test="avatar" src="{}" '
        'width="{}" height="{}" alt="">',
        address,
        size,
        size,
    )


@register.filter
def linked(message: OutgoingMessage) -> SafeString:
    """Return what a message says, with its addresses as links that have a name.

    Found by the words that filled it: Chinese has no space before an address.
    """
    words = message.words
    with translation.override(message.language):
        links = {
            words[name]: format_html('<a href="{}">{}</a>', words[name], label)
            for name, label in ADDRESSES.items()
            if words.get(name, "").startswith(("https://", "http://"))
        }
    if not links:
        return SafeString(urlize(message.text, autoescape=True))
    pieces = re.split(f"({'|'.join(map(re.escape, links))})", message.text)
    return format_html_join("", "{}", ((links.get(each, each),) for each in pieces))
