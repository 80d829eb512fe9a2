"""The clear "no" of reviews."""

from typing import Self

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop.refusals import Refusal


class AlreadyWritten(Refusal):
    error = "already_written"
    message = _("You have reviewed this item already.")


class ReviewWithdrawn(Refusal):
    error = "review_withdrawn"
    message = _("The money for this item went back to you; it is not reviewed.")


class AlreadyChanged(Refusal):
    error = "already_changed"
    message = _("A review can be changed once, and you have done so.")


class TooLateToChange(Refusal):
    error = "too_late_to_change"
    message = _("The time in which a review can be changed is over.")


class AlreadyFollowedUp(Refusal):
    error = "already_followed_up"
    message = _("You have added something to this review already.")


class TooLateToFollowUp(Refusal):
    error = "too_late_to_follow_up"
    message = _("The time in which something can be added is over.")


class OwnReview(Refusal):
    error = "own_review"
    message = _("Your own review is for others to find helpful.")


class NothingToAnswer(Refusal):
    error = "nothing_to_answer"
    message = _("There is nothing here that the shop could answer.")


class WordsInReply(Refusal):
    error = "words_in_reply"

    @classmethod
    def of(cls, words: str) -> Self:
        sentence = gettext("The list of sensitive words has this: %(words)s")
        return cls(sentence % {"words": words})


class NothingToModerate(Refusal):
    error = "nothing_to_moderate"
    message = _("It is as you wish already, or somebody else was quicker.")


class JustModerated(Refusal):
    error = "just_moderated"
    message = _("Somebody of the shop has just looked at it. Please open it again.")
