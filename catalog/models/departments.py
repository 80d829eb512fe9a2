"""Where a product belongs: its category and its brand."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class CategoryQuerySet(models.QuerySet["Category"]):
    def visible(self) -> Self:
        return self.filter(is_visible=True)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Category(models.Model):
    """One of the shop's main departments. Its sub-categories are the spec `kind`."""

    id = models.PositiveSmallIntegerField(_("category number"), primary_key=True)
    slug = models.SlugField(_("web address"), max_length=40, unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=40)
    name_en = models.CharField(_("name (English)"), max_length=40, blank=True)
    tagline_zh = models.CharField(_("tagline (Chinese)"), max_length=60, blank=True)
    tagline_en = models.CharField(_("tagline (English)"), max_length=60, blank=True)
    #: A name in the icon sprite.
    icon = models.CharField(_("icon"), max_length=40, default="package")
    #: A picture below static/, 1600 x 600, its left third free for words.
    banner = models.CharField(_("banner"), max_length=100, blank=True)
    has_dark_banner = models.BooleanField(_("banner is dark"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_visible = models.BooleanField(_("visible"), default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return f"{self.name_zh} {self.name_en}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:category-detail", args=[self.slug])


class Brand(models.Model):
    slug = models.SlugField(_("web address"), max_length=40, unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=40)
    name_en = models.CharField(_("name (English)"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return f"{self.name_zh} {self.name_en}"
