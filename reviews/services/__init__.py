"""What is done to reviews. Every function does the whole deed or nothing."""

from reviews.services.opening import (
    open_review,
    praise,
    praise_overdue,
    withdraw_reviews,
)
from reviews.services.writing import Opinion, write_review

__all__ = [
    "Opinion",
    "open_review",
    "praise",
    "praise_overdue",
    "withdraw_reviews",
    "write_review",
]
