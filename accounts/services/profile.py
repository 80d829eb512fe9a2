"""What a shopper changes about the own account."""

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts import payment_password as rules
from accounts.models import User
from accounts.refusals import WeakPaymentPassword, WrongPassword


def change_nickname(*, user: User, nickname: str) -> None:
    """Show the account under another name. Names need not be unique (row A1)."""
    User.objects.filter(pk=user.pk).update(nickname=nickname)


@sensitive_variables("password", "payment_password")
def set_payment_password(*, user: User, password: str, payment_password: str) -> None:
    """Set or change the six digits that guard the balance and receipt.

    Raises WrongPassword when `password` is not the login password, and
    WeakPaymentPassword for digits that are easily guessed or the login password too.
    """
    if not user.check_password(password):
        raise WrongPassword
    try:
        rules.validate(payment_password)
    except ValidationError as error:
        raise WeakPaymentPassword(error.messages[0]) from error
    if payment_password == password:
        raise WeakPaymentPassword(_("It must not be the same as your login password."))
    hashed = make_password(payment_password)
    User.objects.filter(pk=user.pk).update(
        payment_password=hashed, payment_strikes=0, payment_locked_until=None
    )
