"""What buyers thought of what they received: one row for each received item."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.templatetags.catalog import LANGUAGES
from orders.models import OrderItem
from reviews.models.querysets import ReviewQuerySet
from reviews.names import public_name
from reviews.photos import StoredPhoto, photos_of
from reviews.states import BY_BUYERS, PRAISE, ReviewState


def new_public_id() -> str:
    """Return a name for public pages; it says nothing of other reviews or orders."""
    return secrets.token_hex(8)


class Review(models.Model):
    """The one review row of a received item, waiting, written or closed (row G5).

    Its key is the item's, so the database refuses a second row. Create it with
    `objects.create()`: `save()` would overwrite the row that is there.
    """

    State = ReviewState

    item = models.OneToOneField(
        OrderItem,
        models.PROTECT,
        primary_key=True,
        related_name="review",
        verbose_name=_("order item"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reviews",
        verbose_name=_("account"),
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", verbose_name=_("product")
    )
    #: What it is called on pages for everybody: the key would say which reviews,
    #: named and anonymous, come from one order.
    public_id = models.CharField(
        max_length=16, unique=True, null=True, blank=True, editable=False
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.PENDING
    )
    rating = models.PositiveSmallIntegerField(_("stars"), null=True, blank=True)
    body = models.TextField(_("text"), blank=True)
    #: Which it is written in: zh or en; empty when it is neither.
    language = models.CharField(_("language"), max_length=2, blank=True)
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    created_at = models.DateTimeField(_("to write since"))
    written_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    #: Both copied when it was written: a later change of the rule moves nothing.
    edit_by = models.DateTimeField(_("can be changed until"), null=True, blank=True)
    follow_up_by = models.DateTimeField(_("follow-up until"), null=True, blank=True)
    edited_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    #: What the word list found.
    held_words = models.CharField(_("words found"), max_length=200, blank=True)
    #: The author reads it.
    hidden_reason = models.CharField(_("hidden because"), max_length=200, blank=True)
    #: Votes from before this shop, which counted ones are added to.
    helpful_opening = models.PositiveIntegerField(default=0, editable=False)
    helpful_count = models.PositiveIntegerField(
        _("found helpful"), default=0, editable=False
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        permissions = [
            ("reply_review", "Can reply to review"),
            ("moderate_review", "Can hide and show review"),
        ]
        indexes = [
            # In the direction of the queries: a product's page, a shopper's list.
            models.Index(
                fields=["product", "state", "-written_at", "-item"],
                name="reviews_of_a_product",
            ),
            models.Index(
                fields=["product", "state", "-helpful_count", "-item"],
                name="reviews_by_helpfulness",
            ),
            models.Index(
                fields=["user", "state", "-written_at", "-item"],
                name="reviews_of_a_shopper",
            ),
            # The histogram and the average, counted without reading the rows.
            models.Index(
                fields=["product", "state", "rating"], name="reviews_stars_counted"
            ),
            # The queue of staff.
            models.Index(fields=["state", "written_at"], name="reviews_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)),
                name="reviews_review_rating_one_to_five",
                violation_error_message=_("A review has one to five stars."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["written", "held", "hidden"])
                    & Q(rating__isnull=False, written_at__isnull=False)
                    & ~Q(body="")
                )
                | Q(
                    state="default_praise",
                    rating=PRAISE,
                    written_at__isnull=False,
                    body="",
                )
                | Q(
                    state__in=["pending", "withdrawn"],
                    rating__isnull=True,
                    written_at__isnull=True,
                    body="",
                ),
                name="reviews_review_is_whole_or_empty_by_its_state",
            ),
            models.CheckConstraint(
                condition=Q(written_at__isnull=True)
                | Q(public_id__isnull=False, follow_up_by__isnull=False),
                name="reviews_review_written_has_its_deadlines",
            ),
            models.CheckConstraint(
                condition=(Q(state="hidden") & ~Q(hidden_reason=""))
                | (~Q(state="hidden") & Q(hidden_reason="")),
                name="reviews_review_hidden_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(edited_at__isnull=True)
                | (
                    ~Q(body="")
                    & Q(edited_at__gte=F("written_at"), edited_at__lte=F("edit_by"))
                ),
                name="reviews_review_changed_within_its_time",
            ),
            models.CheckConstraint(
                condition=Q(helpful_count__gte=F("helpful_opening")),
                name="reviews_review_helpful_not_below_its_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:review-detail", args=[self.pk])

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING

    @property
    def is_written(self) -> bool:
        """Everybody reads it, and it counts."""
        return self.state == self.State.WRITTEN

    @property
    def is_by_buyer(self) -> bool:
        """Somebody wrote it, whether or not others may read it."""
        return self.state in BY_BUYERS

    @property
    def is_praised(self) -> bool:
        return self.state == self.State.PRAISED

    @property
    def is_held(self) -> bool:
        return self.state == self.State.HELD

    @property
    def is_hidden(self) -> bool:
        return self.state == self.State.HIDDEN

    @property
    def language_tag(self) -> str:
        """For `lang`: who reads it aloud may stand on a page of another language."""
        return LANGUAGES.get(self.language, "")

    @property
    def source(self) -> str:
        """Who gave the stars: "buyer" or "system"; "" without stars."""
        if self.rating is None:
            return ""
        return "system" if self.is_praised else "buyer"

    @property
    def shown_photos(self) -> list[StoredPhoto]:
        """The photos in their order; asks nothing after `with_what_is_shown`."""
        return photos_of(getattr(self, "listed_photos", None))

    def can_be_changed_at(self, moment: datetime) -> bool:
        """Tell whether its author may change it, once and within its time."""
        return (
            self.is_by_buyer
            and self.edited_at is None
            and self.edit_by is not None
            and moment <= self.edit_by
        )

    def can_be_followed_up_at(self, moment: datetime) -> bool:
        """Tell whether its buyer may still add something; asks for the follow-up."""
        return (
            self.follow_up_by is not None
            and moment <= self.follow_up_by
            and not hasattr(self, "follow_up")
        )

    @property
    def author_name(self) -> str:
        """How the author is called on public pages; asks for the account."""
        return public_name(
            self.user.nickname,
            is_anonymous=self.is_anonymous,
            is_closed=self.user.is_closed,
        )
