"""Files that staff look at before they bring them in."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models

LOOKED_AT_FOR = timedelta(minutes=30)


class ProductImportQuerySet(models.QuerySet["ProductImport"]):
    def waiting(self, now: datetime) -> Self:
        return self.filter(created_at__gt=now - LOOKED_AT_FOR)

    def expired(self, now: datetime) -> Self:
        return self.filter(created_at__lte=now - LOOKED_AT_FOR)


class ProductImport(models.Model):
    """An uploaded file that waits for a yes: its uploader's, in one session alone."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    #: A digest of the session's key, which is a secret itself.
    session = models.CharField(max_length=64)
    name = models.CharField(max_length=160)
    content = models.BinaryField()
    #: By file name, each with `stem`, or with what is `wrong`: exchange.picture_files.
    pictures = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    objects = ProductImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="catalog_import_by_age")]

    def __str__(self) -> str:
        return self.name
