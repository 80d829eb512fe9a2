"""The form that takes a spreadsheet of products."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import exchange
from catalog.exchange.picture_files import names_in
from catalog.exchange.picture_sources import PictureArchive

MOST_MEBIBYTES = 5
#: A request must end before the server ends it; for more there is the command.
MOST_ROWS = 2000
MOST_PICTURES = 100
MOST_MEBIBYTES_OF_PICTURES = 50


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy(
            "CSV or XLSX, up to 5 MB and 2000 rows; larger ones take the command "
            "import_products."
        ),
    )
    pictures = forms.FileField(
        label=gettext_lazy("pictures (ZIP)"),
        required=False,
        help_text=gettext_lazy(
            "If the column “pictures” names new ones: JPEG, PNG or WebP under just "
            "these names, up to 100 of 5 MB, 50 MB in all."
        ),
    )
    sheet: exchange.Sheet
    archive: PictureArchive | None = None
    content = b""

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_MEBIBYTES * 1024 * 1024:
            text = _("The file is larger than %(most)d MB.")
            raise ValidationError(text % {"most": MOST_MEBIBYTES})
        self.content = upload.read()
        try:
            self.sheet = exchange.read(self.content, upload.name)
        except exchange.Unreadable as refusal:
            raise ValidationError(str(refusal)) from refusal
        if len(self.sheet.rows) > MOST_ROWS:
            text = _("There are more than %(most)d rows. Split the file.")
            raise ValidationError(text % {"most": MOST_ROWS})
        return upload

    def clean_pictures(self) -> Any:
        upload = self.cleaned_data["pictures"]
        if not upload:
            return None
        if upload.size > MOST_MEBIBYTES_OF_PICTURES * 1024 * 1024:
            text = _("The file is larger than %(most)d MB.")
            raise ValidationError(text % {"most": MOST_MEBIBYTES_OF_PICTURES})
        try:
            archive = PictureArchive(upload.file)
        except exchange.Unreadable as refusal:
            raise ValidationError(str(refusal)) from refusal
        named = names_in(self.sheet) if "file" in self.cleaned_data else []
        if sum(name in archive for name in named) > MOST_PICTURES:
            text = _("There are more than %(most)d pictures. Split the file.")
            raise ValidationError(text % {"most": MOST_PICTURES})
        self.archive = archive
        return upload
