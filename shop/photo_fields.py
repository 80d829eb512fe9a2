"""The field of a form in which shoppers send photos."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image

from shop import images, photos

MOST = 9


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to nine pictures; clean, they are decoded."""

    widget = PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[Image.Image]:
        uploads: Sequence[UploadedFile[bytes]] = [each for each in data or [] if each]
        if len(uploads) > MOST:
            raise ValidationError(
                _("That is %(number)d photos. At most %(most)d can be shown."),
                params={"number": len(uploads), "most": MOST},
            )
        decoded: list[Image.Image] = []
        faults: list[ValidationError] = []
        for place, each in enumerate(uploads, start=1):
            try:
                decoded.append(_decoded(place, each))
            except ValidationError as fault:
                faults.append(fault)
        if faults:  # all of them, so that nobody has to try nine times
            raise ValidationError(faults)
        return decoded


def _decoded(place: int, upload: "UploadedFile[bytes]") -> Image.Image:
    try:
        return photos.shrunk(images.open_upload(upload, upload.size or 0))
    except ValidationError as error:
        what = {"place": place, "reason": error.messages[0]}
        raise ValidationError(gettext("Photo %(place)d: %(reason)s") % what) from error
