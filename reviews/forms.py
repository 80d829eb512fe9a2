"""What buyers write about what they received."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from PIL import Image

from reviews import photos
from reviews.services import Opinion
from shop import images

ZERO_WIDTH_JOINER = "\u200d"  # holds emoji together
STARS = [
    (1, _("1 star: very bad")),
    (2, _("2 stars: bad")),
    (3, _("3 stars: so-so")),
    (4, _("4 stars: good")),
    (5, _("5 stars: very good")),
]


class BodyField(forms.CharField):
    """Some lines of text, freed of control characters; a new line counts as one."""

    widget = forms.Textarea(attrs={"rows": 5})

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        kept = "".join(c for c in text.replace("\t", " ") if _is_written(c))
        return kept.strip(f" \n{ZERO_WIDTH_JOINER}")


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to nine pictures; clean, they are decoded."""

    widget = PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[Image.Image]:
        uploads: Sequence[UploadedFile[bytes]] = [each for each in data or [] if each]
        if len(uploads) > photos.MOST:
            raise ValidationError(
                _("That is %(number)d photos. At most %(most)d can be shown."),
                params={"number": len(uploads), "most": photos.MOST},
            )
        return [_decoded(place, each) for place, each in enumerate(uploads, start=1)]


class ReviewForm(forms.Form):
    """Stars, text, photos; with one's name or without."""

    rating = forms.TypedChoiceField(
        label=_("How do you like it?"),
        choices=STARS,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one to five stars.")},
    )
    body = BodyField(
        label=_("Your review"),
        min_length=5,
        max_length=500,
        help_text=_("5 to 500 characters."),
    )
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("Up to 9, each JPEG, PNG or WebP and up to 5 MB."),
    )
    anonymous = forms.BooleanField(label=_("Do not show my name"), required=False)

    def opinion(self) -> Opinion:
        """Return what was typed, once it is clean."""
        return Opinion(
            rating=self.cleaned_data["rating"],
            body=self.cleaned_data["body"],
            is_anonymous=self.cleaned_data["anonymous"],
        )


def _decoded(place: int, upload: "UploadedFile[bytes]") -> Image.Image:
    try:
        return photos.shrunk(images.open_upload(upload, upload.size or 0))
    except ValidationError as error:
        what = {"place": place, "reason": error.messages[0]}
        raise ValidationError(_now("Photo %(place)d: %(reason)s") % what) from error


def _is_written(character: str) -> bool:
    # C*: control, direction-turning, private, unassigned.
    if character in (ZERO_WIDTH_JOINER, "\n"):
        return True
    return not unicodedata.category(character).startswith("C")
