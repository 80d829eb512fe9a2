"""That something changed which shoppers see: what kept pages hang on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop import clock


class CatalogChange(models.Model):
    """One row a change, written in its transaction; rows are only ever added.

    Nothing else stands in it: who adds a row waits for nobody (decisions/0013).
    """

    changed_at = models.DateTimeField(_("changed at"), default=clock.now)

    class Meta:
        verbose_name = _("change of the catalogue")
        verbose_name_plural = _("changes of the catalogue")

    def __str__(self) -> str:
        return f"{self.pk} {self.changed_at:%F %T}"


class ProductChange(models.Model):
    """That a product is found otherwise now: by its words, facets, price or shelf.

    Written in the transaction of the change; each process reads what is new and brings
    up to date what it knows (docs/decisions/0017). A sale alone writes nothing here.
    """

    #: NULL: so many that everything is to be read anew. No foreign key, whose check
    #: would lock a product that a till may be selling.
    product_id = models.PositiveBigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.pk}: {self.product_id or 'all'}"
