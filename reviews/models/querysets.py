"""Which reviews: every read of them has its word here."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Concat

from catalog.models import Product
from reviews.models.photos import ReviewPhoto
from reviews.states import BAD, BY_BUYERS, ReviewState

if TYPE_CHECKING:
    from reviews.models.reviews import Review  # noqa: F401, the string below


class _Listed(models.Aggregate):
    """The texts of many rows in one, in no order, with commas between them."""

    function = "GROUP_CONCAT"
    output_field = models.TextField()


class ReviewQuerySet(models.QuerySet["Review"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """A shopper's own reviews; every load for a shopper starts here."""
        return self.filter(user=user.pk) if user.pk else self.none()

    def pending(self) -> Self:
        return self.filter(state=ReviewState.PENDING)

    def written(self) -> Self:
        """Those that everybody reads and that count: neither held nor hidden."""
        return self.filter(state=ReviewState.WRITTEN)

    def by_buyers(self) -> Self:
        """Those that somebody wrote, whether or not others may read them."""
        return self.filter(state__in=BY_BUYERS)

    def praised(self) -> Self:
        """Those that the clock filled: default praise."""
        return self.filter(state=ReviewState.PRAISED)

    def held(self) -> Self:
        return self.filter(state=ReviewState.HELD)

    def closed(self) -> Self:
        """Those that nobody is asked to write any more."""
        return self.exclude(state=ReviewState.PENDING)

    def newest_first(self) -> Self:
        return self.order_by("-written_at", "-pk")

    def pending_first(self) -> Self:
        """Those that wait, the most urgent first; then the others, newest first."""
        waiting = Q(state=ReviewState.PENDING)
        return self.order_by(
            Case(When(waiting, then=Value(0)), default=Value(1)),
            Case(When(waiting, then=F("item__praise_at"))),
            "-written_at",
            "-created_at",
            "-pk",
        )

    def bad_since(self, moment: datetime) -> Self:
        """Those with one or two stars that were written since then."""
        return self.filter(rating__lte=BAD, written_at__gte=moment)

    def unanswered(self) -> Self:
        return self.filter(reply=None)

    def with_what_is_shown(self) -> Self:
        """With item, author's name, follow-up, reply and photos, in one query."""
        shown = self.select_related("item", "user", "follow_up", "reply")
        return shown.with_listed_photos()

    def with_listed_photos(self) -> Self:
        """With what `photos_of` understands, as `listed_photos`."""
        named = Concat(Cast("position", models.CharField()), Value(" "), "stem")
        photos = ReviewPhoto.objects.filter(review=OuterRef("pk")).values("review")
        listed = photos.annotate(listed=_Listed(named)).values("listed")
        return self.annotate(listed_photos=Subquery(listed))

    def with_links(self, now: datetime) -> Self:
        """With `has_link`: the product is still public (row F4)."""
        public = Product.objects.public(now).filter(pk=OuterRef("product"))
        return self.annotate(has_link=Exists(public))
