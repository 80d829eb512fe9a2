"""What can be said of a product, typed and with its unit (row B3)."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.departments import Category
from catalog.models.products import Product
from catalog.models.variants import Variant


class SpecDefinitionQuerySet(models.QuerySet["SpecDefinition"]):
    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class SpecDefinition(models.Model):
    """What can be said of the products of a category: name, unit, type (row B3)."""

    class Type(models.TextChoices):
        NUMBER = "number", _("number")
        TEXT = "text", _("text")
        BOOL = "bool", _("yes or no")
        CHOICE = "choice", _("choice")

    category = models.ForeignKey(
        Category, models.PROTECT, related_name="specs", verbose_name=_("category")
    )
    key = models.SlugField(_("key"), max_length=40)
    name_zh = models.CharField(_("name (Chinese)"), max_length=40)
    name_en = models.CharField(_("name (English)"), max_length=40)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    type = models.CharField(_("type"), max_length=8, choices=Type)
    is_many = models.BooleanField(_("several values"), default=False)
    is_filterable = models.BooleanField(_("is a filter"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = SpecDefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("specification")
        verbose_name_plural = _("specifications")
        constraints = [
            models.UniqueConstraint(
                fields=("category", "key"),
                name="catalog_spec_key_once_a_category",
                violation_error_message=_("This category has that key already."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_many=False) | models.Q(type="choice"),
                name="catalog_spec_many_values_are_choices",
                violation_error_message=_("Only a choice may have several values."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_id}: {self.name_zh} {self.name_en}"


class SpecChoice(models.Model):
    """One of the values that a `choice` specification may have."""

    definition = models.ForeignKey(
        SpecDefinition, models.CASCADE, related_name="choices"
    )
    value = models.CharField(_("value"), max_length=60)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [
            models.UniqueConstraint(
                fields=("definition", "value"), name="catalog_choice_once_a_spec"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.name_en}"


class SpecValue(models.Model):
    """What is said of a product, or of a variant that differs from its product.

    Of number, text, flag and choice just the one that the definition's type names is
    filled. A specification with several values has a row for each.
    """

    definition = models.ForeignKey(SpecDefinition, models.CASCADE)
    number = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    text_zh = models.CharField(max_length=200, blank=True)
    text_en = models.CharField(max_length=200, blank=True)
    flag = models.BooleanField(null=True, blank=True)
    choice = models.ForeignKey(SpecChoice, models.PROTECT, null=True, blank=True)

    class Meta:
        abstract = True


class ProductSpec(SpecValue):
    product = models.ForeignKey(Product, models.CASCADE, related_name="specs")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("product", "definition", "choice"),
                name="catalog_product_spec_value_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["definition", "number"],
                name="catalog_product_spec_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.definition_id}"


class VariantSpec(SpecValue):
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="specs")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("variant", "definition", "choice"),
                name="catalog_variant_spec_value_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["definition", "number"],
                name="catalog_variant_spec_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.definition_id}"
