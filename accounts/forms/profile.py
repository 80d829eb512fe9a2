"""What one changes about the own account."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image

from accounts import payment_password as rules
from accounts.forms.fields import LineField, password_field, payment_password_field
from shop import images


class NicknameForm(forms.Form):
    """How one is called. It need not be unique and signs nobody in."""

    nickname = LineField(
        label=_("Nickname"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )


class AvatarForm(forms.Form):
    """A picture of oneself; clean, it is decoded."""

    avatar = forms.FileField(
        label=_("New picture"),
        help_text=_("JPEG, PNG or WebP, up to 5 MB. It is cut to a square."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean_avatar(self) -> Image.Image:
        upload: UploadedFile[bytes] = self.cleaned_data["avatar"]
        return images.open_upload(upload, upload.size or 0)


class PaymentPasswordForm(forms.Form):
    """The login password, and six new digits twice."""

    password = password_field(_("Login password"), "current-password")
    payment_password1 = payment_password_field(
        _("New payment password"),
        help_text=_("6 digits; not all the same, and not in a row like 123456."),
        validators=[rules.validate],
    )
    payment_password2 = payment_password_field(_("New payment password, once more"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first = cleaned.get("payment_password1")
        second = cleaned.get("payment_password2")
        if first and second and first != second:
            self.add_error(
                "payment_password2",
                ValidationError(_("The two payment passwords are not the same.")),
            )
        return cleaned
