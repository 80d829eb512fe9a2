"""What a payment password may be (docs/order-life-cycle.md, "The payment password")."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

UPWARDS, DOWNWARDS = "0123456789", "9876543210"


@sensitive_variables()
def validate(digits: str) -> None:
    """Raise ValidationError unless these are six digits that are not easily guessed."""
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise ValidationError(_("A payment password is 6 digits."))
    if len(set(digits)) == 1:
        raise ValidationError(_("Six equal digits are too easy to guess."))
    if digits in UPWARDS or digits in DOWNWARDS:
        raise ValidationError(_("Six digits in a row are too easy to guess."))
