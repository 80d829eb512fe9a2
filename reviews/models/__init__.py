"""The tables of reviews."""

from reviews.models.follow_ups import FollowUp
from reviews.models.ratings import STARS, RatingSummary
from reviews.models.replies import Reply
from reviews.models.reviews import BAD, Review, ReviewPhoto
from reviews.models.votes import HelpfulVote
from reviews.models.words import SensitiveWord

__all__ = [
    "BAD",
    "STARS",
    "FollowUp",
    "HelpfulVote",
    "RatingSummary",
    "Reply",
    "Review",
    "ReviewPhoto",
    "SensitiveWord",
]
