"""The clear "no" of accounts. Those with a `field` belong beside it on a form."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shop.refusals import Refusal, Throttled


class FieldRefusal(Refusal):
    """A refusal that one field's content caused."""

    status = 400
    field = ""


class PhoneTaken(FieldRefusal):
    error = "phone_taken"
    status = 409
    message = _("This phone already has an account. You can sign in with it.")
    field = "phone"


class WrongCode(FieldRefusal):
    error = "wrong_code"
    message = _(
        "This code is wrong, used or too old. Please check it, or get a new one."
    )
    field = "code"


class EmailTaken(FieldRefusal):
    error = "email_taken"
    status = 409
    message = _("This e-mail is bound to another account.")
    field = "email"


class UnknownAccount(FieldRefusal):
    error = "unknown_account"
    message = _("There is no account with this phone or bound e-mail.")
    field = "identifier"


class StageMissing(Refusal):
    error = "stage_missing"
    message = _("Please say first which account it is.")


class WrongPassword(FieldRefusal):
    error = "wrong_password"
    status = 403
    message = _("This is not your login password.")
    field = "password"


class WeakPaymentPassword(FieldRefusal):
    error = "weak_payment_password"
    field = "payment_password1"


LOCKED_NOW = _("This is not your payment password. It is locked for a while.")


class AccountClosed(Refusal):
    error = "account_closed"
    message = _("This account is closed.")


class CannotClose(Refusal):
    """The account cannot be closed yet; `reasons` say what has to be done first."""

    error = "cannot_close"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons), reasons=reasons)


class NoPaymentPassword(Refusal):
    error = "no_payment_password"
    message = _("Please set your payment password first.")


class WrongPaymentPassword(FieldRefusal):
    """A wrong payment password; `attempts_left` until it is locked."""

    error = "wrong_payment_password"
    status = 403
    field = "payment_password"

    def __init__(self, attempts_left: int) -> None:
        sentence = ngettext(
            "This is not your payment password. You have %(left)d try left.",
            "This is not your payment password. You have %(left)d tries left.",
            attempts_left,
        )
        if not attempts_left:
            sentence = str(LOCKED_NOW)
        super().__init__(
            sentence % {"left": attempts_left}, attempts_left=attempts_left
        )


class PaymentPasswordLocked(Throttled):
    """Too many wrong ones; `seconds` until it may be tried again."""

    error = "payment_password_locked"

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        sentence = ngettext(
            "Too many wrong payment passwords. Try again in %(minutes)d minute.",
            "Too many wrong payment passwords. Try again in %(minutes)d minutes.",
            minutes,
        )
        super().__init__(sentence % {"minutes": minutes}, retry_after=seconds)


class AvatarNotSaved(Refusal):
    error = "avatar_not_saved"
    message = _(
        "We could not store the picture just now. Your old one is still there; "
        "please try again later."
    )


class TooManyAddresses(Refusal):
    error = "too_many_addresses"
    message = _("Your address book is full. Please delete an address first.")


class InsufficientBalance(Refusal):
    error = "insufficient_balance"
    message = _("The balance is not enough.")


class WalletFull(Refusal):
    error = "wallet_full"
    message = _("The wallet cannot hold that much.")


class PasswordNeeded(Refusal):
    """Only JSON shows it: people are sent to type their password."""

    error = "password_needed"
    status = 403
    message = _("Please type your password again first. Nothing was changed.")


class SecondFactorNeeded(Refusal):
    """Only JSON shows it: people are sent to the page that asks for it."""

    error = "second_factor_needed"
    status = 401
    message = _("Please confirm first that it is you, with your second factor.")


class WrongToken(FieldRefusal):
    error = "wrong_token"
    status = 403
    message = _("This code is wrong, or was used already. Please take the next one.")
    field = "token"


class NoSecondFactor(Refusal):
    error = "no_second_factor"
    message = _("This account has no second factor.")


class AlreadySetUp(Refusal):
    error = "already_set_up"
    message = _("Your second factor is set up already.")
