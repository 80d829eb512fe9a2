"""Codes of products and variants have one stored spelling: upper-case ASCII."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ALLOWED = re.compile(r"[A-Z0-9][A-Z0-9._/+-]*")


def clean(text: str) -> str:
    """Return a code in its stored spelling; ValidationError when it can have none."""
    code = unicodedata.normalize("NFKC", text).strip().upper()
    if not ALLOWED.fullmatch(code):
        raise ValidationError(
            _("Letters A to Z, digits and . _ / + - only, a letter or digit first.")
        )
    return code
