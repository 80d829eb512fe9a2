"""What goes well with what: staff's links, and what orders say (row H3)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product


class Companion(models.Model):
    """Staff say that `other` goes well with `product`; the way back is a second row."""

    product = models.ForeignKey(
        Product, models.CASCADE, related_name="companions", verbose_name=_("product")
    )
    other = models.ForeignKey(
        Product,
        models.CASCADE,
        related_name="companion_of",
        verbose_name=_("goes well with it"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("companion")
        verbose_name_plural = _("goes well with")
        constraints = [
            models.UniqueConstraint(
                fields=("product", "other"),
                name="catalog_companion_once_a_product",
                violation_error_message=_("It is among the companions already."),
            ),
            models.CheckConstraint(
                condition=~Q(product=F("other")),
                name="catalog_companion_is_another_product",
                violation_error_message=_("A product is no companion of itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} + {self.other_id}"


class PairCount(models.Model):
    """In how many paid orders two products were bought together.

    Each pair has two rows, one for either product's page. Derived from the orders:
    `rebuild together` writes the same.
    """

    #: Neither key has a constraint in the database: its check would lock both products
    #: until the payment that counts them is through.
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        db_constraint=False,
        db_index=False,  # the constraint below begins with it
        related_name="pairs",
    )
    other = models.ForeignKey(
        Product, models.CASCADE, db_constraint=False, related_name="pair_of"
    )
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("product", "other"), name="catalog_pair_counted_once"
            ),
            models.CheckConstraint(
                condition=~Q(product=F("other")),
                name="catalog_pair_is_of_two_products",
            ),
            models.CheckConstraint(
                condition=Q(count__gte=1), name="catalog_pair_was_bought"
            ),
        ]
        indexes = [
            models.Index(fields=["product", "count"], name="catalog_pair_most_bought"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} + {self.other_id}: {self.count}"
