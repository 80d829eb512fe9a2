"""What the cart hears from the floors below."""

import logging
from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cart import services
from cart.carts import SESSION_KEY
from cart.models import CartLine
from cart.services import Merged
from catalog.templatetags.catalog import words_of

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def join_the_visitors_cart(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Take along what was picked before signing in (row D2).

    Login gives the session a new key and keeps its content, so the token is still
    there. Only one account changing into another empties it, and then it has none.
    """
    token = request.session.get(SESSION_KEY)
    if not token:
        return
    try:
        merged = services.merge(user_id=user.pk, token=token)
    except Exception:
        # Signing in is worth more than a cart. The session keeps the token.
        logger.exception("the visitor's cart did not join that of account %s", user.pk)
        return
    del request.session[SESSION_KEY]
    for sentence in _said_of(merged):
        level = messages.WARNING if merged.cut else messages.INFO
        # Where no page follows (a test's login) there is nobody to tell.
        messages.add_message(request, level, sentence, fail_silently=True)


def _said_of(merged: Merged) -> list[str]:
    text = ngettext(
        "%(number)d item that you picked before signing in is in your cart now.",
        "%(number)d items that you picked before signing in are in your cart now.",
        merged.units,
    )
    said = [text % {"number": merged.units}] if merged.units else []
    return said + [_cut(line) for line in merged.cut]


def _cut(line: CartLine) -> str:
    text = _("“%(name)s”: you can buy at most %(number)d, so your cart has that many.")
    if line.is_sold_out:
        text = _("“%(name)s” is sold out; it stays in your cart, but cannot be bought.")
    name = words_of(line.product, "name")
    return text % {"name": name, "number": line.quantity}
