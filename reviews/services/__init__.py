"""What is done to reviews. Every function does the whole deed or nothing."""

from reviews.services.follow_ups import refuse_follow_up, write_follow_up
from reviews.services.moderation import (
    hide_follow_up,
    hide_review,
    show_follow_up,
    show_review,
)
from reviews.services.opening import (
    open_review,
    praise,
    praise_overdue,
    praise_overdue_of,
    withdraw_reviews,
)
from reviews.services.replies import write_reply
from reviews.services.votes import Vote, set_vote
from reviews.services.word_search import search_batch, words_to_search
from reviews.services.writing import Opinion, edit_review, write_review

__all__ = [
    "Opinion",
    "Vote",
    "edit_review",
    "hide_follow_up",
    "hide_review",
    "open_review",
    "praise",
    "praise_overdue",
    "praise_overdue_of",
    "refuse_follow_up",
    "search_batch",
    "set_vote",
    "show_follow_up",
    "show_review",
    "withdraw_reviews",
    "words_to_search",
    "write_follow_up",
    "write_reply",
    "write_review",
]
