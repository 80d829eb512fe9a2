"""Who is asking."""

from django.http import HttpRequest

from accounts.models import User
from shop.refusals import LoginRequired


def account_of(request: HttpRequest) -> User:
    """Return the account signed in; for views behind `login_required`."""
    if not isinstance(request.user, User):
        raise LoginRequired
    return request.user
