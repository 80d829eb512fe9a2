"""What the catalogue hears from the floors around: somebody has signed in."""

import logging
from typing import Any

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.db import Error
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from catalog import browsing
from catalog.favourites import wish_of
from catalog.services import favourites, history
from catalog.templatetags.catalog import words_of
from shop.refusals import Refusal

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def join_the_visitors_history(
    request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
) -> None:
    """Take along what was looked at before signing in (row B10)."""
    ids = browsing.ids_of_visitor(request)
    if not ids:
        return
    try:
        history.join(user_id=user.pk, product_ids=ids)
    except Error:
        # Signing in is worth more than a history.
        logger.exception("the visitor's history did not join that of %s", user.pk)
    request.has_joined_history = True  # type: ignore[attr-defined]


@receiver(user_logged_in)
def fulfil_the_wish(
    request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
) -> None:
    """Set the heart that was pressed before signing in."""
    product = wish_of(request)
    if product is None:
        return
    try:
        favourites.set_favourite(user_id=user.pk, product=product, wish=True)
    except Refusal as refusal:
        messages.warning(request, str(refusal), fail_silently=True)
        return
    except Error:
        logger.exception("a favourite of account %s was not written", user.pk)
        return
    said = _("“%(name)s” is one of your favourites now.")
    name = words_of(product, "name")
    messages.info(request, said % {"name": name}, fail_silently=True)
