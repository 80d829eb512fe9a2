"""The form that takes a spreadsheet of products."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import exchange

MOST_MEBIBYTES = 5
#: A request must end before the server ends it; for more there is the command.
MOST_ROWS = 2000


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy(
            "CSV or XLSX, up to 5 MB and 2000 rows; larger ones and new pictures take "
            "the command import_products."
        ),
    )
    sheet: exchange.Sheet
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
