"""The tables of reviews."""

from reviews.models.follow_ups import FollowUp
from reviews.models.photos import ReviewPhoto
from reviews.models.ratings import STARS, RatingSummary
from reviews.models.replies import Reply
from reviews.models.reviews import Review
from reviews.models.votes import HelpfulVote
from reviews.models.words import SensitiveWord

__all__ = [
    "STARS",
    "FollowUp",
    "HelpfulVote",
    "RatingSummary",
    "Reply",
    "Review",
    "ReviewPhoto",
    "SensitiveWord",
]
