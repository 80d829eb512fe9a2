"""What authors hear of their reviews; who likes switches it off (rows G8, G9, H5)."""

from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.notices import write_to
from catalog.templatetags.catalog import words_of
from reviews.models import Review
from shop import links
from shop.messages import Kind, Topic, register, register_topic

OWN_REVIEWS = register_topic(
    Topic(
        name="own_reviews",
        label=_("Your reviews"),
        help_text=_("When we reply to one, hide it with a reason, or show it again."),
    )
)


def _kind(
    name: str, label: str | Promise, subject: str | Promise, text: str | Promise
) -> Kind:
    return register(Kind(name, label, subject, text, topic=OWN_REVIEWS))


REVIEW_ANSWERED = _kind(
    "review_answered",
    _("reply to a review"),
    _("We have replied to your review"),
    _(
        "We have replied to your review of “%(name)s”: %(address)s "
        "No more such messages: %(off)s"
    ),
)
REVIEW_HIDDEN = _kind(
    "review_hidden",
    _("review hidden"),
    _("Your review is hidden"),
    _(
        "Nobody else reads your review of “%(name)s” any more (%(reason)s): "
        "%(address)s No more such messages: %(off)s"
    ),
)
REVIEW_SHOWN = _kind(
    "review_shown",
    _("review shown"),
    _("Your review is shown"),
    _(
        "Everybody can read your review of “%(name)s” now: %(address)s "
        "No more such messages: %(off)s"
    ),
)
FOLLOW_UP_HIDDEN = _kind(
    "follow_up_hidden",
    _("follow-up hidden"),
    _("What you added to your review is hidden"),
    _(
        "Nobody else reads what you added to your review of “%(name)s” any more "
        "(%(reason)s): %(address)s No more such messages: %(off)s"
    ),
)
FOLLOW_UP_SHOWN = _kind(
    "follow_up_shown",
    _("follow-up shown"),
    _("What you added to your review is shown"),
    _(
        "Everybody can read what you added to your review of “%(name)s” now: "
        "%(address)s No more such messages: %(off)s"
    ),
)


def tell_author(kind: Kind, review_id: int, **words: Any) -> None:
    """Write to a review's author, in the account's language, in the deed's transaction.

    Nobody hears anything of a closed account's reviews.
    """
    review = Review.objects.select_related("user", "item").get(pk=review_id)
    user = review.user
    with translation.override(user.language):
        name = words_of(review.item, "name")
        address = links.absolute(review.get_absolute_url())
    write_to(user, kind, name=name, address=address, **words)
