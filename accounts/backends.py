"""Who signs in: an account named by its phone or bound e-mail (row A1)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.throttle import login_budget


class PhoneOrEmailBackend(ModelBackend):
    """Checks a password, for the shop's door and the admin's alike.

    An unknown account takes as long as a wrong password, and both cost a try.
    """

    @sensitive_variables("password")
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the account, or None. Raises Throttled after too many tries."""
        if username is None or password is None:
            return None
        user = User.objects.identified_by(username)
        if request is None:
            return self._checked(user, password)
        budget = login_budget(request, user, username)
        budget.reserve()
        recognised = self._checked(user, password)
        if recognised:
            budget.clear()
        return recognised

    def _checked(self, user: User | None, password: str) -> User | None:
        if user is None:
            make_password(password)
            return None
        fits = user.check_password(password) and self.user_can_authenticate(user)
        return user if fits else None
