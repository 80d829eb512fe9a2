"""The banners on the stage at the top of the home page (row H4)."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from catalog import schedule
from catalog.models.departments import Category
from catalog.models.products import Product
from shop import clock

#: An address inside the shop: not "//elsewhere", nor what a browser takes for it.
INSIDE = r"^/([^/\\\s][^\\\s]*)?$"


def _hidden_category_of(path: OuterRef) -> QuerySet[Category]:
    """Return the hidden category that a path leads to, with or without filters."""
    hidden = Category.objects.filter(is_visible=False)
    address = Concat(Value("/c/"), "slug", Value("/"))
    words = ExpressionWrapper(path, output_field=models.CharField())
    return hidden.alias(address=address, path=words).filter(
        path__startswith=F("address")
    )


class BannerQuerySet(models.QuerySet["Banner"]):
    def shown_at(self, now: datetime) -> Self:
        """Those on the stage: begun, not over, and leading to what shoppers may see."""
        # Asked of each banner: SQLite would make a list of all products there are.
        own_product = Product.objects.public(now).filter(pk=OuterRef("product"))
        return self.filter(
            ~Exists(_hidden_category_of(OuterRef("path"))),
            schedule.in_state(schedule.State.NOW, now),
            Q(category=None) | Q(category__is_visible=True),
            Q(product=None) | Q(Exists(own_product)),
        )

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Banner(models.Model):
    """A wide picture with words that leads to one place in the shop.

    Words and picture may be there in one language only; then they serve both.
    """

    title_zh = models.CharField(_("title (Chinese)"), max_length=40, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=60, blank=True)
    tagline_zh = models.CharField(_("tagline (Chinese)"), max_length=60, blank=True)
    tagline_en = models.CharField(_("tagline (English)"), max_length=80, blank=True)
    #: Paths below MEDIA_ROOT without width and ending; named by the content.
    stem_zh = models.CharField(max_length=100, blank=True, editable=False)
    stem_en = models.CharField(max_length=100, blank=True, editable=False)
    is_captioned = models.BooleanField(
        _("words over the picture"),
        default=True,
        help_text=_("Off when they are part of the picture; they are read out then."),
    )
    is_dark = models.BooleanField(
        _("dark picture"),
        default=False,
        help_text=_("The words over it are light then."),
    )
    category = models.ForeignKey(
        Category,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("leads to the category"),
    )
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("leads to the product"),
    )
    path = models.CharField(
        _("leads to the page"),
        max_length=300,
        blank=True,
        validators=[RegexValidator(INSIDE, _("Give an address inside the shop."))],
        help_text=_("Such as /search/?q=thinkpad or /c/phones/?sort=newest."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_visible = models.BooleanField(_("switched on"), default=True)
    starts_at = models.DateTimeField(
        _("shown from"), default=clock.now, validators=[schedule.validate_year]
    )
    ends_at = models.DateTimeField(
        _("shown until"),
        null=True,
        blank=True,
        validators=[schedule.validate_year],
        help_text=_("Empty: until somebody switches it off."),
    )

    objects = BannerQuerySet.as_manager()

    class Meta:
        verbose_name = _("banner")
        verbose_name_plural = _("banners")
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_zh="", title_en=""),
                name="catalog_banner_has_a_title",
                violation_error_message=_("Give it a title, in one language at least."),
            ),
            models.CheckConstraint(
                condition=~Q(stem_zh="", stem_en=""),
                name="catalog_banner_has_a_picture",
            ),
            models.CheckConstraint(
                condition=Q(category__isnull=False, product=None, path="")
                | Q(category=None, product__isnull=False, path="")
                | (Q(category=None, product=None) & ~Q(path="")),
                name="catalog_banner_leads_to_one_place",
                violation_error_message=_(
                    "Choose one place that it leads to: category, product or page."
                ),
            ),
            models.CheckConstraint(
                condition=Q(path="")
                | (Q(path__startswith="/") & ~Q(path__startswith="//")),
                name="catalog_banner_stays_in_the_shop",
                violation_error_message=_("Give an address inside the shop."),
            ),
            models.CheckConstraint(
                condition=schedule.ENDS_AFTER_START,
                name="catalog_banner_ends_after_its_start",
                violation_error_message=_("It must end after it has begun."),
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh or self.title_en

    def get_absolute_url(self) -> str:
        """Return where it leads to, in the page's language; asks for the category."""
        if self.product_id:
            return reverse("catalog:product-detail", args=[self.product_id])
        if self.category:
            return self.category.get_absolute_url()
        language = translation.get_language() or settings.LANGUAGE_CODE
        if language == settings.LANGUAGE_CODE:
            return self.path
        # A path is written as it is in the language without prefix.
        with translation.override(settings.LANGUAGE_CODE):
            return translate_url(self.path, language)

    def state_at(self, now: datetime) -> schedule.State:
        return schedule.state_at(
            now,
            is_visible=self.is_visible,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )
