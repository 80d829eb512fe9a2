"""Which rows of products the home page shows, and in which order (row H4)."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog import schedule
from catalog.models.departments import Category
from shop import clock


class HomeBlockQuerySet(models.QuerySet["HomeBlock"]):
    def shown_at(self, now: datetime) -> Self:
        """Those that are switched on, begun and not over; of visible categories."""
        return self.filter(
            schedule.in_state(schedule.State.NOW, now),
            Q(category=None) | Q(category__is_visible=True),
        )

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class HomeBlock(models.Model):
    """A row of products on the home page: the best, the newest, or of one category."""

    class Kind(models.TextChoices):
        BEST_SELLERS = "best_sellers", _("Best sellers")
        NEWEST = "newest", _("Just arrived")
        CATEGORY = "category", _("Best of a category")

    kind = models.CharField(_("what it shows"), max_length=20, choices=Kind)
    category = models.ForeignKey(
        Category,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    title_zh = models.CharField(
        _("title (Chinese)"),
        max_length=40,
        blank=True,
        help_text=_("Instead of the usual one."),
    )
    title_en = models.CharField(_("title (English)"), max_length=60, blank=True)
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

    objects = HomeBlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block of the home page")
        verbose_name_plural = _("blocks of the home page")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="category", category__isnull=False)
                | (~Q(kind="category") & Q(category=None)),
                name="catalog_home_block_of_a_category_names_it",
                violation_error_message=_(
                    "Choose the category, and only for “best of a category”."
                ),
            ),
            models.CheckConstraint(
                condition=schedule.ENDS_AFTER_START,
                name="catalog_home_block_ends_after_its_start",
                violation_error_message=_("It must end after it has begun."),
            ),
        ]

    def __str__(self) -> str:
        usual = str(self.get_kind_display())
        if self.category:
            usual = f"{usual}: {self.category}"
        return self.title_zh or self.title_en or usual

    @property
    def has_title(self) -> bool:
        """Tell whether staff gave it a title of its own."""
        return bool(self.title_zh or self.title_en)

    def state_at(self, now: datetime) -> schedule.State:
        return schedule.state_at(
            now,
            is_visible=self.is_visible,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )
