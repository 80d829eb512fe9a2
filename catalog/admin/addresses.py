"""Addresses that staff type: pages of this shop, and no deeds."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import resolve, translate_url
from django.utils import translation
from django.utils.translation import gettext_lazy as _


def clean_path(path: str) -> str:
    """Return the address of a page as it is without a language's prefix; "" stays.

    Raises ValidationError when it leads elsewhere, nowhere, or does something.
    """
    if not path:
        return ""
    plain = _in_default_language(path)
    try:
        with translation.override(settings.LANGUAGE_CODE):
            match = resolve(urlsplit(plain).path)
    except (Http404, ValueError) as error:
        raise ValidationError(_("There is no such page in the shop.")) from error
    if getattr(match.func, "is_deed", False) or not _is_translated(plain):
        raise ValidationError(_("This is no page that shoppers can open."))
    return plain


def is_product(path: str) -> bool:
    """Tell whether an address that `clean_path` returned is a product's page."""
    with translation.override(settings.LANGUAGE_CODE):
        return bool(path) and resolve(urlsplit(path).path).url_name == "product-detail"


def _in_default_language(path: str) -> str:
    language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
    with translation.override(language):
        return translate_url(path, settings.LANGUAGE_CODE)


def _is_translated(path: str) -> bool:
    # What has no second language is for staff and machines: /admin/, /media/.
    others = {code for code, _name in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    with translation.override(settings.LANGUAGE_CODE):
        return all(translate_url(path, code) != path for code in others)
