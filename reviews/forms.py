"""What buyers write about what they received."""

import unicodedata
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews import photos
from reviews.models import Review
from reviews.services import Opinion
from shop.photo_fields import PhotosField

ZERO_WIDTH_JOINER = "\u200d"  # holds emoji together
#: Letters and signs that show nothing: fillers of Hangul, an empty cell of Braille.
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
STARS = [
    (1, _("1 star: very bad")),
    (2, _("2 stars: bad")),
    (3, _("3 stars: so-so")),
    (4, _("4 stars: good")),
    (5, _("5 stars: very good")),
]


class BodyField(forms.CharField):
    """Some lines of text, freed of what shows nothing; a new line counts as one."""

    widget = forms.Textarea(attrs={"rows": 5})

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        kept = "".join(c for c in text.replace("\t", " ") if _is_written(c))
        return kept.strip(f" \n{ZERO_WIDTH_JOINER}")


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


class EditForm(ReviewForm):
    """The same once more, with the photos that are there to be taken out."""

    taken_out = forms.MultipleChoiceField(
        label=_("Take these photos out"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, review: Review, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "rating": review.rating,
            "body": review.body,
            "anonymous": review.is_anonymous,
        }
        super().__init__(*args, **kwargs)
        self.there = [photo.stem for photo in review.shown_photos]
        choices = [(stem, _photo(n)) for n, stem in enumerate(self.there, start=1)]
        cast(forms.MultipleChoiceField, self.fields["taken_out"]).choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        left = set(self.there) - set(cleaned.get("taken_out", []))
        number = len(left) + len(cleaned.get("photos", []))
        if number > photos.MOST:
            self.add_error("photos", _too_many(number))
        return cleaned


class FollowUpForm(forms.Form):
    """What is added later: text alone."""

    body = BodyField(
        label=_("What would you add?"),
        min_length=5,
        max_length=500,
        help_text=_("5 to 500 characters. It can be added once and not changed."),
    )


def _photo(number: int) -> str:
    return gettext("Photo %(number)d") % {"number": number}


def _too_many(number: int) -> ValidationError:
    return ValidationError(
        _("That is %(number)d photos. At most %(most)d can be shown."),
        params={"number": number, "most": photos.MOST},
    )


def _is_written(character: str) -> bool:
    # C*: control, direction-turning, private, unassigned.
    if character in (ZERO_WIDTH_JOINER, "\n"):
        return True
    if character in BLANKS:
        return False
    return not unicodedata.category(character).startswith("C")
