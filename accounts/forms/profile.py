"""What one changes about the own account."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image

from accounts.forms.fields import LineField, password_field
from shop import images


class NicknameForm(forms.Form):
    """How one is called. It need not be unique and signs nobody in."""

    nickname = LineField(
        label=_("Nickname"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )


class CloseForm(forms.Form):
    """The proof that it is oneself who leaves."""

    password = password_field(_("Login password"), "current-password")


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
