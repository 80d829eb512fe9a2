"""What staff see of reviews and do to them; nobody edits what buyers wrote."""

from reviews.admin.reviews import ReviewAdmin
from reviews.admin.words import SensitiveWordAdmin
from shop import roles

__all__ = ["ReviewAdmin", "SensitiveWordAdmin"]

for _role in (roles.SUPPORT, roles.READONLY):
    roles.grant(_role, "reviews.view_review", "reviews.view_sensitiveword")
roles.grant(
    roles.SUPPORT,
    "reviews.reply_review",
    "reviews.moderate_review",
    "reviews.add_sensitiveword",
    "reviews.change_sensitiveword",
    "reviews.delete_sensitiveword",
)
