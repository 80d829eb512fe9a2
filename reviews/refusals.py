"""The clear "no" of reviews."""

from django.utils.translation import gettext_lazy as _

from shop.refusals import Refusal


class AlreadyWritten(Refusal):
    error = "already_written"
    message = _("You have reviewed this item already.")


class PhotosNotSaved(Refusal):
    error = "photos_not_saved"
    message = _(
        "We could not store your photos just now. Nothing was sent; please try again "
        "later, or without photos."
    )
