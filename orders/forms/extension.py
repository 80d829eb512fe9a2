"""What staff choose to give a buyer more time."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.services.extension import STAFF_DAYS


class ExtendForm(forms.Form):
    """So many more days to receive."""

    days = forms.TypedChoiceField(
        label=_("Days"), choices=[(n, n) for n in STAFF_DAYS], coerce=int
    )
