"""Tags that show accounts: `{% load accounts %}`."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User

register = template.Library()


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
