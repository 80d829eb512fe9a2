"""What buyers thought of what they received: one row for each received item."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from orders.models import OrderItem
from reviews.names import masked
from reviews.photos import StoredPhoto

STARS = (5, 4, 3, 2, 1)
#: So many stars, or less, are a bad review.
BAD = 2


class _Listed(models.Aggregate):
    """The texts of many rows in one, in no order, with commas between them."""

    function = "GROUP_CONCAT"
    output_field = models.TextField()


class ReviewQuerySet(models.QuerySet["Review"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """A shopper's own reviews; every load for a shopper starts here."""
        return self.filter(user=user.pk) if user.pk else self.none()

    def pending(self) -> Self:
        return self.filter(state=Review.State.PENDING)

    def written(self) -> Self:
        return self.filter(state=Review.State.WRITTEN)

    def about(self, product: Product) -> Self:
        return self.filter(product=product.pk)

    def newest_first(self) -> Self:
        return self.order_by("-written_at", "-pk")

    def pending_first(self) -> Self:
        """Those that wait before the written ones, each newest first."""
        # By the alphabet: "pending" comes before "written".
        return self.order_by("state", "-written_at", "-created_at", "-pk")

    def bad_since(self, moment: datetime) -> Self:
        """Those with one or two stars that were written since then."""
        return self.filter(rating__lte=BAD, written_at__gte=moment)

    def with_what_is_shown(self) -> Self:
        """With the item, the author's name and the photos, in one query."""
        named = Concat(Cast("position", models.CharField()), Value(" "), "stem")
        photos = ReviewPhoto.objects.filter(review=OuterRef("pk")).values("review")
        listed = photos.annotate(listed=_Listed(named)).values("listed")
        return self.select_related("item", "user").annotate(
            listed_photos=Subquery(listed)
        )

    def with_histogram(self, product: Product) -> Self:
        """With `stars_1` to `stars_5`, how many wrote so many about the product."""
        written = Review.objects.about(product).written().order_by().values("product")
        # Each is asked once, not for every row: it is about the product.
        counted = {
            f"stars_{stars}": written.filter(rating=stars)
            .annotate(number=Count("pk"))
            .values("number")
            for stars in STARS
        }
        return self.annotate(
            **{name: Coalesce(Subquery(rows), 0) for name, rows in counted.items()}
        )


class Review(models.Model):
    """The one review row of a received item, waiting or written (row G5).

    Its key is the item's, so the database refuses a second row. Create it with
    `objects.create()`: `save()` would overwrite the row that is there.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("To review")
        WRITTEN = "written", _("Reviewed")

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
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.PENDING
    )
    rating = models.PositiveSmallIntegerField(_("stars"), null=True, blank=True)
    body = models.TextField(_("text"), blank=True)
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    created_at = models.DateTimeField(_("to write since"))
    written_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    #: Votes from before this shop, which counted ones are added to.
    helpful_opening = models.PositiveIntegerField(default=0, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        indexes = [
            # In the direction of the queries: a product's page, a shopper's list.
            models.Index(
                fields=["product", "state", "-written_at", "-item"],
                name="reviews_of_a_product",
            ),
            models.Index(
                fields=["user", "state", "-written_at", "-item"],
                name="reviews_of_a_shopper",
            ),
            # The histogram and the average, counted without reading the rows.
            models.Index(
                fields=["product", "state", "rating"], name="reviews_stars_counted"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)),
                name="reviews_review_rating_one_to_five",
                violation_error_message=_("A review has one to five stars."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="written", rating__isnull=False, written_at__isnull=False)
                    & ~Q(body="")
                )
                | Q(
                    state="pending",
                    rating__isnull=True,
                    written_at__isnull=True,
                    body="",
                ),
                name="reviews_review_written_is_whole_pending_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:review-detail", args=[self.pk])

    @property
    def is_written(self) -> bool:
        return self.state == self.State.WRITTEN

    @property
    def shown_photos(self) -> list[StoredPhoto]:
        """The photos in their order; asks nothing after `with_what_is_shown`."""
        listed: str = getattr(self, "listed_photos", None) or ""
        named = [each.split(" ") for each in listed.split(",") if each]
        named.sort(key=lambda each: int(each[0]))
        return [StoredPhoto(stem) for _position, stem in named]

    @property
    def author_name(self) -> str:
        """How the author is called on public pages; asks for the account.

        Never a phone, not even with its middle hidden: these pages are for everybody.
        """
        if self.user.is_closed:
            return gettext("Closed account")
        if self.is_anonymous:
            return masked(self.user.nickname) or gettext("Anonymous")
        return self.user.nickname or gettext("Buyer")


class ReviewPhotoQuerySet(models.QuerySet["ReviewPhoto"]):
    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class ReviewPhoto(models.Model):
    """A picture of a review: re-encoded files in two widths (`reviews.photos`)."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="photos")
    #: Path below MEDIA_ROOT without width and ending; a name of its own.
    stem = models.CharField(max_length=100, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ReviewPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.UniqueConstraint(
                fields=("review", "position"), name="reviews_photo_one_a_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.position + 1}"

    @property
    def stored(self) -> StoredPhoto:
        return StoredPhoto(self.stem)
