"""Rows of one form that must be unlike each other, judged alike on every database."""

import unicodedata
from typing import ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseInlineFormSet, ModelForm
from django.utils.translation import gettext as _

Child = TypeVar("Child", bound=Model)
Parent = TypeVar("Parent", bound=Model)


class UnlikeFormSet(BaseInlineFormSet[Child, Parent, ModelForm[Child]]):
    """Refuses two rows that are alike, but for case or accents, in the fields `unlike`.

    MySQL's collation takes "Black" and "black" for the same, SQLite does not.
    """

    unlike: ClassVar[tuple[str, ...]] = ()

    def clean(self) -> None:
        seen: set[tuple[str, ...]] = set()
        for form in self.forms:
            cleaned = getattr(form, "cleaned_data", None)
            if not cleaned or cleaned.get("DELETE"):
                continue
            said = [str(cleaned.get(name, "")) for name in self.unlike]
            key = tuple(map(_folded, said))
            if key in seen:
                shown = " ".join(filter(None, said)) or "—"
                raise ValidationError(_("Two rows say the same: %s") % shown)
            seen.add(key)
        # Django says the same with the names of the columns.
        super().clean()


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in letters if not unicodedata.combining(c)).strip()
