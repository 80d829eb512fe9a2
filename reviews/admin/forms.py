"""What staff type about reviews."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField
from reviews.forms import BodyField


class ReplyForm(forms.Form):
    """What the shop says; everybody reads it."""

    body = BodyField(label=_("Reply of the shop"), min_length=2, max_length=500)


class HideForm(forms.Form):
    """Why a text is hidden; its author reads it."""

    reason = LineField(
        label=_("Reason, which the author reads"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
